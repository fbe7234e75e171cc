"""Make ``conf/folding.yaml``, the table that folds accents, from Python's ``unicodedata``.

Run it as ``python scripts/facts/folding.py > conf/folding.yaml``. A letter is claimed by the table when it belongs to
the Latin, Greek or Cyrillic script (or is a full-width form of ASCII) and when its compatibility decomposition (NFKD)
less marks (category Mn) is another text. Letters that Unicode does not decompose (ø, ß ...) are listed here by hand.
"""

import unicodedata
from collections.abc import Iterator

SCRIPTS = ("LATIN ", "GREEK ", "CYRILLIC ")
# Letter and base in turn; Unicode does not decompose these.
STROKES = "đdĐDðdÐDħhĦHıiȷjłlŁLŋnŊNøoØOŧtŦTƀbɃBɓbƁBɗdƊDƒfƑFǥgǤGƙkƘKƚlȽLɨiƗIƶzƵZƴyƳYςσґгҐГғгҒГқкҚКңнҢНұуҰУөоӨО"  # noqa: RUF001
EXPANSIONS = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
MARK_BLOCKS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
HEADER = """\
# Folding of accents: made by scripts/facts/folding.py, not by hand. Unicode version {version} (unicodedata).
# letters: each character of `from` becomes the one at the same place of `to` (NFKD less category Mn).
# strokes: the same for letters that Unicode does not decompose; expansions: one letter to several;
# marks: combining marks to drop; digits: decimal digits of other scripts to ASCII. \
Letters of other scripts are not touched.
"""


def bare(letter: str) -> str:
    """The letter without marks: its compatibility decomposition less category Mn."""
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if unicodedata.category(part) != "Mn")


def folds(text: str) -> bool:
    return all(part.isalpha() and unicodedata.name(part, "").startswith(SCRIPTS) for part in text)


def claimed() -> Iterator[tuple[str, str]]:
    """Every character of the Basic Multilingual Plane that Unicode itself folds, with what it becomes."""
    for letter in map(chr, range(0x80, 0x10000)):
        base = bare(letter)
        if base == letter or not base:
            continue
        if 0xFF01 <= ord(letter) <= 0xFF5E or (unicodedata.category(letter)[0] == "L" and folds(base)):
            yield letter, base


def by_hand() -> dict[str, str]:
    """What Unicode does not fold: the letters listed above, and the same letters with marks (ǿ, ǽ)."""
    listed = dict(zip(STROKES[::2], STROKES[1::2], strict=True)) | EXPANSIONS
    return listed | {letter: listed[base] for letter, base in claimed() if base in listed}


def written(text: str) -> str:
    """A YAML double-quoted text whose every character is visible: all but letters and digits as escapes."""
    shown = (part if part.isalnum() and ord(part) < 0x1000 else f"\\u{ord(part):04X}" for part in text)
    return '"' + "".join(shown) + '"'


def single(letters: dict[str, str]) -> list[tuple[str, str]]:
    return [(letter, base) for letter, base in sorted(letters.items()) if len(base) == 1]


def pair(name: str, letters: list[tuple[str, str]]) -> str:
    sources, targets = ("".join(side) for side in zip(*letters, strict=True))
    return f"{name}:\n  from: {written(sources)}\n  to: {written(targets)}\n"


def digits() -> Iterator[tuple[str, str]]:
    for digit in map(chr, range(0x80, 0x10000)):
        if unicodedata.category(digit) == "Nd":
            yield digit, str(unicodedata.decimal(digit))


def table() -> str:
    hand = by_hand()
    claims = {letter: base for letter, base in claimed() if letter not in hand}
    expansions = {letter: base for letter, base in (claims | hand).items() if len(base) > 1}
    marks = [chr(code) for first, last in MARK_BLOCKS for code in range(first, last + 1)]
    return "".join(
        [
            HEADER.format(version=unicodedata.unidata_version),
            f'unicode: "{unicodedata.unidata_version}"\n',
            pair("letters", single(claims)),
            pair("strokes", single(hand)),
            "expansions:\n",
            *(f"  {written(letter)}: {written(base)}\n" for letter, base in sorted(expansions.items())),
            f"marks: {written(''.join(m for m in marks if unicodedata.category(m) in ('Mn', 'Me')))}\n",
            pair("digits", list(digits())),
        ]
    )


if __name__ == "__main__":
    print(table(), end="")
