"""E-mails and phones as pure functions of a contact number, and the many ways people write them.

Contact numbers never meet: 4 * person + slot for one's own (0, 1, 2 and work: 3), 4 * household + 2 for a landline,
4 * hub + 3 for a hub, and from 4 * rows on for the links of a chain. E-mails and phones number apart.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from people.dice import Dice, scatter, zipf
from people.text import choose, edit, join, padded, pick, typo, where
from people.vocabulary import (
    COMPANIES,
    FIRST,
    HANDLES,
    HUB_DESKS,
    LAST,
    PROVIDERS,
    TAGS,
    words,
)

EMAIL_PLACEHOLDERS = words("test@test.com unknown noemail@example.com none@none.com n/a x@x.com")
PHONE_PLACEHOLDERS = pa.array(["0000000000", "9999999999", "1234567890", "unknown", "000-000-0000", "n/a"])
AREA_CODES = words("""
201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 254
256 260 262 267 269 270 272 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 325
330 334 336 337 339 347 352 360 361 385 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 425 432
434 435 440 443 469 470 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 540 541 551
559 561 562 563 570 571 573 574 580 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623 626
""")
EXCHANGES = pa.array([str(n) for n in range(200, 1000) if n % 100 != 11 and n != 555])
LINES = 10_000
EMAIL_STEP, PHONE_STEP, CARD_STEP = 7_368_787, 611_953_331, 23_456_789
FOREIGN = [("44", "74"), ("52", "55"), ("49", "151"), ("33", "6"), ("91", "98"), ("34", "6"), ("48", "5"), ("61", "4")]
FOREIGN_STYLES = np.array([0, 1, 0, 1, 0, 1, 2, 3, 0, 1])  # by the style of a US number
FOREIGN_CODES, FOREIGN_STARTS = (pa.array(part) for part in zip(*FOREIGN, strict=True))


def emails(dice: Dice, contact: np.ndarray, first: np.ndarray, last: np.ndarray, limit: int) -> pa.Array:
    """A person's own addresses; the digits are the contact's own, so no two people share one."""
    size = 10 ** len(str(limit))
    digits = pc.cast(pa.array(scatter(contact, size, dice.seed, EMAIL_STEP)), pa.string())
    given, family = pick(FIRST.letters, first), pick(LAST.letters, last)
    handle = pick(words(HANDLES), dice.weighted(contact, "handle", zipf(len(words(HANDLES)))))
    initial = pc.utf8_slice_codeunits(given, 0, 1)
    shapes = [
        join(given, ".", family), join(given, family), join(initial, ".", family), join(given, "_", family),
        join(family, ".", given), handle,
    ]  # fmt: skip
    shape = dice.weighted(contact, "e-mail shape", np.array([0.35, 0.2, 0.15, 0.1, 0.08, 0.12]))
    provider = dice.weighted(contact, "provider", zipf(len(words(PROVIDERS)), offset=1.2, exponent=1.3))
    return join(choose(shape, shapes), digits, "@", pick(words(PROVIDERS), provider))


def work_emails(dice: Dice, person: np.ndarray, first: np.ndarray, last: np.ndarray) -> pa.Array:
    company = pick(COMPANIES, dice.below(person, "company", len(COMPANIES)))
    return join(pick(FIRST.letters, first), ".", pick(LAST.letters, last), "@", company)


def hub_emails(dice: Dice, hub: np.ndarray) -> pa.Array:
    """A shop's or an office's address that staff type in for customers without one."""
    desk = pick(words(HUB_DESKS), dice.below(hub, "desk", len(words(HUB_DESKS))))
    company = pick(COMPANIES, dice.below(hub, "hub company", len(COMPANIES)))
    return join(desk, "@branch", pc.cast(pa.array(hub), pa.string()), "-", company)


def written_emails(
    dice: Dice, row: np.ndarray, clean: pa.Array, free: np.ndarray, field: str
) -> tuple[pa.Array, dict[str, np.ndarray]]:
    """``clean`` as people type it, and the flags of what changed; only ``free`` rows change."""
    gmail = pc.fill_null(pc.ends_with(clean, "@gmail.com"), False).to_numpy(zero_copy_only=False) & free
    marks = {
        "plus_tag": free & dice.chance(row, f"{field} tag", 0.03),
        "gmail_dots": gmail & dice.chance(row, f"{field} dots", 0.08),
        "email_typo": free & dice.chance(row, f"{field} typo", 0.012),
    }
    bits = dice.bits(row, f"{field} edits")
    written = edit(clean, marks["plus_tag"], _tagged, bits)
    written = edit(written, marks["gmail_dots"], _dotted, bits)
    written = edit(written, gmail & dice.chance(row, f"{field} google", 0.01), _googlemail, bits)
    return edit(written, marks["email_typo"], _mistyped, bits), marks


def _tagged(email: str, number: int) -> str:
    tags = TAGS.split()
    return email.replace("@", f"+{tags[number % len(tags)]}@")


def _dotted(email: str, number: int) -> str:
    """Gmail reads ``j.smith`` and ``js.mith`` alike."""
    local, _, domain = email.partition("@")
    name, plus, tag = local.partition("+")
    bare = name.replace(".", "")
    at = 1 + number % (len(bare) - 1)
    changed = bare if bare != name and number % 3 else f"{bare[:at]}.{bare[at:]}"
    if changed == name:
        changed = bare
    return f"{changed}{plus}{tag}@{domain}"


def _googlemail(email: str, number: int) -> str:
    return email.replace("@gmail.com", "@googlemail.com")


def _mistyped(email: str, number: int) -> str:
    local, _, domain = email.partition("@")
    if number % 3:
        return f"{typo(local, number)}@{domain}"
    slips = [domain.replace(".com", ".con"), domain.replace("ai", "ia"), domain.replace("mail", "mial"), domain[:-1]]
    wrong = [slip for slip in slips if slip != domain]
    return f"{local}@{wrong[number % len(wrong)]}"


def phones(dice: Dice, contact: np.ndarray, row: np.ndarray, field: str) -> pa.Array:
    """The phone of each contact in one of the ways it is written; ``row`` and ``field`` decide which."""
    national = scatter(contact, len(AREA_CODES) * len(EXCHANGES) * LINES, dice.seed, PHONE_STEP)
    area = pick(AREA_CODES, national // LINES % len(AREA_CODES))
    exchange = pick(EXCHANGES, national // LINES // len(AREA_CODES))
    line = padded(national % LINES, 4)
    style = dice.weighted(row, f"{field} style", np.array([20, 18, 6, 16, 16, 9, 5, 3, 2, 1]))
    return where(foreign(dice, contact), _foreign_phones(dice, contact, style), _us_phones(area, exchange, line, style))


def foreign(dice: Dice, contact: np.ndarray) -> np.ndarray:
    """Only people's own numbers, not landlines and hubs."""
    return dice.chance(contact, "foreign", 0.03) & (contact % 4 < 2)


