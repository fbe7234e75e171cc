"""Where each key may stand, and what to say about one that does not belong."""

from collections.abc import Mapping

from identity_spark.config.inputs import FieldMapping, Identifier, Source, Step
from identity_spark.config.keys import Key, keys_of
from identity_spark.config.model import Config, Criterion, Gates, GoldenField, Guardrails, Location, Output, Rule
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
GATES = "gates"
CLUSTERING = "clustering"
OUTPUT = "output"
OVERRIDES = "overrides"

MODELS: Mapping[str, type] = {
    TOP: Config,
    SOURCE: Source,
    MAPPING: FieldMapping,
    IDENTIFIER: Identifier,
    STEP: Step,
    RULE: Rule,
    CRITERION: Criterion,
    GUARDRAILS: Guardrails,
    GOLDEN_FIELD: GoldenField,
    GATES: Gates,
    OUTPUT: Output,
    OVERRIDES: Location,
}
OF_SECTION: Mapping[str, tuple[str, ...]] = {  # places that no dataclass stands for
    GOLDEN: ("fields", "groups", "verify_values"),
    GOLDEN_GROUP: ("fields", "strategy", "sources", "max_age_days"),
    CLUSTERING: ("engine",),
}
TOLD: Mapping[str, tuple[Key, ...]] = {place: tuple(keys_of(model).values()) for place, model in MODELS.items()}
ORDER = (
    TOP, SOURCE, MAPPING, IDENTIFIER, STEP, RULE, CRITERION, GUARDRAILS, GOLDEN, GOLDEN_FIELD, GOLDEN_GROUP,
    GATES, CLUSTERING, OUTPUT, OVERRIDES,
)  # fmt: skip
KEYS: Mapping[str, tuple[str, ...]] = {
    place: OF_SECTION[place] if place in OF_SECTION else tuple(known.name for known in TOLD[place]) for place in ORDER
}


def misplaced(key: str, place: str) -> str:
    """The message for a key that ``place`` does not know: a near name here, its home elsewhere, else the choices."""
    known = KEYS[place]
    near = closest(key, known)
    homes = [f"under {home}" if home else "at the top level" for home, keys in KEYS.items() if key in keys]
    remedies = [f"it belongs {' or '.join(homes)}"] if homes else []
    if near:
        remedies.append(f"did you mean {near!r}?")
    return f"unknown key here; {', or '.join(remedies) or 'choose from ' + ', '.join(known)}"
