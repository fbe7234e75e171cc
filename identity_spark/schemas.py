"""The hand-overs between stages and the output tables: one StructType each, and a check that names every difference.

Frames that carry a project's own fields (records, lookup, golden) hold the columns given here plus one column per
identifier or field: text, or an array of text where the field is multi-valued.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    IntegerType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from identity_spark.errors import CheckError

WRITTEN = "__written"  # suffix: the tidied value that a golden record shows, where it differs from the canonical one
MOST_VALUES = "most_values"  # in the metadata of an array in ``RECORDS``: no record has more values than that

STATUSES = ("unique", "matched", "conflict", "missing")  # of records with a key of their own

TEXT, COUNT, WHEN = StringType(), LongType(), TimestampType()
TEXTS = ArrayType(TEXT)
CANNOT_LINK_INDEX, MUST_LINK_INDEX = -2, -1  # links of overrides, in place of the index of a rule


def _struct(**fields: DataType) -> StructType:
    return StructType([StructField(name, kind) for name, kind in fields.items()])


BLOCKED = ArrayType(_struct(identifier=TEXT, value=TEXT, reason=TEXT))
HELD_VALUES = ArrayType(_struct(identifier=TEXT, value=TEXT))
EVIDENCE = ArrayType(_struct(identifier=TEXT, match=TEXT, left_value=TEXT, right_value=TEXT, similarity=DoubleType()))

# Hand-overs
RECORDS = _struct(record_key=TEXT, source=TEXT, source_rank=IntegerType(), primary_key=TEXT, updated_at=WHEN)
STANDARDIZED = StructType([*RECORDS.fields, StructField("record_id", COUNT), StructField("blocked", BLOCKED)])
OVER_SHARED = _struct(identifier=TEXT, value=TEXT, records=COUNT)
LINKS = _struct(
    rule_index=IntegerType(),
    left_id=COUNT,
    right_id=COUNT,
    left_record_key=TEXT,
    right_record_key=TEXT,
    evidence=EVIDENCE,
)
JUDGED_LINKS = StructType([*LINKS.fields, StructField("refused_by", TEXT)])  # null where the link is accepted
# A pair in a block of ``records``; ``parts``, its key, where a record may have several. Without ``right_id``: a block
# over the cap of a rule.
CANDIDATES = _struct(anchor=IntegerType(), parts=TEXTS, records=COUNT, left_id=COUNT, right_id=COUNT)
LARGE_BLOCKS = _struct(anchor=IntegerType(), parts=TEXTS, records=COUNT)
SKIPPED_BLOCKS = _struct(rule=TEXT, blocks=COUNT, records=COUNT, pairs=COUNT)
CLUSTERS = _struct(record_id=COUNT, cluster_id=COUNT)
OVERRIDES = _struct(
    kind=TEXT,
    left_record_key=TEXT,
    right_record_key=TEXT,
    identifier=TEXT,
    value=TEXT,
    reason=TEXT,
    author=TEXT,
    created_at=WHEN,
    expires_at=WHEN,
)
GOLDEN_OVERRIDES = _struct(
    dinmo_id=TEXT,
    record_key=TEXT,
    field=TEXT,
    value=TEXT,
    reason=TEXT,
    author=TEXT,
    created_at=WHEN,
    expires_at=WHEN,
)
DECIDED_VALUES = _struct(dinmo_id=TEXT, field=TEXT, value=TEXT)
OVERRIDE_LINKS = _struct(
    kind=TEXT, left_id=COUNT, right_id=COUNT, left_record_key=TEXT, right_record_key=TEXT, reason=TEXT, author=TEXT
)
MEMBERS = _struct(
    record_id=COUNT,
    record_key=TEXT,
    source=TEXT,
    applicable=BooleanType(),
    cluster_id=COUNT,
    linked=BooleanType(),  # whether the cluster has other records
    must_group=COUNT,  # the records that overrides link to one another; null for those that none does
    limited=HELD_VALUES,  # what the record has of identifiers with a limit
    record_count=COUNT,  # of the cluster
    smallest_key=TEXT,  # of the cluster
)
CONFLICTS = _struct(cluster_id=COUNT, limit=TEXT, identifier=TEXT, detail=TEXT, record_count=COUNT)
LEVELED_EDGES = _struct(left_id=COUNT, right_id=COUNT, rule_index=IntegerType(), rules=IntegerType())
RULE_EDGES = _struct(
    left_id=COUNT,
    right_id=COUNT,
    rule_index=IntegerType(),
    cluster_id=COUNT,
    record_count=COUNT,
    published=BooleanType(),
    crosses=BooleanType(),  # whether the ends are in two clusters
)
PROFILES = _struct(
    record_id=COUNT,
    cluster_id=COUNT,
    status=TEXT,
    dinmo_id=TEXT,
    candidate_dinmo_id=TEXT,
    record_count=COUNT,
    first=BooleanType(),  # of its cluster, by record_key: one record stands for all
)
KNOWN_IDS = _struct(record_key=TEXT, dinmo_id=TEXT, created_at=WHEN, published=BooleanType())
FORMER_IDS = _struct(record_key=TEXT, dinmo_id=TEXT, created_at=WHEN)
USED_IDS = _struct(dinmo_id=TEXT, ended_by=TEXT)
CAUSES = _struct(old_id=TEXT, new_id=TEXT, joined_by=TEXT, parted_by=TEXT, held_by=TEXT)
MOVES = _struct(record_key=TEXT, old_id=TEXT, new_id=TEXT, was_read=BooleanType())

# Tables
GOLDEN = _struct(
    dinmo_id=TEXT,
    record_count=COUNT,
    sources=TEXTS,
    rules=TEXTS,
    first_seen_at=WHEN,
    last_seen_at=WHEN,
    representative_entity_key_name=TEXT,
    representative_entity_key_value=TEXT,
    field_sources=MapType(TEXT, TEXT),
    consent_dates=MapType(TEXT, WHEN),
    run_id=TEXT,
)
MATCHED_IDS = _struct(
    dinmo_id=TEXT,
    identifier=TEXT,
    value=TEXT,
    record_count=COUNT,
    sources=TEXTS,
    first_seen_at=WHEN,
    last_seen_at=WHEN,
    primary=BooleanType(),
    run_id=TEXT,
)
UNRESOLVED = _struct(
    record_key=TEXT,
    source=TEXT,
    primary_key=TEXT,
    reason=TEXT,
    identifier=TEXT,
    detail=TEXT,
    candidate_dinmo_id=TEXT,
    run_id=TEXT,
)
LOOKUP = _struct(
    record_key=TEXT,
    source=TEXT,
    primary_key=TEXT,
    dinmo_id=TEXT,
    status=TEXT,
    rule_keys=MapType(TEXT, TEXTS),
    blocked=BLOCKED,
    updated_at=WHEN,
    run_id=TEXT,
)
PAIRS = _struct(
    left_record_key=TEXT,
    right_record_key=TEXT,
    rule=TEXT,
    evidence=EVIDENCE,
    status=TEXT,
    refused_by=TEXT,
    dinmo_id=TEXT,
    run_id=TEXT,
)
METRICS = _struct(scope=TEXT, name=TEXT, metric=TEXT, value=DoubleType())
REPORT = _struct(run_id=TEXT, scope=TEXT, name=TEXT, metric=TEXT, value=DoubleType())
RUNS = _struct(
    run_id=TEXT,
    status=TEXT,
    started_at=WHEN,
    finished_at=WHEN,
    config_hash=TEXT,
    code_version=TEXT,
    engine=TEXT,
    table_versions=MapType(TEXT, COUNT),
    input_versions=MapType(TEXT, COUNT),
    counts=MapType(TEXT, COUNT),
    seconds=MapType(TEXT, DoubleType()),
    accepted=ArrayType(TEXT),  # gates that the operator let the run pass, as typed
    broken_gates=MapType(TEXT, DoubleType()),  # the figure of each gate, by its name and what it is of
)
CHANGES = _struct(run_id=TEXT, event=TEXT, dinmo_id=TEXT, other_dinmo_id=TEXT, record_count=COUNT, cause=TEXT)
REDIRECTS = _struct(old_dinmo_id=TEXT, dinmo_id=TEXT, run_id=TEXT, last_dinmo_id=TEXT)
HISTORY = _struct(
    record_key=TEXT, dinmo_id=TEXT, valid_from_run=TEXT, valid_to_run=TEXT, valid_from=WHEN, valid_to=WHEN
)
STARTS = _struct(run_id=TEXT, at=WHEN)  # of every committed run
LOCK = _struct(token=TEXT, run_id=TEXT, host=TEXT, process=TEXT, acquired_at=WHEN, expires_at=WHEN, last_committed=TEXT)

TABLES = {
    "identity_golden": GOLDEN,
    "identity_matched_ids": MATCHED_IDS,
    "identity_unresolved_records": UNRESOLVED,
    "identity_lookup": LOOKUP,
    "match_pairs": PAIRS,
    "identity_changes": CHANGES,
    "identity_redirects": REDIRECTS,
    "identity_history": HISTORY,
    "identity_golden_report": REPORT,
    "identity_runs": RUNS,
}


class Metric(NamedTuple):
    """One number of the report: ``METRICS`` in Python."""

    scope: str
    name: str
    metric: str
    value: float


@dataclass(frozen=True)
class Totals:
    """What a run counts (``stages/totals.py``); it grows with the configuration, not with the data."""

    records: Mapping[str, Mapping[str, int]]  # of records with a usable key, by source
    set_apart: Mapping[tuple[str, str], int]  # values, by identifier and reason
    golden: Mapping[str, int]
    pairs: Mapping[str, Mapping[str, int]]  # by rule
    bad_keys: Mapping[str, int]  # records without a usable key, by source
    in_conflict: Mapping[str, int]  # records held back, by the identifier whose limit is broken
    reasons: Mapping[str, int]  # unresolved records
    skipped: Mapping[str, Mapping[str, int]]  # SKIPPED_BLOCKS, by rule
    merges: Mapping[int, int]  # merges_only_here, by rule_index
    profiles: int  # published clusters
    of_ids: Mapping[str, int]  # what became of ids: each event of ``CHANGES``, and ``moved_records``

    def of_records(self, name: str) -> int:
        """The count of that name of all sources together."""
        return sum(counts[name] or 0 for counts in self.records.values())


def empty(spark: SparkSession, schema: StructType) -> DataFrame:
    """No rows of ``schema``, which the optimizer knows and leaves out of every plan."""
    columns = (f"CAST(NULL AS {f.dataType.simpleString()}) AS `{f.name}`" for f in schema.fields)
    return spark.sql(f"SELECT {', '.join(columns)} WHERE false")


def differences(frame: DataFrame, schema: StructType) -> list[str]:
    """Every column of ``schema`` that ``frame`` lacks or holds as another type; further columns do not count."""
    found = {field.name: field.dataType for field in frame.schema.fields}
    return [
        f"{field.name}: {found[field.name].simpleString() if field.name in found else 'missing'},"
        f" expected {field.dataType.simpleString()}"
        for field in schema.fields
        if field.name not in found or found[field.name].simpleString() != field.dataType.simpleString()
    ]


def check(frame: DataFrame, schema: StructType, name: str) -> DataFrame:
    """``frame`` itself; raises ``CheckError`` with every difference from ``schema``."""
    if problems := differences(frame, schema):
        raise CheckError(f"{name} breaks its schema: {'; '.join(problems)}; nothing was written")
    return frame


def multi_valued(frame: DataFrame, names: Iterable[str]) -> frozenset[str]:
    """Those of ``names`` that hold arrays in ``frame``."""
    return frozenset(name for name in names if is_multi_valued(frame, name))


def is_multi_valued(frame: DataFrame, field: str) -> bool:
    """Whether ``field`` of ``frame`` holds arrays: it came from several columns or from an array."""
    return isinstance(frame.schema[field].dataType, ArrayType)
