"""Golden records against plain Python: every strategy, filter and group, on clusters of every kind."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest
from plain_survivorship import Field, group_survivor, representative, survivor
from pyspark.sql import functions as F

from identity_spark.errors import CheckError, InputError
from identity_spark.stages.checks import require_values, value_checks
from identity_spark.stages.golden import golden_records, matched_ids, require_fitting

TODAY = date(2026, 1, 10)
START = datetime(2026, 1, 1)
TRUST = ("crm", "shop")
COLUMNS = {
    "dinmo_id": "string", "record_count": "long", "record_key": "string", "source": "string", "source_rank": "int",
    "primary_key": "string", "updated_at": "timestamp", "email": "array<string>", "email__written": "array<string>",
    "phone": "string", "first_name": "string", "first_name__written": "string", "last_name": "string",
    "last_name__written": "string", "birth_date": "string", "card": "string", "card__written": "string",
    "last_sound": "string", "city": "string", "score": "int", "price": "double", "allowed": "boolean", "says": "string",
    "tags": "array<string>", "joined": "timestamp", "street": "string", "zip": "string", "place": "string", "iban": "string",
    "blocked": "array<struct<identifier:string,value:string,reason:string>>",
}  # fmt: skip
PLAIN = ("score", "price", "allowed", "says", "tags", "joined", "street", "zip", "place", "iban")
MAPPED = (*(f"sources.crm.columns.{name}={name}" for name in PLAIN), "sources.shop.columns.phone=tel")
SETTINGS = (
    *MAPPED,
    "golden.fields.email={strategy: most_frequent}",
    "golden.fields.phone={strategy: source_priority, sources: [shop]}",
    "golden.fields.first_name={strategy: longest}",
    "golden.fields.last_name={strategy: most_frequent, sources: [crm]}",
    "golden.fields.birth_date={strategy: min}",
    "golden.fields.card={strategy: first_non_null, max_age_days: 9}",
    "golden.fields.city={strategy: last_non_null, max_age_days: 8}",
    "golden.fields.score={strategy: max}",
    "golden.fields.price={strategy: min}",
    "golden.fields.allowed={strategy: most_restrictive}",
    "golden.fields.says={strategy: most_restrictive}",
    "golden.fields.tags={strategy: collect, max_values: 2}",
    "golden.fields.joined={strategy: max}",
    "golden.groups.address={fields: [street, zip]}",
    "golden.groups.account={fields: [place, iban], strategy: most_frequent}",
)
FIELDS = {
    "email": Field("most_frequent", "email__written", "email", several=True),
    "phone": Field("source_priority", "phone", "phone", sources=["shop"]),
    "first_name": Field("longest", "first_name__written", "first_name"),
    "last_name": Field("most_frequent", "last_name__written", "last_name", sources=["crm"]),
    "birth_date": Field("min", "birth_date", "birth_date"),
    "card": Field("first_non_null", "card__written", "card", max_age_days=9),
    "city": Field("last_non_null", "city", "city", max_age_days=8),
    "score": Field("max", "score", "score"),
    "price": Field("min", "price", "price"),
    "allowed": Field("most_restrictive", "allowed", "allowed"),
    "says": Field("most_restrictive", "says", "says"),
    "tags": Field("collect", "tags", "tags", max_values=2),
    "joined": Field("max", "joined", "joined"),
}
GROUPS = {"address": ("last_non_null", ("street", "zip")), "account": ("most_frequent", ("place", "iban"))}


def make_records(profiles: int, seed: int) -> list[dict]:
    """Few different values, times and sources, so that ties are common; nulls everywhere, and profiles of nulls."""
    rng = random.Random(seed)
    records = []
    for profile in range(profiles):
        size, empty = rng.choice([1, 1, 2, 3, 6]), rng.random() < 0.05

        def one_of(*values, empty=empty):
            return None if empty or rng.random() < 0.25 else rng.choice(values)

        for n in range(size):
            source = rng.choice(TRUST)
            emails = (
                None if empty else rng.choice([None, *(rng.sample(["a@x.io", "b@x.io", "c@x.io"], k) for k in (1, 2))])
            )
            first, last, card = one_of("ann", "anna"), one_of("lee", "leigh"), one_of("c1", "c22")
            record = {
                "dinmo_id": f"id{profile:05}", "record_count": size, "record_key": f"{source}:{profile}-{n}:x",
                "source": source, "source_rank": TRUST.index(source), "primary_key": f"{profile}-{n}:x",
                "updated_at": START + timedelta(days=rng.randint(0, 2)) if rng.random() < 0.8 else None,
                "email": emails, "email__written": emails and [e.upper() for e in emails],
                "phone": one_of("+1", "+2"), "first_name": first, "first_name__written": first and rng.choice([first, first.title()]),
                "last_name": last, "last_name__written": last and rng.choice([last, last.title()]),
                "birth_date": one_of("1980-01-02", "1979-12-31"), "card": card, "card__written": card and card.upper(),
                "city": one_of("Rome", "Lyon"), "score": one_of(9, 10, -1), "price": one_of(9.5, 10.0),
                "allowed": one_of(True, False), "says": one_of("yes", "NO", "ask me"),
                "tags": one_of(["b", "a"], ["c"], []), "joined": one_of(START, START + timedelta(hours=1)),
                "street": one_of("High St", "Low St"), "zip": one_of("1", "2"), "place": one_of("B1", "B2"), "iban": one_of("I1", "I2"),
            }  # fmt: skip
            records.append({name: record.get(name) for name in COLUMNS})
    return records


def frame_of(spark, records):
    schema = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    return spark.createDataFrame([tuple(record.values()) for record in records], schema)


def no_pairs(spark):
    return spark.createDataFrame([], "dinmo_id string, rule string, status string")


def golden_of(spark, records, config, pairs=None):
    frame = golden_records(frame_of(spark, records), no_pairs(spark) if pairs is None else pairs, config, TODAY)
    return {row.dinmo_id: row for row in frame.collect()}


def test_plain_python_agrees_on_5000_clusters(spark, make_config):
    records = make_records(5000, 7)
    found = golden_of(spark, records, make_config(*SETTINGS))
    clusters = defaultdict(list)
    for record in records:
        clusters[record["dinmo_id"]].append(record)
    assert len(found) == len(clusters) == 5000
    assert len({len(cluster) for cluster in clusters.values()}) == 4
    for dinmo_id, cluster in clusters.items():
        golden, givers = found[dinmo_id], {}
        for name, field in FIELDS.items():
            value, givers[name] = survivor(cluster, field, TRUST, TODAY)
            assert golden[name] == value, (name, cluster)
        for strategy, parts in GROUPS.values():
            record = group_survivor(cluster, strategy, parts)
            for part in parts:
                assert golden[part] == (record and record[part]), (part, cluster)
                givers[part] = record if record and record[part] is not None else None
        given = {name: giver for name, giver in givers.items() if giver}
        assert golden.field_sources == {name: giver["record_key"] for name, giver in given.items()}
        best = representative(list(given.values()), cluster)
        shown = (golden.representative_entity_key_name, golden.representative_entity_key_value)
        assert shown == (best["source"], best["primary_key"]), cluster
        dates = {name: given[name]["updated_at"] for name in ("allowed", "says") if name in given}
        assert golden.consent_dates == {name: time for name, time in dates.items() if time}
        assert golden.consent_widened == any(widened(cluster, name) for name in ("allowed", "says"))


def widened(cluster, name) -> bool:
    last, _ = survivor(cluster, Field("last_non_null", name, name), TRUST, TODAY)
    kept, _ = survivor(cluster, FIELDS[name], TRUST, TODAY)
    return last in (True, "yes") and kept in (False, "NO")


def test_row_order_and_partitioning_change_nothing(spark, make_config):
    records, config = make_records(300, 11), make_config(*SETTINGS)
    shuffled = random.Random(1).sample(records, len(records))
    whole = golden_records(frame_of(spark, records).coalesce(1), no_pairs(spark), config, TODAY)
    parts = golden_records(frame_of(spark, shuffled).repartition(7), no_pairs(spark), config, TODAY)
    assert sorted(whole.collect(), key=lambda r: r.dinmo_id) == sorted(parts.collect(), key=lambda r: r.dinmo_id)


def profile(*records, size=None) -> list[dict]:
    """One profile of records given by what they have; the first is the newest unless they say otherwise."""
    made = []
    for n, record in enumerate(records):
        source = record.get("source", "crm")
        base = {
            "dinmo_id": "id", "record_count": size or len(records), "record_key": f"{source}:{n}", "source": source,
            "source_rank": TRUST.index(source), "primary_key": str(n), "updated_at": START - timedelta(days=n),
        }  # fmt: skip
        made.append({name: {**base, **record}.get(name) for name in COLUMNS})
    return made


OLD, SAME, NO_TIME = {"updated_at": datetime(2020, 1, 1)}, {"updated_at": START}, {"updated_at": None}
CASES = [
    # settings of the field, the records, value, number of the record it came from
    ("score={strategy: max}", [{"score": 9}, {"score": 10}, {"score": None}], 10, 1),
    ("score={strategy: max}", [{"score": 9, **SAME}, {"score": 9, **SAME, "source": "shop"}], 9, 0),
    ("score={strategy: min}", [{"score": 10}, {"score": 9}, {"score": 9}], 9, 1),
    ("joined={strategy: min}", [{"joined": START}, {"joined": START - timedelta(days=400)}], START - timedelta(days=400), 1),
    ("tags={strategy: last_non_null}", [{}, {"tags": ["b", "a"]}, {"tags": ["c"]}], ["b", "a"], 1),
    ("tags={strategy: most_frequent}", [{"tags": ["c"]}, {"tags": ["b"]}, {"tags": ["b"]}], ["b"], 1),
    ("allowed={strategy: most_restrictive}", [{"allowed": True}, {"allowed": None}, {"allowed": False, **OLD}], False, 2),
    ("allowed={strategy: most_restrictive}", [{"allowed": True, **OLD}, {"allowed": True}], True, 1),
    ("says={strategy: most_restrictive}", [{"says": "yes"}, {"says": "unsubscribed"}], "unsubscribed", 1),
    ("score={strategy: most_restrictive}", [{"score": 1}, {"score": 0}], 0, 1),
    ("city={strategy: first_non_null}", [{"city": "A", **NO_TIME}, {"city": "B"}, {"city": "C"}], "C", 2),
    ("city={strategy: first_non_null}", [{"city": "A", **NO_TIME}, {"city": "B", **NO_TIME}], "A", 0),
    ("city={strategy: last_non_null}", [{"city": "A", **NO_TIME}, {"city": "B", **OLD}], "B", 1),
    ("city={strategy: last_non_null}", [{"city": "A", **SAME, "source": "shop"}, {"city": "B", **SAME}], "B", 1),
    ("city={strategy: last_non_null, sources: [shop]}", [{"city": "A"}, {"city": "B", "source": "shop"}], "B", 1),
    ("city={strategy: last_non_null, max_age_days: 9}", [{"city": "A", **NO_TIME}, {"city": "B", **OLD}], None, None),
    ("city={strategy: last_non_null, max_age_days: 9}", [{"city": "A", **NO_TIME}, {"city": "B", **SAME}], "B", 1),
    ("city={strategy: source_priority, sources: [shop]}", [{"city": "A"}, {"city": "B", "source": "shop"}], "B", 1),
    ("city={strategy: longest}", [{"city": "AA"}, {"city": "BBB"}, {"city": "CCC"}], "BBB", 1),
    ("city={strategy: most_frequent}", [{"city": "A"}, {"city": "B"}, {"city": "B"}], "B", 1),
    ("city={strategy: collect, max_values: 2}", [{"city": "C"}, {"city": "B"}, {"city": "C"}, {"city": "A"}], ["B", "C"], None),
    ("city={strategy: collect}", [{}, {}], None, None),
    ("city={strategy: longest}", [{}], None, None),
    ("city={strategy: collect}", [{"city": "A"}], ["A"], None),
]  # fmt: skip
OF_IDENTIFIERS = [
    ("email={strategy: max}", [{"email": ["a", "c"], "email__written": ["A", "C"]}, {"email": ["b"], "email__written": ["B"]}], "C", 0),
    ("email={strategy: max}", [{"email": ["a", "c"], "email__written": ["A", "C"]}], "C", 0),
    ("card={valid_only: false}", [{"blocked": [("card", "?", "invalid")]}, {"card": "c1", "card__written": "C1"}], "C1", 1),
    ("card={valid_only: false, strategy: max}", [{"blocked": [("card", "?", "invalid")]}, {"card": "1", "card__written": "1"}], "1", 1),
    ("card={valid_only: false}", [{"blocked": [("card", "x", "blocked")]}, {"blocked": [("card", "?", "invalid")]}], "?", 1),
    ("card={valid_only: true}", [{"blocked": [("card", "?", "invalid")]}], None, None),
    ("email={strategy: collect}", [{"email": ["a", "c"], "email__written": ["A", "C"]}, {"email": ["b"], "email__written": ["B"]}], ["A", "B", "C"], None),
]  # fmt: skip


def test_cases_of_plain_fields(spark, make_config):
    """Every case is a profile with a field of its own, so that one run shows them all."""
    settings, records, kinds = [], [], dict(COLUMNS)
    for n, (setting, given, _, _) in enumerate(CASES):
        name, _, how = setting.partition("=")
        mapped = [f"sources.{source}.columns.case_{n}=x" for source in ("crm", "shop")]
        settings += [*mapped, f"golden.fields.case_{n}={how}"]
        kinds[f"case_{n}"] = COLUMNS[name]
        for record, own in zip(profile(*given), given, strict=True):
            keys = {"dinmo_id": f"id{n}", "record_key": f"{record['record_key']}-{n}"}
            records.append({**record, **keys, name: None, f"case_{n}": own.get(name)})
    rows = [tuple(record.get(name) for name in kinds) for record in records]
    frame = spark.createDataFrame(rows, ", ".join(f"{name} {kind}" for name, kind in kinds.items()))
    golden = golden_records(frame, no_pairs(spark), make_config(*MAPPED, *settings), TODAY)
    found = {row.dinmo_id: row for row in golden.collect()}
    for n, (setting, given, value, giver) in enumerate(CASES):
        row = found[f"id{n}"]
        wanted = None if giver is None else f"{profile(*given)[giver]['record_key']}-{n}"
        assert (row[f"case_{n}"], row.field_sources.get(f"case_{n}")) == (value, wanted), setting


@pytest.mark.parametrize("setting", dict.fromkeys(case[0] for case in OF_IDENTIFIERS))
def test_cases_of_identifiers(spark, make_config, setting):
    cases = [case for case in OF_IDENTIFIERS if case[0] == setting]
    name = setting.partition("=")[0]
    records = []
    for n, (_, given, _, _) in enumerate(cases):
        records += [{**record, "dinmo_id": f"id{n}"} for record in profile(*given)]
    found = golden_of(spark, records, make_config(*MAPPED, f"golden.fields.{setting}"))
    for n, (_, given, value, giver) in enumerate(cases):
        wanted = None if giver is None else profile(*given)[giver]["record_key"]
        assert (found[f"id{n}"][name], found[f"id{n}"].field_sources.get(name)) == (value, wanted), given


def test_what_is_told_about_a_profile(spark, make_config):
    records = [
        *profile(
            {"source": "shop", "city": "Bern", "last_sound": "L000"},
            {**OLD, "phone": "+1", "card": "c", "card__written": "C"},
        ),
        *({**r, "dinmo_id": "id2"} for r in profile({"updated_at": None})),
        *({**r, "dinmo_id": None} for r in profile({"city": "Rome"})),
    ]
    pairs = spark.createDataFrame(
        [
            ("id", "email_and_name", "accepted"),
            ("id", "card", "accepted"),
            ("id", "card", "accepted"),
            ("id2", "card", "refused"),
        ],
        "dinmo_id string, rule string, status string",
    )
    found = golden_of(spark, records, make_config(*MAPPED), pairs)
    one, two = found["id"], found["id2"]
    assert len(found) == 2
    assert (one.record_count, one.sources, one.rules) == (2, ["crm", "shop"], ["card", "email_and_name"])
    assert (one.first_seen_at, one.last_seen_at) == (OLD["updated_at"], START)
    assert (one.representative_entity_key_name, one.representative_entity_key_value) == ("crm", "1"), (
        "it gives two of three"
    )
    assert one.field_sources == {"city": "shop:0", "phone": "crm:1", "card": "crm:1"}
    assert (two.record_count, two.rules, two.field_sources, two.last_seen_at) == (1, [], {}, None)
    assert "last_sound" not in one.asDict(), "derived identifiers are not exposed"


def test_where_all_is_collected_the_best_record_represents(spark, make_config):
    names = ("email", "phone", "first_name", "last_name", "birth_date", "card", "city")
    config = make_config(*(f"golden.fields.{name}={{strategy: collect}}" for name in names))
    row = golden_of(spark, profile({"source": "shop", "city": "B", **OLD}, {"city": "A"}), config)["id"]
    assert (row.city, row.representative_entity_key_value, row.field_sources) == (["A", "B"], "1", {})


def operators(plan) -> Counter:
    """How often each operator stands in a plan of Spark's."""
    found, children = Counter([plan.nodeName()]), plan.children()
    for n in range(children.size()):
        found += operators(children.apply(n))
    return found


