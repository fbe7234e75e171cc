"""Evaluation: the published profiles against labels.

A *cell* is the records of one entity in one profile. All figures of pairs are counted from the sizes of cells, and the
table of wrong pairs has a row per cell and per wrong link, so that the pairs themselves are never built.
"""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from identity_spark.errors import InputError

SOURCES = ("left_source", "right_source")
# What two records have in common where they are a true, a found and a right pair.
TOGETHER = {"true_pairs": ("entity_id",), "found_pairs": ("profile",), "right_pairs": ("profile", "entity_id")}


def label_counts(lookup: DataFrame, labels: DataFrame) -> DataFrame:
    """One row: how ``labels`` (``record_key``, ``entity_id``) and the records of ``lookup`` fit together.

    ``incomplete_labels`` lack a key or an entity; ``repeated_labels`` say again what another said;
    ``contradicted_keys`` have several entities.
    """
    by_key = labels.groupBy("record_key").agg(
        F.count("*").alias("rows"),
        F.when(F.col("record_key").isNotNull(), F.count("entity_id")).otherwise(0).alias("labels"),
        (F.min("entity_id") < F.max("entity_id")).alias("contradicted"),
    )
    records = lookup.select(F.col("record_key").alias("known_key"))
    both = by_key.join(records, F.col("record_key") == F.col("known_key"), "full_outer")
    labelled, known = F.coalesce("labels", F.lit(0)) > 0, F.col("known_key").isNotNull()
    return both.agg(
        F.count_if(labelled & known).alias("labelled_records"),
        F.count_if(~labelled & known).alias("unlabelled_records"),
        F.count_if(labelled & ~known).alias("unknown_keys"),
        F.count_if(labelled & F.col("contradicted")).alias("contradicted_keys"),
        F.coalesce(F.sum(F.col("rows") - F.col("labels")), F.lit(0)).alias("incomplete_labels"),
        F.coalesce(F.sum(F.when(labelled, F.col("labels") - 1)), F.lit(0)).alias("repeated_labels"),
    )


def require_labels(counts: Mapping[str, int], truth: str) -> None:
    """Raises ``InputError`` where the labels contradict one another, or none is of a record of the output."""
    if many := counts["contradicted_keys"]:
        raise InputError(
            f"--truth: {truth} gives {many:,} record_key values more than one entity_id; a record is of one entity"
            " (to find them: GROUP BY record_key HAVING count(DISTINCT entity_id) > 1)"
        )
    if not counts["labelled_records"]:
        raise InputError(
            f"--truth: no record_key of {truth} is a record of the output ({counts['unknown_keys']:,} labels);"
            " a record_key reads <source>:<primary key>"
        )


def labelled_records(lookup: DataFrame, labels: DataFrame) -> DataFrame:
    """The records that have a label: ``record_key``, ``source``, ``dinmo_id``, ``profile``, ``entity_id``.

    An unresolved record is a profile of its own.
    """
    entities = labels.where("record_key IS NOT NULL").groupBy("record_key").agg(F.min("entity_id").alias("entity_id"))
    profile = F.coalesce("dinmo_id", "record_key").alias("profile")
    records = lookup.select("record_key", "source", "dinmo_id", profile)
    return records.join(entities.where("entity_id IS NOT NULL"), "record_key").select(
        "record_key", "source", "dinmo_id", "profile", "entity_id"
    )


