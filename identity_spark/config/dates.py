"""Date formats: what may stand in one, as a regular expression of Java's, and what keeps a text from being one."""

import re

NUMBERS = {
    "epoch": r"\A-?[0-9]{1,10}(?:\.0*)?\z",  # seconds since 1970
    "epoch_ms": r"\A-?[0-9]{1,13}(?:\.0*)?\z",
    "excel": r"\A[0-9]{1,6}(?:\.[0-9]*)?\z",  # days as spreadsheets count them; the part after the point is the time
}
MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t|tember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
MONTH_NAME = rf"(?=(?:{MONTH})(?![a-z]))(?<month>[a-z]{{3}})[a-z]*+\.?"
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
SPACE = (
    r"[\p{IsWhite_Space}\p{Cc}\p{Cf}]*+"  # all of Unicode's space and what no one sees; cheaper here than to trim it
)
ZONE = "(?:z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)"
TIME = rf"(?:[t ] ?[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]{{1,9}})?)?(?: ?[ap]m)?(?: ?{ZONE})?)?"

MEANT = {"Y": "y (the year)", "D": "d (the day)", "n": "m or S"}
TOKEN = re.compile(r"'(?P<quoted>[^']*)'|(?P<letters>([A-Za-z])\3*)|(?P<mark>[^A-Za-z])")
PARTS = {
    **dict.fromkeys(("yyyy", "uuuu", "y", "u"), "(?<year>[0-9]{4})"),
    **dict.fromkeys(("yy", "uu"), "(?<year>[0-9]{2})"),
    **dict.fromkeys(("MMM", "MMMM", "LLL", "LLLL"), MONTH_NAME),
    **dict.fromkeys(("M", "MM", "L", "LL"), "(?<month>[0-9]{1,2})"),
    **dict.fromkeys(("d", "dd"), "(?<day>[0-9]{1,2})"),
    **dict.fromkeys(("E", "EE", "EEE", "EEEE"), WEEKDAY),
    **dict.fromkeys(("H", "HH", "h", "hh", "m", "mm", "s", "ss"), "[0-9]{1,2}"),
    **dict.fromkeys(("S", "SSS", "SSSSSS"), "[0-9]{1,9}"),
    **dict.fromkeys(("X", "XX", "XXX", "x", "xxx", "Z", "z"), ZONE),
    "a": "[ap]m",
}


def date_format_problem(written: str) -> str | None:
    """What keeps a text from being a date format; None when it is one."""
    if written in NUMBERS:
        return None
    if written.count("'") % 2:
        return f"{written!r} has an open quote; put letters that stand for themselves between two '"
    tokens = [found.group() for found in re.finditer(r"([A-Za-z])\1*", re.sub(r"'[^']*'", "", written))]
    letters, letters_known = "".join(tokens), {name[0] for name in PARTS}
    for letter in letters:
        if letter not in letters_known:
            meant = f"did you mean {MEANT[letter]}?" if letter in MEANT else "quote it with ' if it stands for itself"
            return f"{written!r} holds {letter!r}, which no date is read by; {meant}"
    for token in tokens:
        if token not in PARTS:
            return f"{written!r} holds {token!r}, which no date is read by; write it like yyyy-MM-dd"
    parts = (("yu", "year (y)"), ("ML", "month (M)"), ("d", "day (d)"))
    counts = {name: sum(token[0] in same for token in tokens) for same, name in parts}
    if lacking := [name for name, count in counts.items() if not count]:
        return f"{written!r} has no {' and no '.join(lacking)}; write it like yyyy-MM-dd"
    if twice := [name for name, count in counts.items() if count > 1]:
        return f"{written!r} has more than one {twice[0]}; write it like yyyy-MM-dd"
    return None


def pattern(name: str) -> str:
    """The format as a pattern with the groups year, month and day; parts without marks between them have full width."""
    found = "".join(_token_pattern(match) for match in TOKEN.finditer(name))
    return found.replace("{1,2}", "{2}") if name.isalpha() else found


def _token_pattern(token: re.Match[str]) -> str:
    if token["letters"]:
        return PARTS[token["letters"]]
    literal = re.escape(token["mark"] or token["quoted"] or "'")
    return " +" if token["mark"] == " " else literal.lower()