def _us_phones(area: pa.Array, exchange: pa.Array, line: pa.Array, style: np.ndarray) -> pa.Array:
    dashed, dotted, spaced = (join(area, exchange, line, sep=sep) for sep in "-. ")
    plain = join(area, exchange, line)
    bracketed = join("(", area, ") ", exchange, "-", line)
    return choose(style, [
        bracketed, dashed, dotted, plain, join("+1", plain), join("+1 ", spaced), join("1-", dashed),
        join("001 ", spaced), join(dashed, " ext. 12"), join("+1 ", bracketed),
    ])  # fmt: skip


def _foreign_phones(dice: Dice, contact: np.ndarray, style: np.ndarray) -> pa.Array:
    country = dice.weighted(contact, "phone country", zipf(len(FOREIGN), offset=2))
    code, start = pick(FOREIGN_CODES, country), pick(FOREIGN_STARTS, country)
    digits = padded(scatter(contact, 10**8, dice.seed, PHONE_STEP), 8)
    left, right = pc.utf8_slice_codeunits(digits, 0, 4), pc.utf8_slice_codeunits(digits, 4)
    spaced = join("+", code, " ", start, left, " ", right)
    variants = [
        spaced,
        join("+", code, start, digits),
        join("00", code, start, digits),
        join("011 ", code, " ", start, digits),
    ]
    return choose(np.array([0, 1, 0, 1, 0, 1, 2, 3, 0, 1])[style], variants)
