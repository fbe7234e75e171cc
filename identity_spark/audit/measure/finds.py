"""Whether rules would join two records, blocks aside."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from identity_spark.config import Config, Rule
from identity_spark.stages.match_pairs.criteria import Criteria


def finds(usable: DataFrame, config: Config) -> dict[str, Column]:
    """By rule whether all its criteria hold for ``left`` and ``right`` struct<source, values struct>; never null.

    ``usable`` is the frame that the values are from. Caps of blocks do not count here.
    """
    criteria = Criteria(usable, config)
    return {rule.name: _holds(rule, criteria) for rule in config.rules}


def _holds(rule: Rule, criteria: Criteria) -> Column:
    cheap_first = sorted(rule.criteria, key=criteria.cost)
    holds = reduce(Column.__and__, (criteria.holds(criterion) for criterion in cheap_first))
    if not rule.sources:
        return holds
    return F.col("left.source").isin(*rule.sources) & F.col("right.source").isin(*rule.sources) & holds
