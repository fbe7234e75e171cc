"""Links: which records each rule joins, and by which values."""

from identity_spark.stages.match_pairs.anchors import anchors, with_every_pair
from identity_spark.stages.match_pairs.blocks import large_blocks, skipped_blocks
from identity_spark.stages.match_pairs.candidates import candidate_pairs
from identity_spark.stages.match_pairs.compared import compared_links
from identity_spark.stages.match_pairs.exact import exact_links
from identity_spark.stages.match_pairs.keys import applies, rule_keys
from identity_spark.stages.match_pairs.pairs import match_pairs

__all__ = [
    "anchors",
    "applies",
    "candidate_pairs",
    "compared_links",
    "exact_links",
    "large_blocks",
    "match_pairs",
    "rule_keys",
    "skipped_blocks",
    "with_every_pair",
]
