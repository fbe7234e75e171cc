"""The page itself: one HTML file that needs nothing else, from templates."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from identity_spark.audit.page import numbers, tables, totals
from identity_spark.audit.page.facts import Facts
from identity_spark.audit.page.flow import flow
from identity_spark.audit.page.graphs import drawing

SECTIONS = {  # id: heading
    "totals": "Totals",
    "sources": "Sources",
    "flow": "From sources to profiles",
    "rules": "Rules",
    "identifiers": "Identifiers",
    "sizes": "Profile sizes",
    "profiles": "Profiles to look at",
    "unresolved": "Unresolved records",
    "apart": "Values set apart",
    "changes": "Identity changes",
    "time": "Time",
}


def render(facts: Facts) -> str:
    """HTML of the run that ``facts`` tell of; names in it are escaped, values appear only with ``show_values``."""
    return _environment().get_template("page.html").render(_content(facts))


def _content(facts: Facts) -> dict[str, Any]:
    rules, apart = tables.rules(facts), tables.set_apart(facts)
    return {
        "facts": facts,
        "sections": SECTIONS,
        "cards": totals.cards(facts),
        "notes": totals.notes(facts),
        "sources": tables.sources(facts),
        "flow": flow(facts),
        "rules": rules,
        "identifiers": tables.identifiers(facts),
        "sizes": tables.size_rows(facts),
        "decades": tables.size_decades(facts),
        "percentiles": facts.metrics.get("guardrail", {}).get("cluster_records", {}),
        "largest": [drawing(profile, facts.rules) for profile in facts.largest],
        "suspicious": [drawing(profile, facts.rules) for profile in facts.suspicious],
        "unresolved": tables.unresolved(facts),
        "limits": tables.broken_limits(facts),
        "apart": apart,
        "changes": tables.changes(facts),
        "change_totals": tables.change_totals(facts),
        "stages": tables.stages(facts),
        "class_columns": [(label, "") for _, label in tables.CLASSES],
        "single_valued": totals.names(facts.single_valued, 12),
        "most_pairs_of_a_rule": max((rule["pairs"] or 0 for rule in rules.rows), default=0) or 1,
        "most_apart": max(map(tables.apart, apart.rows), default=0) or 1,
    }


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("identity_spark.audit.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for written in (numbers.name, numbers.count, numbers.rate, numbers.seconds, numbers.moment, numbers.interval):
        environment.filters[written.__name__] = written
    environment.filters |= {"count_change": numbers.count_change, "rate_change": numbers.rate_change}
    return environment