def executed(frame) -> Counter:
    return operators(frame._jdf.queryExecution().executedPlan())


def written_down(spark, frame):
    return spark.createDataFrame(frame.collect(), frame.schema)


def test_one_exchange_for_all_fields_of_all_strategies(spark, make_config):
    records, config = frame_of(spark, make_records(30, 5)), make_config(*SETTINGS)
    pairs = spark.createDataFrame([("id00001", "card", "accepted")], "dinmo_id string, rule string, status string")
    golden = golden_records(records, pairs, config, TODAY)
    assert executed(golden)["Exchange"] == 2, "one for the records, one for the rules of pairs"
    assert executed(golden)["Sort"] == 1
    parts = golden._jdf.queryExecution().optimizedPlan().children()
    several, alone = (operators(parts.apply(n)) for n in range(parts.size()))
    assert {"Aggregate", "Window"} <= several.keys()
    assert alone.keys() <= {"Project", "Filter", "LogicalRDD", "LocalRelation"}, "one record is never aggregated"
    values = matched_ids(records, written_down(spark, golden), config, TODAY)
    assert executed(values)["Exchange"] == 2, (
        "one for the records, one for their golden records; the grouping needs none"
    )


def test_matched_ids_count_each_value_and_mark_what_survives(spark, make_config):
    config = make_config(*SETTINGS, "golden.fields.phone={strategy: collect, max_values: 1}")
    records = make_records(400, 3)
    frame = frame_of(spark, records)
    golden = written_down(spark, golden_records(frame, no_pairs(spark), config, TODAY))
    found = {row[:3]: row for row in matched_ids(frame, golden, config, TODAY).collect()}
    shown = {row.dinmo_id: row for row in golden.collect()}
    expected = defaultdict(list)
    for record in records:
        for name in ("email", "phone", "first_name", "last_name", "birth_date", "card"):
            values = record[name] if isinstance(record[name], list) else [record[name]]
            for value in values:
                if value is not None:
                    expected[record["dinmo_id"], name, value].append(record)
    assert found.keys() == expected.keys()
    primary = 0
    for (dinmo_id, name, value), holders in expected.items():
        row, times = found[dinmo_id, name, value], [r["updated_at"] for r in holders if r["updated_at"]]
        assert (row.record_count, row.sources) == (len(holders), sorted({r["source"] for r in holders}))
        assert (row.first_seen_at, row.last_seen_at) == (min(times, default=None), max(times, default=None))
        golden_value = shown[dinmo_id][name]
        survives = golden_value[0] if isinstance(golden_value, list) else golden_value
        assert row.primary == (survives is not None and survives.lower() == value), (name, value)
        primary += row.primary
    assert 0 < primary < len(found)


