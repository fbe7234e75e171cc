"""Links: which records each rule joins, and by which values."""

from identity_spark.stages.match_pairs.advice import rule_blocks, value_pairs
from identity_spark.stages.match_pairs.anchors import anchors, with_every_pair
from identity_spark.stages.match_pairs.blocks import large_blocks, skipped_blocks
from identity_spark.stages.match_pairs.candidates import candidate_pairs
from identity_spark.stages.match_pairs.compared import compared_links
from identity_spark.stages.match_pairs.exact import exact_links
from identity_spark.stages.match_pairs.finds import finds
from identity_spark.stages.match_pairs.keys import applies, rule_keys
from identity_spark.stages.match_pairs.one_pair import (
    block_sizes,
    blocks_of,
    criteria_answers,
    criteria_asked,
    shared_blocks,
)
from identity_spark.stages.match_pairs.pairs import match_pairs

__all__ = [
    "anchors",
    "applies",
    "block_sizes",
    "blocks_of",
    "candidate_pairs",
    "compared_links",
    "criteria_answers",
    "criteria_asked",
    "exact_links",
    "finds",
    "large_blocks",
    "match_pairs",
    "rule_blocks",
    "rule_keys",
    "shared_blocks",
    "skipped_blocks",
    "value_pairs",
    "with_every_pair",
]
