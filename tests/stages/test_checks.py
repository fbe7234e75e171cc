"""Results that disagree are found, each kind of disagreement by its own words, and results that agree pass."""

import pytest
from pyspark.sql import functions as F
from stages_of_tests import stage, written

from identity_spark import schemas
from identity_spark.errors import CheckError
from identity_spark.pipeline.counting import Results, count
from identity_spark.stages import checks

RECORDS = "source string, status string, dinmo_id string"
PUBLISHED = [("crm", "matched", "a"), ("shop", "matched", "a"), ("shop", "unique", "b"), ("crm", "unique", "c")]
HELD_BACK = [("crm", "conflict", None), ("shop", "missing", None)]
GOLDEN = [("a", 2), ("b", 1), ("c", 1)]
PAIRS = [("crm:1", "shop:1")]
UNRESOLVED = [("conflict",), ("missing_identifiers",), ("duplicate_primary_key",), ("missing_primary_key",)]


def verify(spark, config, total=8, records=(*PUBLISHED, *HELD_BACK), golden=GOLDEN, pairs=PAIRS):
    held = {i.name: F.lit("x") for i in config.identifiers}
    blocked = F.array().cast("array<struct<identifier:string,reason:string>>")
    keys = F.create_map().cast("map<string,array<string>>")
    resolved = spark.createDataFrame(list(records), RECORDS)
    alone = {"record_id": F.monotonically_increasing_id(), "cluster_id": F.lit(0), "record_count": F.lit(1)}
    resolved = resolved.withColumns({**held, **alone, "rule_keys": keys, "blocked": blocked})
    rows = spark.createDataFrame(list(golden), "dinmo_id string, record_count long")
    rows = rows.withColumns({**held, "sources": F.array(F.lit("crm")), "consent_widened": F.lit(False)})
    ends = spark.createDataFrame(list(pairs), "left_record_key string, right_record_key string")
    ends = ends.withColumns({"rule": F.lit("email"), "status": F.lit("accepted"), "dinmo_id": F.lit("a")})
    nothing = F.lit(None).cast("string")
    unresolved = spark.createDataFrame(UNRESOLVED, "reason string")
    unresolved = unresolved.withColumns({"source": F.lit("crm"), "identifier": nothing, "record_key": nothing})
    profiles = F.lit(len({dinmo_id for _, _, dinmo_id in records if dinmo_id}))
    resolved = written(resolved, profiles=F.max(profiles), clusters=F.count("*"))
    links, none = schemas.empty(spark, schemas.JUDGED_LINKS), [schemas.empty(spark, schemas.METRICS)]
    totals, _ = count(Results(links, resolved, rows, ends, written(unresolved), None, none, of_ids={}), config, stage())
    return checks.verify(total, totals)


def test_results_that_agree(spark, make_config):
    found = verify(spark, make_config())
    assert found == {
        "records": 8, "unique": 2, "matched": 2, "conflict": 1, "missing": 1, "golden_records": 3, "bad_keys": 2,
    }  # fmt: skip


WRONG = {
    "a record is lost": ({"total": 9}, "9 records were read, but 8 are accounted for"),
    "a golden record is lost": (
        {"golden": GOLDEN[:2]},
        "3 profiles are published, but there are 2 golden records; 4 records are published, but golden records stand for 3",
    ),
    "a golden record has the id of another": (
        {"golden": [("a", 2), ("b", 1), ("b", 1)]}, "golden records stand for other profiles than the lookup has",
    ),
    "an id is split": (
        {"golden": [("a", 1), ("a", 1), *GOLDEN[1:]]}, "3 profiles are published, but there are 4 golden records",
    ),
    "a record went to another profile": (
        {"golden": [("a", 1), ("b", 2), ("c", 1)]}, "golden records stand for other profiles than the lookup has",
    ),
    "another id": ({"golden": [("a", 2), ("b", 1), ("d", 1)]}, "stand for other profiles than the lookup has"),
    "ends out of order": ({"pairs": [*PAIRS, ("shop:1", "crm:1"), ("x", "x")]}, "2 pairs are out of order"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_disagreement_is_named(spark, make_config, name):
    wrong, said = WRONG[name]
    with pytest.raises(CheckError, match=said):
        verify(spark, make_config(), **wrong)
