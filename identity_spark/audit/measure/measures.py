"""How right each rule is without labels, from how often its pairs agree on an identifier that it does not use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import ceil, floor

from identity_spark.audit.intervals import Interval, wilson
from identity_spark.config import Config
from identity_spark.config.types import TYPES

LEAST_SURE = 100  # pairs, to know how often true pairs agree
LEAST_PAIRS = 30
WIDEST = 0.2  # an interval that tells a good rule from a bad one
GOOD, BAD = 0.95, 0.7

KEEP, TIGHTEN, DROP, UNKNOWN = "keep", "tighten", "drop", "too little evidence"


@dataclass(frozen=True)
class Agreement:
    """How many pairs carry an identifier on ``both`` sides, and ``agree``; and the same of ``sure`` pairs."""

    both: int = 0
    agree: int = 0
    sure: int = 0
    sure_agree: int = 0

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(
            self.both + other.both,
            self.agree + other.agree,
            self.sure + other.sure,
            self.sure_agree + other.sure_agree,
        )


@dataclass(frozen=True)
class Estimate:
    """A share with its interval of 95 %; ``pairs`` is how many it was counted on."""

    share: float
    low: float
    high: float
    pairs: int

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Measure:
    """A rule as measured on ``held_out``; null where nothing could be counted. ``parts``: by what is named there."""

    rule: str
    held_out: str | None
    precision: Estimate | None
    recall: Estimate | None
    merges_only_here: int
    conflict_rate: float
    compared: int
    warning: str | None
    advice: str
    reason: str
    parts: Mapping[str, Estimate] = field(default_factory=dict)


def witnesses(config: Config) -> dict[str, tuple[str, ...]]:
    """The strong identifiers, each with the rules that use it or what is derived from it."""
    return {
        i.name: tuple(r.name for r in config.rules if i.name in {_root(name, config) for name in r.identifiers})
        for i in config.identifiers
        if not i.derived and TYPES[i.type].seldom_shared
    }


def _root(name: str, config: Config) -> str:
    parent = config.identifier(name).derived_from
    return name if parent is None else _root(parent, config)


def chosen_witness(
    rule: str, found: Mapping[str, Agreement], using: Mapping[str, Collection[str]], pooled: Mapping[str, Agreement]
) -> tuple[str | None, Estimate | None]:
    """The identifier that tells most about the rule, and the precision by it: that of the narrowest interval.

    ``found`` holds the rule's own counts by identifier, ``using`` the rules that use it, ``pooled`` those of all rules
    that do not. None where no identifier is left.
    """
    estimates = [
        (estimate.width, name, estimate)
        for name, rules in using.items()
        if rule not in rules and (estimate := precision(found.get(name, Agreement()), pooled[name])) is not None
    ]
    if not estimates:
        return None, None
    _, name, best = min(estimates, key=lambda e: e[:2])
    return name, best


def precision(own: Agreement, pooled: Agreement) -> Estimate | None:
    """The share of right pairs: those that agree, over how often right pairs do; None where none has the identifier.

    How often right pairs agree is counted on the rule's own sure pairs, else on those of all rules; where there are too
    few, it is taken for always, and the estimate for the least that it can be. The interval is that of the quotient
    whose parts are each at the far end of their own, so that it is wider than 95 %, never narrower. Pairs that agree
    more often than sure ones do are no surer than if all of them agreed.
    """
    agreeing, all_agreeing = wilson(own.agree, own.both), wilson(own.both, own.both)
    if agreeing is None or all_agreeing is None:
        return None
    base = next((a for a in (own, pooled) if a.sure >= LEAST_SURE and a.sure_agree), None)
    of_right = Interval(1.0, 1.0) if base is None else wilson(base.sure_agree, base.sure) or Interval(1.0, 1.0)
    share = 1.0 if base is None else base.sure_agree / base.sure
    return Estimate(
        share=min(1.0, own.agree / own.both / share),
        low=min(all_agreeing.low, agreeing.low / of_right.high),
        high=min(1.0, agreeing.high / of_right.low),
        pairs=own.both,
    )


def recall(found: int, pairs: int) -> Estimate | None:
    """The share of pairs that the rule finds; None of no pairs."""
    interval = wilson(found, pairs)
    return None if interval is None else Estimate(found / pairs, *interval, pairs=pairs)


def advice(estimate: Estimate | None, merges_only_here: int, pairs: int) -> tuple[str, str]:
    """What to do with the rule, and why, in a line."""
    if not pairs:
        return DROP, "it finds no pair"
    if estimate is None or estimate.pairs < LEAST_PAIRS:
        return UNKNOWN, f"fewer than {LEAST_PAIRS} of its pairs carry an identifier that it does not use"
    least, most = _percent(floor(estimate.low * 1000)), _percent(ceil(estimate.high * 1000))
    if estimate.high < BAD:
        return DROP, f"at most {most} of its pairs are right"
    if estimate.high < GOOD:
        return TIGHTEN, f"at most {most} of its pairs are right"
    if estimate.width > WIDEST:
        return UNKNOWN, f"between {least} and {most} of its pairs are right"
    if not merges_only_here:
        return DROP, "other rules make all its merges"
    return KEEP, f"at least {least} of its pairs are right (merges only here: {merges_only_here:,})"


def _percent(thousandths: int) -> str:
    return f"{thousandths / 10:.1f}%"


def warning(own: Agreement, pooled: Agreement, several: bool, held_out: str) -> str | None:
    """Why the estimate by ``held_out`` deserves a second look; ``several``: people have several values of it."""
    if max(own.sure, pooled.sure) < LEAST_SURE:
        return f"how often true pairs agree on {held_out} is not known; the precision is the least that it can be"
    if several:
        return f"a record may have several {held_out} values; one in common counts as agreement"
    return None