def overall(records: DataFrame) -> DataFrame:
    """One row: the figures of all labelled ``records``.

    ``precision``, ``recall`` and ``f1`` are of pairs; ``b_cubed_precision`` and ``b_cubed_recall`` average over records
    (Bagga and Baldwin 1998); ``exact_entities`` is the share of entities whose profile holds exactly their records. Of
    no pairs a rate is null.
    """
    cells = records.groupBy("profile", "entity_id").agg(F.count("*").alias("n"))
    profiles = cells.groupBy("profile").agg(F.sum("n").alias("profile_size"))
    entities = cells.groupBy("entity_id").agg(F.sum("n").alias("entity_size"))
    counted = cells.join(profiles, "profile").join(entities, "entity_id")
    is_exact = (F.col("n") == F.col("profile_size")) & (F.col("n") == F.col("entity_size"))
    sums = counted.agg(
        F.sum("n").alias("records"),
        F.count_if(is_exact).alias("exact"),
        F.sum(_pairs(F.col("n"))).alias("right_pairs"),
        F.sum(F.col("n") * F.col("n") / F.col("profile_size")).alias("b_cubed_precision"),
        F.sum(F.col("n") * F.col("n") / F.col("entity_size")).alias("b_cubed_recall"),
    )
    found = profiles.agg(F.sum(_pairs(F.col("profile_size"))).alias("found_pairs"))
    true = entities.agg(F.sum(_pairs(F.col("entity_size"))).alias("true_pairs"), F.count("*").alias("entities"))
    return (
        sums.crossJoin(found)
        .crossJoin(true)
        .select(
            *("records", "entities", *TOGETHER),
            *_rates(),
            F.try_divide("b_cubed_precision", "records").alias("b_cubed_precision"),
            F.try_divide("b_cubed_recall", "records").alias("b_cubed_recall"),
            F.try_divide("exact", "entities").alias("exact_entities"),
        )
    )


def by_source_pair(records: DataFrame) -> DataFrame:
    """The pairwise figures of every two sources, ``left_source`` <= ``right_source``, those without pairs included."""
    counts = records.groupBy("profile", "entity_id", "source").agg(F.count("*").alias("n"))
    sources = records.select("source").distinct()
    measured = _source_pairs(sources.agg(F.collect_list(F.struct("source", F.lit(0).cast("long").alias("n")))), "none")
    for measure, together in TOGETHER.items():
        sizes = counts.groupBy(*together, "source").agg(F.sum("n").alias("n"))
        parts = sizes.groupBy(*together).agg(F.collect_list(F.struct("source", "n")).alias("parts"))
        measured = measured.unionByName(_source_pairs(parts.select("parts"), measure))
    sums = [F.sum(F.when(F.col("measure") == m, F.col("pairs")).otherwise(0)).alias(m) for m in TOGETHER]
    return measured.groupBy(*SOURCES).agg(*sums).select(*SOURCES, *TOGETHER, *_rates())


def labelled_links(pairs: DataFrame, records: DataFrame) -> DataFrame:
    """The accepted links of ``match_pairs`` between labelled records, each once: ``left``, ``right``, ``rules``."""
    keys = ["left_record_key", "right_record_key"]
    links = pairs.where("status = 'accepted'").groupBy(*keys).agg(F.sort_array(F.collect_set("rule")).alias("rules"))
    for side in ("left", "right"):
        ends = records.select(F.col("record_key").alias(f"{side}_record_key"), _end().alias(side))
        links = links.join(ends, f"{side}_record_key")
    return links.select("left", "right", "rules")


def by_rule(links: DataFrame) -> DataFrame:
    """How many links each rule made, and how many of those are right; the same of the links that no other rule made."""
    right, only_here = _same("entity_id"), F.size("rules") == 1
    return (
        links.select(F.explode("rules").alias("rule"), right.alias("right"), only_here.alias("only_here"))
        .groupBy("rule")
        .agg(
            F.count("*").alias("links"),
            F.count_if("right").alias("right_links"),
            F.count_if("only_here").alias("only_here"),
            F.count_if(F.col("only_here") & F.col("right")).alias("right_only_here"),
        )
        .select(
            *("rule", "links", "right_links"),
            F.try_divide("right_links", "links").alias("precision"),
            *("only_here", "right_only_here"),
            F.try_divide("right_only_here", "only_here").alias("precision_only_here"),
        )
    )


