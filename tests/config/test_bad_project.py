"""What is wrong outside sources, identifiers and rules, in the words that the user reads."""

import pytest

TOP = (
    "project, default_country, sources, identifiers, rules, guardrails, golden, gates, clustering, "
    "match_pairs, output, overrides, golden_overrides"
)
FIELDS = "email, phone, first_name, last_name, birth_date, loyalty_id, last_sound, sound_start, city, marketing_consent"
STRATEGIES = (
    "last_non_null, first_non_null, most_frequent, source_priority, max, min, longest, most_restrictive, collect"
)
NOT_A_NUMBER = "does not fit; write a whole number of at least 1"
NO_PROJECT = "is no project name; use lower-case letters, digits and _, a letter first"
CASES = [
    ("project=null", "project: missing; name it, like project: customers"),
    ("project=Customers", f"project: 'Customers' {NO_PROJECT}"),
    ("project=1st", f"project: '1st' {NO_PROJECT}"),
    ("project=12", 'project: 12 is no text; quote it: "12"'),
    ("projct=x", "projct: unknown key here; did you mean 'project'?"),
    ("zzz=1", f"zzz: unknown key here; choose from {TOP}"),
    ("blocked=[a]", "blocked: unknown key here; it belongs under identifiers.<name>"),
    ("fields={}", "fields: unknown key here; it belongs under golden or under golden.groups.<name>"),
    ("golden.project=x", "golden.project: unknown key here; it belongs at the top level"),
    ("default_country=UK", "default_country: 'UK' is no country; did you mean 'GB'?"),
    (
        "guardrails=exclude",
        "guardrails: 'exclude' is no mapping; "
        "write key: value with the keys on_conflict, on_missing, max_records_per_profile, conflict_together",
    ),
    ("guardrails.on_conflict=drop", "guardrails.on_conflict: 'drop' is unknown; choose from exclude, peel"),
    ("guardrails.on_missing=Keep", "guardrails.on_missing: 'Keep' is unknown; did you mean 'keep'?"),
    ("guardrails.max_records_per_profile=0", f"guardrails.max_records_per_profile: 0 {NOT_A_NUMBER}"),
    (
        "guardrails.max_values_per_profile=1",
        "guardrails.max_values_per_profile: unknown key here; "
        "it belongs under identifiers.<name>, or did you mean 'max_records_per_profile'?",
    ),
    ("guardrails.max_records_per_profile=-1", f"guardrails.max_records_per_profile: -1 {NOT_A_NUMBER}"),
    (
        "guardrails.conflict_together=[phone]",
        "guardrails.conflict_together: [phone] is one identifier; name two or more, which must all contradict",
    ),
    (
        "guardrails.conflict_together=[phone, emial]",
        "guardrails.conflict_together[1]: 'emial' is no identifier; did you mean 'email'?",
    ),
    (
        "gates.ended_ids=1.5",
        "gates.ended_ids: 1.5 is no share; write a number from 0 to 1, like 0.2, or null for no limit",
    ),
    ("gates.largest_profile=0", f"gates.largest_profile: 0 {NOT_A_NUMBER}"),
    ("gates.ended_ids={crm: 0.1}", "gates.ended_ids: is one figure of the whole run; write one number, or null"),
    ("gates.bad_keys={cmr: 0.1}", "gates.bad_keys.cmr: 'cmr' is no source; did you mean 'crm'?"),
    ("gates.over_shared={phon: null}", "gates.over_shared.phon: 'phon' is no identifier; did you mean 'phone'?"),
    ("gates.ended_id=0.1", "gates.ended_id: unknown key here; did you mean 'ended_ids'?"),
    ("overrides={path: x, table: y}", "overrides.table: given together with path; keep one of the two"),
    ("overrides={}", "overrides.path: missing; write path: file.csv, or table: catalog.schema.name"),
    ("overrides=7", 'overrides: 7 is no text; quote it: "7"'),
    (
        "golden.strategy=max",
        "golden.strategy: unknown key here; it belongs under golden.fields.<name> or under golden.groups.<name>",
    ),
    ("golden.fields=[city]", "golden.fields: a list is no mapping; write fields: {city: {strategy: most_frequent}}"),
    (
        "golden.fields.city=longest",
        "golden.fields.city: 'longest' is no mapping; write key: value with the keys strategy, sources, "
        "valid_only, max_age_days, max_values",
    ),
    ("golden.fields.town={}", f"golden.fields.town: 'town' is no identifier or mapped field; choose from {FIELDS}"),
    ("golden.fields.citty={}", "golden.fields.citty: 'citty' is no identifier or mapped field; did you mean 'city'?"),
    (
        "golden.fields.last_sound={}",
        "golden.fields.last_sound: 'last_sound' is a derived identifier, which profiles do not show; leave it out",
    ),
    (
        "golden.fields.city.strategy=oldest_value_wins",
        f"golden.fields.city.strategy: 'oldest_value_wins' is unknown; choose from {STRATEGIES}",
    ),
    (
        "golden.fields.city.strategy=last_nonnull",
        "golden.fields.city.strategy: 'last_nonnull' is unknown; did you mean 'last_non_null'?",
    ),
    ("golden.fields.city.source=[crm]", "golden.fields.city.source: unknown key here; did you mean 'sources'?"),
    ("golden.fields.city.sources=[shp]", "golden.fields.city.sources[0]: 'shp' is no source; did you mean 'shop'?"),
    ("golden.fields.city.sources=[]", "golden.fields.city.sources: an empty list; name at least one"),
    ("clustering=graphframes", "clustering: 'graphframes' is no mapping; write key: value with the keys engine"),
    ("clustering.engine=graphframe", "clustering.engine: 'graphframe' is unknown; did you mean 'graphframes'?"),
    ("match_pairs=spaning", "match_pairs: 'spaning' is unknown; did you mean 'spanning'?"),
    ("match_pairs=[all]", "match_pairs: a list where one text belongs; write one text"),
    ("output=null", "output: missing; write output: {path: folder}, or {schema: catalog.schema}"),
    ("output=lake", "output: 'lake' is no mapping; write key: value with the keys path, schema, keep_runs"),
    ("output={}", "output.path: missing; write path: folder, or schema: catalog.schema"),
    ("output.schema=a.b", "output.schema: given together with path; keep one of the two"),
    ("output.table=a.b", "output.table: unknown key here; it belongs under sources.<name> or under overrides"),
]


@pytest.mark.parametrize(("override", "expected"), CASES, ids=[case[0] for case in CASES])
def test_one_mistake_is_one_line(problems, override, expected):
    assert problems(override) == [expected]
