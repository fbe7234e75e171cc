"""Texts that are regular expressions: among blocked values, and in steps of a chain."""

import re
import warnings

# What Java's regular expressions know and Python's do not, replaced before the check by something harmless.
JAVA_ESCAPE = re.compile(
    r"\\(?:Q.*?(?:\\E|\Z)|[pP](?:\{\^?\w+(?:=\w+)?\}|\w)|[hHRXGz]|x\{[0-9A-Fa-f]+\}|(.))", re.DOTALL
)
JAVA_GROUP = re.compile(r"\(\?<(?=[A-Za-z])")
INLINE_FLAGS = re.compile(r"\(\?[a-zA-Z-]+(:|\))")
MATCHES_EVERYTHING = "'{}' is found in the empty text, and so in every value; write what has at least one character"
POSSESSIVE = re.compile(r"(?<=[*+?}])\+")


def blocked_problem(written: str) -> str | None:
    """What is wrong with a blocked value; None when it is a literal, or a ``/regular expression/`` that compiles."""
    if not written.startswith("/") or written == "/":
        return None
    if not written.endswith("/"):
        return f"{written!r} starts with / but does not end with it; write /regular expression/ or a literal value"
    if written == "//":
        return f"{written!r} would block every value; write the expression between the slashes"
    return regex_problem(written[1:-1]) or empty_match_problem(written[1:-1])


def empty_match_problem(pattern: str) -> str | None:
    """Why a pattern that is looked for may not be found in the empty text, as far as can be told without Java.

    It is then found in every value.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = re.search(_as_python(pattern), "")
    return MATCHES_EVERYTHING.format(f"/{pattern}/") if found else None


def regex_problem(pattern: str) -> str | None:
    """Why a text is no regular expression, as far as can be told without Java; None when it seems to be one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(_as_python(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        return f"{pattern!r} is no regular expression ({error}); correct it, or escape special characters with \\"
    return None


def replacement_problem(pattern: str, replacement: str) -> str | None:
    """Why Java would refuse ``replacement`` for what ``pattern`` finds; None when it would not.

    There ``$1`` is what the first group found, and ``\\`` stands before a character that stands for itself.
    """
    groups = re.compile(_as_python(pattern)).groups
    for sign, after in re.findall(r"(\\|\$)(.?)", replacement, re.DOTALL):
        if not after:
            return f"{replacement!r} ends with {sign}; write \\{sign} for the character itself"
        if sign == "$" and not (after.isdecimal() and int(after) <= groups):
            return f"{replacement!r} names a group that {pattern!r} does not have; it has {groups}; write \\$ for a $"
    return None


def _as_python(pattern: str) -> str:
    plain = JAVA_ESCAPE.sub(lambda found: found.group() if found.group(1) else "a", pattern)
    plain = INLINE_FLAGS.sub(lambda found: "(?:" if found.group(1) == ":" else "", plain)
    return POSSESSIVE.sub("", JAVA_GROUP.sub("(?P<", plain))
