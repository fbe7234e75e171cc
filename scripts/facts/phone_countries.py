"""Make ``conf/phone_countries.yaml``, facts on telephone numbers by country, from the PyPI package ``phonenumbers``.

Run it as ``python scripts/facts/phone_countries.py > conf/phone_countries.yaml``. The package carries the metadata of
libphonenumber as regular expressions; the facts kept here are the simple ones. Which digits a number may begin with
is found by trying generated numbers (seeded). What the metadata cannot tell simply is listed by hand.
"""

import random
import re
from collections.abc import Iterable
from typing import Any

import phonenumbers
from phonenumbers import PhoneMetadata
from phonenumbers.data import _COUNTRY_CODE_TO_REGION_CODE as REGIONS

HEADER = """\
# Facts on telephone numbers: made by scripts/facts/phone_countries.py, not by hand, from the metadata of libphonenumber
# (Apache License 2.0) as packaged in phonenumbers {version} (PyPI).
#
# calling_codes: the number after it. lengths: how many digits. first: those it may begin with (default 1 to 9).
# trunk: what is dialled before it at home, no part of E.164, a regular expression.
#
# countries. code: the calling code. idd: what is dialled for abroad, a regular expression (default 00). own: lengths
# at which a number written without code may itself begin with the digits of the calling code. rewrite: [regular
# expression, replacement] for other writings at home: numbers without area code, carrier codes, older prefixes.
"""
DIGITS = "0123456789"
TRIES = 2000

PLAIN_IDD = {"CL", "CV", "HK", "MU", "WS"}
"""Countries whose idd may be read as 00 (the metadata lists carrier codes, or a lone 0)."""
LENGTHS = {"CA": [10]}
"""Without the 310-xxxx numbers, as long as a number written without area code."""
TRUNKS = {"375": r"80?(?=\d{9}\z)", "52": "1"}
"""Belarus dials 80 before nine digits; Mexico had +52 1 before mobiles until 2020."""
OWN: dict[str, list[int]] = {"DE": [6, 7, 8, 9], "ID": [9], "XK": []}
"""Where few short numbers begin like that (around Leer in Germany, Medan in Indonesia), long ones name the code."""
REWRITES = {
    "AR": [r"0?(?=\d{12}\z)(11|[23]\d\d\d??)15(\d+)", "9$1$2"],
    "BO": [r"01\d(\d{8})", "$1"],
    "BR": [r"0(?:1[245]|2[1-35]|31|4[13]|[56]5|99)(\d{10,11})", "$1"],
    "BY": [r"0(\d{9})", "$1"],
    "CO": [r"0(?:[3579]|4(?:[14]4|56))(\d{10})", "$1"],
    "JP": None,
    "LT": [r"8(\d{8})", "$1"],
    "MX": [r"(?:01|04[45])(\d{10})", "$1"],
}
NON_GEOGRAPHIC = "001"


def main() -> None:
    print(HEADER.format(version=phonenumbers.__version__) + "calling_codes:")
    for code, regions in sorted(REGIONS.items()):
        print(f"  '{code}': {inline(calling_code(str(code), [metadata(code, region) for region in regions]))}")
    print("countries:")
    for region, code in sorted((region, code) for code, regions in REGIONS.items() for region in regions):
        if region != NON_GEOGRAPHIC:
            key = quoted(region) if region == "NO" else region  # a bare NO is false
            print(f"  {key}: {inline(country(metadata(code, region)))}")


def metadata(code: int, region: str) -> PhoneMetadata:
    if region == NON_GEOGRAPHIC:
        return PhoneMetadata.metadata_for_nongeo_region(code)
    return PhoneMetadata.metadata_for_region(region)


def calling_code(code: str, sharing: list[PhoneMetadata]) -> dict[str, Any]:
    """What may follow the calling code, for all countries that share it."""
    lengths = sorted({n for each in sharing for n in LENGTHS.get(each.id, each.general_desc.possible_length)})
    patterns = [re.compile(each.general_desc.national_number_pattern) for each in sharing]
    first = "".join(d for d in DIGITS if any(share(pattern, d, n) for pattern in patterns for n in lengths))
    trunk = TRUNKS.get(code, sharing[0].national_prefix)
    if trunk == "0":  # a number that begins with the trunk prefix is read as prefix and number
        first = first.replace("0", "")
    return {"lengths": lengths} | given(first=first if first != DIGITS[1:] else None, trunk=trunk)


def country(metadata: PhoneMetadata) -> dict[str, Any]:
    """How numbers are dialled and written at home; what is as in most countries is left out."""
    region, preferred = metadata.id, metadata.preferred_international_prefix
    idd = metadata.international_prefix if preferred is None or "~" in preferred else preferred
    return {"code": str(metadata.country_code)} | given(
        idd=idd if idd != "00" and region not in PLAIN_IDD else None,
        own=OWN.get(region, own_lengths(metadata)),
        rewrite=REWRITES.get(region, local_rewrite(metadata)),
    )


def given(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}


def own_lengths(metadata: PhoneMetadata) -> list[int]:
    """Lengths at which digits that begin with the calling code are a national number as likely as not.

    Asked only where the digits after the code could be a number too.
    """
    code, lengths = str(metadata.country_code), metadata.general_desc.possible_length
    pattern = re.compile(metadata.general_desc.national_number_pattern)
    doubtful = (length for length in sorted(lengths) if length - len(code) in lengths)
    return [length for length in doubtful if share(pattern, code, length) >= 0.5]


def local_rewrite(metadata: PhoneMetadata) -> list[str] | None:
    """Numbers without area code where the country has one: ``[457]\\d{6}`` to ``268$1``."""
    pattern, rule = metadata.national_prefix_for_parsing, metadata.national_prefix_transform_rule
    local = re.fullmatch(r"(\([^()]*\))\$(?:\|.*)?", pattern or "")
    return [local[1], rule.replace("\\", "$")] if local and rule else None


def share(pattern: re.Pattern[str], start: str, length: int) -> float:
    """The share of the numbers that begin like that which the pattern takes, by trying."""
    seeded = random.Random(f"{start} {length}")
    rest = length - len(start)
    tries = ("".join(seeded.choices(DIGITS, k=rest)) for _ in range(TRIES))
    return sum(pattern.fullmatch(start + digits) is not None for digits in tries) / TRIES


def inline(entry: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {shown(value)}" for name, value in entry.items()) + "}"


def shown(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    return "[" + ", ".join(map(shown, value)) + "]" if isinstance(value, Iterable) else str(value)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    main()
