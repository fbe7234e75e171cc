"""How jobs print tables and shares for people: the one printer."""

from collections.abc import Collection, Iterable, Sequence


def table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], indent: str = "", left: Collection[int] = (0,)
) -> list[str]:
    """A line for the titles and one for each row, in columns; the ``left`` ones are names, all others numbers."""
    lines = [titles, *rows]
    if len(lines) == 1:
        return [f"{indent}{titles[0]}: none"]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [indent + _line(cells, widths, left) for cells in lines]


def share(value: float | None) -> str:
    """A share of 1; of nothing a dash."""
    return "-" if value is None else f"{value:.4f}"


def _line(cells: Sequence[str], widths: Sequence[int], left: Collection[int]) -> str:
    sized = zip(cells, widths, strict=True)
    aligned = (cell.ljust(w) if n in left else cell.rjust(w) for n, (cell, w) in enumerate(sized))
    return "  ".join(aligned).rstrip()