def wrong_pairs(records: DataFrame, links: DataFrame) -> DataFrame:
    """Pairs to look at, each once: ``false`` ones share a profile alone, ``missed`` ones an entity alone.

    Not all of them, but a sample that leaves no cell out. First, the cells of a profile (false) or of an entity
    (missed) as a star: the smallest record of each cell beside that of the largest cell; ``pairs`` says for how many
    record pairs the row stands, those of its cell with all larger ones, so that their sum over a kind is the number of
    all false or missed pairs. Second, every wrong link, with the ``rules`` that made it; ``pairs`` is null where
    another row counts it. A missed link is one that a guardrail took back.
    """
    cells = records.groupBy("profile", "entity_id").agg(
        F.count("*").alias("n"), F.min("record_key").alias("record_key"), F.min("dinmo_id").alias("dinmo_id")
    )
    kind = F.when(_same("profile"), F.lit("false")).otherwise(F.lit("missed"))
    wrong_links = links.where(_same("profile") != _same("entity_id")).select(
        kind.alias("kind"), "left", "right", "rules", F.lit(None).cast("long").alias("pairs")
    )
    ends = [
        F.col(f"{side}.{name}").alias(f"{side}_{name}")
        for name in ("record_key", "dinmo_id", "entity_id")
        for side in ("left", "right")
    ]
    return (
        _stars(cells, "false", "profile")
        .unionByName(_stars(cells, "missed", "entity_id"))
        .unionByName(wrong_links)
        .groupBy("kind", "left", "right")
        .agg(F.flatten(F.collect_list("rules")).alias("rules"), F.max("pairs").alias("pairs"))
        .select("kind", *ends, "rules", "pairs")
    )


def _stars(cells: DataFrame, kind: str, together: str) -> DataFrame:
    """For each further cell of a profile or entity the pair of its record and that of the largest cell."""
    larger_first = Window.partitionBy(together).orderBy(F.desc("n"), "record_key")
    so_far = larger_first.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    before = larger_first.rowsBetween(Window.unboundedPreceding, -1)
    starred = cells.select(
        "n",
        _end().alias("end"),
        F.first(_end()).over(so_far).alias("centre"),
        F.sum("n").over(before).alias("larger"),
    )
    return starred.where("larger IS NOT NULL").select(
        F.lit(kind).alias("kind"),
        F.least("end", "centre").alias("left"),
        F.greatest("end", "centre").alias("right"),
        F.array().cast("array<string>").alias("rules"),
        (F.col("n") * F.col("larger")).alias("pairs"),
    )


def _source_pairs(parts: DataFrame, measure: str) -> DataFrame:
    """Pairs by two sources, summed over ``parts``: of each group of records the array of its ``source`` and ``n``."""
    (column,) = parts.columns

    def pair(one: Column, other: Column) -> Column:
        within = one["source"] == other["source"]
        pairs = F.when(within, _pairs(one["n"])).otherwise(one["n"] * other["n"])
        return F.struct(one["source"].alias("left_source"), other["source"].alias("right_source"), pairs.alias("pairs"))

    def pairs_of(one: Column) -> Column:
        later = F.filter(column, lambda other: other["source"] >= one["source"])
        return F.transform(later, lambda other: pair(one, other))

    pairs = parts.select(F.explode(F.flatten(F.transform(column, pairs_of))).alias("pair")).select("pair.*")
    return pairs.groupBy(*SOURCES).agg(F.sum("pairs").alias("pairs")).withColumn("measure", F.lit(measure))


def _rates() -> list[Column]:
    precision = F.try_divide("right_pairs", "found_pairs")
    recall = F.try_divide("right_pairs", "true_pairs")
    f1 = F.try_divide(2 * precision * recall, precision + recall)
    return [precision.alias("precision"), recall.alias("recall"), f1.alias("f1")]


def _pairs(size: Column) -> Column:
    return (size * (size - 1) / 2).cast("long")


def _end() -> Column:
    """One end of a pair; its order is that of the record key."""
    return F.struct("record_key", "dinmo_id", "entity_id", "profile")


def _same(name: str) -> Column:
    """Whether both ends of a link share ``name``."""
    return F.col(f"left.{name}") == F.col(f"right.{name}")
