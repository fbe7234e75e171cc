"""Links: which records each rule joins, and by which values."""

from identity_spark.stages.match_pairs.candidates import candidate_pairs, large_blocks, skipped_blocks
from identity_spark.stages.match_pairs.keys import anchors, applies, rule_keys, with_every_pair
from identity_spark.stages.match_pairs.links import compared_links, exact_links
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
