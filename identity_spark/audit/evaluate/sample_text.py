"""What ``jobs/evaluate.py --sample`` prints: how right the links are by labels of a sample, and how sure that is."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from identity_spark.audit.intervals import Interval
from identity_spark.audit.review.labels import Labelled, overall
from identity_spark.pipeline.text import share, table

TITLES = ("band", "pairs", "labelled", "right", "precision", "95 % interval")
ALL_BANDS = "all"


def labelled_sample_text(strata: Sequence[Labelled], run_id: str, newest: str) -> str:
    """The whole, then every rule by band; refused pairs apart, for they are in no profile."""
    ordered = sorted(strata, key=lambda s: (s.status, s.rule, s.band))
    accepted = [s for s in ordered if s.status == "accepted"]
    refused = [s for s in ordered if s.status != "accepted"]
    lines = [f"  sample of run {run_id}: {_counts(ordered)}"]
    if run_id != newest:
        lines.append(f"  warning: run {newest} is newer; these figures are of run {run_id} and its links")
    lines += [*_whole("accepted links", accepted), "", *_table(accepted)]
    if refused:
        lines += ["", *_whole("refused pairs", refused), "", *_table(refused)]
    return "\n".join(lines)


def _counts(strata: Sequence[Labelled]) -> str:
    parts = {
        "labelled": sum(s.labelled for s in strata),
        "unsure": sum(s.unsure for s in strata),
        "without a label": sum(s.unlabelled for s in strata),
    }
    return ", ".join(f"{count:,} {name}" for name, count in parts.items())


def _whole(what: str, strata: Sequence[Labelled]) -> list[str]:
    size = sum(s.size for s in strata)
    unknown = sum(s.size for s in strata if not s.labelled)
    left_out = f"; {unknown:,} of them are in strata without a label and left out" if unknown else ""
    found = overall(strata)
    estimate = (
        "nothing is labelled" if found is None else f"{share(found[0])} are right, 95 % interval {_ends(found[1])}"
    )
    return [f"  {what}: {size:,}, of which {estimate}{left_out}"]


def _table(strata: Sequence[Labelled]) -> list[str]:
    """A line for each rule and band, and one for all bands of a rule that has several."""
    return table(("rule", *TITLES), _rows(strata), "  ", left=(0, 1))


def _rows(strata: Sequence[Labelled]) -> Iterator[tuple[str, ...]]:
    for rule, group in groupby(strata, key=lambda s: s.rule):
        bands = list(group)
        if len(bands) > 1:
            right, interval = overall(bands) or (None, None)
            yield _row(rule, ALL_BANDS, bands, right, interval)
        for stratum in bands:
            yield _row(rule, stratum.band, [stratum], stratum.precision, stratum.interval)


def _row(
    rule: str, band: str, strata: Sequence[Labelled], right: float | None, interval: Interval | None
) -> tuple[str, ...]:
    counts = (sum(s.size for s in strata), sum(s.labelled for s in strata), sum(s.yes for s in strata))
    return (rule, band, *(f"{n:,}" for n in counts), share(right), _ends(interval))


def _ends(interval: Interval | None) -> str:
    return "-" if interval is None else f"{interval.low:.4f} to {interval.high:.4f}"
