"""Every key a configuration may hold, by section; and what to say about one that does not belong."""

from collections.abc import Mapping

from identity_spark.config.problems import closest

TOP = ""
SOURCE = "sources.<name>"
MAPPING = "sources.<name>.columns.<field>"
IDENTIFIER = "identifiers.<name>"
STEP = "identifiers.<name>.standardize[n]"
RULE = "rules[n]"
CRITERION = "rules[n].criteria[n]"
GUARDRAILS = "guardrails"
GOLDEN = "golden"
GOLDEN_FIELD = "golden.fields.<name>"
GOLDEN_GROUP = "golden.groups.<name>"
CLUSTERING = "clustering"
OUTPUT = "output"
OVERRIDES = "overrides"

LIMITS = ("max_records_per_value", "max_distinct_per_value", "max_values_per_profile", "conflict_tolerance")
PLAIN_ONLY = ("type", "formats", "case_sensitive", "only_numeric", "standardize")
KEYS: Mapping[str, tuple[str, ...]] = {
    TOP: (
        "project", "default_country", "sources", "identifiers", "rules", "guardrails", "golden",
        "clustering", "match_pairs", "output", "overrides", "golden_overrides",
    ),
    SOURCE: (
        "path", "table", "format", "options", "where", "primary_key", "updated_at", "country",
        "max_records_per_profile", "columns",
    ),
    MAPPING: ("expr",),
    IDENTIFIER: (*PLAIN_ONLY, "from", "transform", "blocked", *LIMITS),
    STEP: ("regex", "replace"),
    RULE: ("name", "sources", "max_block_records", "criteria"),
    CRITERION: ("identifiers", "match", "missing", "threshold", "at_least"),
    GUARDRAILS: ("on_conflict", "on_missing", "max_records_per_profile", "conflict_together"),
    GOLDEN: ("fields", "groups", "verify_values"),
    GOLDEN_FIELD: ("strategy", "sources", "valid_only", "max_age_days", "max_values"),
    GOLDEN_GROUP: ("fields", "strategy", "sources", "max_age_days"),
    CLUSTERING: ("engine",),
    OUTPUT: ("path", "schema", "keep_runs"),
    OVERRIDES: ("path", "table"),
}  # fmt: skip


def misplaced(key: str, section: str) -> str:
    """The message for a key that ``section`` does not know: a near name here, its home elsewhere, else the choices."""
    known = KEYS[section]
    near = closest(key, known)
    homes = [f"under {home}" if home else "at the top level" for home, keys in KEYS.items() if key in keys]
    remedies = [f"it belongs {' or '.join(homes)}"] if homes else []
    if near:
        remedies.append(f"did you mean {near!r}?")
    return f"unknown key here; {', or '.join(remedies) or 'choose from ' + ', '.join(known)}"
