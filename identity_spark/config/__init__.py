"""What a project's configuration says: ``load_config`` reads it, checks all of it and fills in the defaults."""

from identity_spark.config.catalog_names import name_parts, quoted
from identity_spark.config.identifiers import value_type
from identity_spark.config.inputs import FieldMapping, Identifier, Source
from identity_spark.config.load import config_hash, load_config
from identity_spark.config.model import (
    CANNOT_LINK,
    MUST_LINK,
    OVERRIDE_RULES,
    Config,
    Criterion,
    Gate,
    Gates,
    GoldenField,
    Guardrails,
    Location,
    Output,
    Rule,
)

__all__ = [
    "CANNOT_LINK",
    "MUST_LINK",
    "OVERRIDE_RULES",
    "Config",
    "Criterion",
    "FieldMapping",
    "Gate",
    "Gates",
    "GoldenField",
    "Guardrails",
    "Identifier",
    "Location",
    "Output",
    "Rule",
    "Source",
    "config_hash",
    "load_config",
    "name_parts",
    "quoted",
    "value_type",
]
