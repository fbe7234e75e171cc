"""What ``jobs/profile_values.py`` prints: the most shared values of each identifier, and which of them to block."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from identity_spark.config import Config, Identifier
from identity_spark.pipeline.text import table

TITLES = ("records", "sources", "last names", "value")
OUTLIER = 5  # a date shared by so many times more records than its neighbours in the list was made up by a form


@dataclass(frozen=True)
class SharedValue:
    """A canonical value; ``last_names`` is None where the project has no last name."""

    value: str
    records: int
    sources: int
    last_names: int | None


def shared_values_text(found: Mapping[str, Sequence[SharedValue]], config: Config) -> str:
    """A table for each identifier, then the proposal as YAML to lay over the configuration."""
    tables = [_table(i.name, found[i.name]) for i in config.identifiers if i.name in found]
    proposed = {i.name: values for i in config.identifiers if (values := _to_block(i, found.get(i.name, ()), config))}
    return "\n\n".join([*tables, _proposal(proposed, config)])


def _table(name: str, values: Sequence[SharedValue]) -> str:
    rows = [
        (f"{v.records:,}", f"{v.sources:,}", "" if v.last_names is None else f"{v.last_names:,}", json_text(v.value))
        for v in values
    ]
    return "\n".join([name, *table(TITLES, rows, "  ", left=(3,))])


def _to_block(identifier: Identifier, values: Sequence[SharedValue], config: Config) -> list[str]:
    """The values over the identifier's limits, and dates far more frequent than the others listed."""
    usual = median([v.records for v in values]) if values else 0
    is_date = identifier.type == "date" and not identifier.derived
    most_names = _most_last_names(identifier, config)
    return [v.value for v in values if _is_over(identifier, most_names, v) or (is_date and v.records > OUTLIER * usual)]


def _most_last_names(identifier: Identifier, config: Config) -> int | None:
    """How many last names a value may be used with; limits by other identifiers say nothing of them."""
    limits = identifier.max_distinct_per_value.items()
    return min((limit for name, limit in limits if config.identifier(name).type == "last_name"), default=None)


def _is_over(identifier: Identifier, most_names: int | None, value: SharedValue) -> bool:
    most_records = identifier.max_records_per_value
    too_many_records = most_records is not None and value.records > most_records
    too_many_names = most_names is not None and value.last_names is not None and value.last_names > most_names
    return too_many_records or too_many_names


def _proposal(proposed: Mapping[str, Sequence[str]], config: Config) -> str:
    if not proposed:
        return "# nothing to block: no listed value is over the limits of its identifier"
    lines = ["# proposed: look at each, then lay this over the configuration (a second --config)", "identifiers:"]
    for name, values in proposed.items():
        lines += [f"  {name}:", "    blocked:"]
        lines += [f"      - {json_text(value)}" for value in dict.fromkeys([*config.identifier(name).blocked, *values])]
    return "\n".join(lines)


def json_text(value: str) -> str:
    """The value in double quotes, which YAML reads as the same text."""
    return json.dumps(value, ensure_ascii=False)
