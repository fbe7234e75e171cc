"""Numbers and names as the page writes them; of nothing a dash."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from markupsafe import Markup, escape

NONE = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


def name(text: str) -> Markup:
    """A name that may break where its parts meet, not anywhere."""
    return Markup(re.sub(r"([_.])", r"\1<wbr>", str(escape(text))))


def count(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}".replace("-", MINUS)


def rate(value: float | None) -> str:
    """A share of 1 in percent. What is neither nothing nor everything does not look like it."""
    if value is None:
        return NONE
    if 0 < value < 0.0005:
        return "< 0.1%"
    if 0.9995 <= value < 1:
        return "> 99.9%"
    return f"{value:.1%}"


def seconds(value: float | None) -> str:
    if value is None:
        return NONE
    minutes, rest = divmod(round(value), 60)
    return f"{minutes:,} min {rest:02} s" if minutes else f"{value:.1f} s"


def moment(value: datetime | None) -> str:
    """UTC to the minute. Spark gives times without a zone in that of the process."""
    return NONE if value is None else f"{value.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC"


def interval(row: Mapping[str, Any], measure: str) -> str:
    """``80.0% to 95.0%``, of ``precision`` or ``recall``; empty where it is not known."""
    low, high = row.get(f"{measure}_low"), row.get(f"{measure}_high")
    return "" if low is None or high is None else f"{rate(low)} to {rate(high)}"


def count_change(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return NONE
    difference = round(now - before)
    return f"{difference:+,}".replace("-", MINUS) if difference else "no change"


def rate_change(now: float | None, before: float | None) -> str:
    """In percentage points."""
    if now is None or before is None:
        return NONE
    points = round(100 * (now - before), 1)
    return f"{points:+.1f} points".replace("-", MINUS) if points else "no change"