def test_values_set_apart_are_no_values_of_a_profile(spark, make_config):
    blocked = [("email", "boss@x.io", "blocked"), ("card", "c9", "over_shared")]
    records = [{**r, "blocked": blocked} for r in profile({"phone": "+1"}, {"phone": "+1"}, {})]
    records += [{**r, "dinmo_id": "one", "blocked": blocked} for r in profile({"phone": "+2"})]
    frame, config = frame_of(spark, records), make_config(*MAPPED, "golden.fields.card={valid_only: false}")
    golden = written_down(spark, golden_records(frame, no_pairs(spark), config, TODAY))
    assert [(row.email, row.card) for row in golden.collect()] == [(None, None)] * 2
    found = matched_ids(frame, golden, config, TODAY).select(
        "dinmo_id", "identifier", "value", "record_count", "primary"
    )
    assert {tuple(row) for row in found.collect()} == {("id", "phone", "+1", 2, True), ("one", "phone", "+2", 1, True)}


def test_values_are_verified_before_publishing(spark, make_config):
    config = make_config(*SETTINGS, "golden.verify_values=true", "golden.fields.card={valid_only: false}")
    records = make_records(200, 9)
    records[0]["blocked"], records[0]["card"], records[0]["card__written"] = [("card", "?", "invalid")], None, None
    frame = frame_of(spark, records)
    golden = written_down(spark, golden_records(frame, no_pairs(spark), config, TODAY))
    require_values(value_checks(frame, golden, config).collect())
    other = golden.withColumn(
        "score", F.when(F.col("dinmo_id") > "id00100", F.col("score") + 1).otherwise(F.col("score"))
    )
    wrong = other.where("dinmo_id > 'id00100' AND score IS NOT NULL").count()
    found = value_checks(frame, other, config).collect()
    with pytest.raises(CheckError, match=f"{wrong} values of score; nothing was written"):
        require_values(found)
    assert value_checks(frame, other, make_config(*SETTINGS)) is None, "only where it is asked for"


def test_strategies_have_to_fit_the_types_of_the_sources(spark, make_config):
    settings = ("joined={strategy: most_restrictive}", "score={strategy: longest}", "says={strategy: most_restrictive}")
    config = make_config(
        *MAPPED, *(f"golden.fields.{s}" for s in settings), "golden.groups.a={fields: [price, zip], strategy: longest}"
    )
    with pytest.raises(InputError) as caught:
        require_fitting(frame_of(spark, []), config)
    assert str(caught.value).splitlines() == [
        "golden.fields.score.strategy: 'longest' does not fit 'score' of type int; map it to text, or choose another strategy",
        "golden.groups.a.strategy: 'longest' does not fit 'price' of type double; map it to text, or choose another strategy",
        "golden.fields.joined.strategy: 'most_restrictive' does not fit 'joined' of type timestamp;"
        " map it to true and false, a number, or text like yes and no, or choose another strategy",
    ]
