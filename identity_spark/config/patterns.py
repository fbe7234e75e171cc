"""Texts that are patterns: date formats, and the regular expressions among blocked values."""

import re
import warnings

LETTERS = "yMdHmsS"
MEANT = {"Y": "y (the year)", "D": "d (the day)", "h": "H (the hour)", "n": "m or S"}

# What Java's regular expressions know and Python's do not, replaced before the check by something harmless.
JAVA_ESCAPE = re.compile(
    r"\\(?:Q.*?(?:\\E|\Z)|[pP](?:\{\^?\w+(?:=\w+)?\}|\w)|[hHRXGz]|x\{[0-9A-Fa-f]+\}|(.))", re.DOTALL
)
JAVA_GROUP = re.compile(r"\(\?<(?=[A-Za-z])")
INLINE_FLAGS = re.compile(r"\(\?[a-zA-Z-]+(:|\))")
POSSESSIVE = re.compile(r"(?<=[*+?}])\+")


def blocked_problem(written: str) -> str | None:
    """What is wrong with a blocked value; None when it is a literal, or a ``/regular expression/`` that compiles."""
    if not written.startswith("/") or written == "/":
        return None
    if not written.endswith("/"):
        return f"{written!r} starts with / but does not end with it; write /regular expression/ or a literal value"
    if written == "//":
        return f"{written!r} would block every value; write the expression between the slashes"
    return regex_problem(written[1:-1])


def regex_problem(pattern: str) -> str | None:
    """Why a text is no regular expression, as far as can be told without Java; None when it seems to be one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(_as_python(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        return f"{pattern!r} is no regular expression ({error}); correct it, or escape special characters with \\"
    return None


def _as_python(pattern: str) -> str:
    plain = JAVA_ESCAPE.sub(lambda found: found.group() if found.group(1) else "a", pattern)
    plain = INLINE_FLAGS.sub(lambda found: "(?:" if found.group(1) == ":" else "", plain)
    return POSSESSIVE.sub("", JAVA_GROUP.sub("(?P<", plain))


def date_format_problem(written: str) -> str | None:
    """What keeps a text from being a date format that Spark can read; None when it is one."""
    if written.count("'") % 2:
        return f"{written!r} has an open quote; put letters that stand for themselves between two '"
    letters = "".join(re.findall(r"[A-Za-z]", re.sub(r"'[^']*'", "", written)))
    for letter in letters:
        if letter not in LETTERS:
            meant = f"did you mean {MEANT[letter]}?" if letter in MEANT else "quote it with ' if it stands for itself"
            return f"{written!r} holds {letter!r}, which no date is read by; {meant}"
    lacking = [
        name for letter, name in (("y", "year (y)"), ("M", "month (M)"), ("d", "day (d)")) if letter not in letters
    ]
    if lacking:
        return f"{written!r} has no {' and no '.join(lacking)}; write it like yyyy-MM-dd"
    return None
