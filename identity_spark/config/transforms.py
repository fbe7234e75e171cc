"""What identifiers may be derived by: which types each transform takes, and what comes out."""

from dataclasses import dataclass

from identity_spark.config.model import NAMES, TYPES
from identity_spark.config.problems import suggest

ANY = frozenset(TYPES)


@dataclass(frozen=True)
class Transform:
    takes: frozenset[str]
    gives: str
    counted: bool = False  # written with a number, like prefix:3


TRANSFORMS = {
    "soundex": Transform(NAMES | {"text"}, "text"),
    "prefix": Transform(ANY, "text", counted=True),
    "year": Transform(frozenset({"date"}), "text"),
    "month_day": Transform(frozenset({"date"}), "text"),
    "domain": Transform(frozenset({"email"}), "domain"),
    "local_part": Transform(frozenset({"email"}), "text"),
    "generation": Transform(NAMES, "text"),
    "tokens": Transform(NAMES | {"company", "address", "text"}, "text"),
    "house_number": Transform(frozenset({"address"}), "text"),
    "street": Transform(frozenset({"address"}), "text"),
    "first_token": Transform(NAMES | {"text"}, "first_name"),
    "last_token": Transform(NAMES | {"text"}, "last_name"),
    "nickname_root": Transform(NAMES, "first_name"),
}


def parse_transform(written: str) -> tuple[str, int | None]:
    """Name and number of ``name`` or ``name:N``; ValueError says what is wrong with it."""
    name, colon, number = written.partition(":")
    if name not in TRANSFORMS:
        raise ValueError(f"{written!r} is unknown; {suggest(name, TRANSFORMS)}")
    if not TRANSFORMS[name].counted:
        if colon:
            raise ValueError(f"{written!r} takes no number; write {name}")
        return name, None
    if not (number.isascii() and number.isdecimal() and int(number) >= 1):
        raise ValueError(f"{written!r} needs a number of at least 1; write it like {name}:3")
    return name, int(number)
