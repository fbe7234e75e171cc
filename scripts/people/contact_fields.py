"""E-mails, phones, loyalty cards and devices as records hold them: mostly one's own, sometimes shared."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from people import contacts
from people.dice import scatter, zipf
from people.text import join, known, padded, where
from people.writer import Writer

EMAIL_SLOTS, PHONE_SLOTS, DEVICE_SLOTS = np.array([0.72, 0.24, 0.04]), np.array([0.82, 0.18]), np.array([0.75, 0.25])


def email(writer: Writer, missing: float) -> pa.Array:
    """One of the person's addresses; a chain's link in chains; a hub's now and then."""
    records, dice = writer.records, writer.dice
    link = 4 * writer.rows + records.chain_start + records.ordinal // 2
    contact = np.where(records.chain, link, 4 * records.person + writer.weighted("e-mail slot", EMAIL_SLOTS))
    clean = contacts.emails(dice, contact, records.first, records.last, 5 * writer.rows)
    clean = where(writer.chance("work as main", 0.04), _work_emails(writer), clean)
    hub = writer.chance("hub e-mail", 0.009)
    clean = writer.gaps(where(hub, contacts.hub_emails(dice, _hubs(writer, "e-mail")), clean), "e-mail", missing)
    writer.mark("hub_email", hub & known(clean))
    return _written_email(writer, clean, "e-mail")


def work_email(writer: Writer) -> pa.Array:
    """Null for most: few give a second address."""
    given = writer.dice.chance(writer.records.person, "employed", 0.35) & writer.chance("work e-mail", 0.4)
    return _written_email(writer, where(~given, None, _work_emails(writer)), "work e-mail")


def _work_emails(writer: Writer) -> pa.Array:
    records = writer.records
    return contacts.work_emails(writer.dice, records.person, records.first, records.last)


def _written_email(writer: Writer, clean: pa.Array, field: str) -> pa.Array:
    free = ~writer.records.chain & known(clean)
    written, marks = contacts.written_emails(writer.dice, writer.records.row, clean, free, field)
    for flag, at in marks.items():
        writer.mark(flag, at)
    written = where(writer.chance(f"{field} title", 0.04), pc.utf8_title(written), written)
    written = writer.placeholders(written, field, contacts.EMAIL_PLACEHOLDERS)
    return writer.typed(written, field)


def phone(writer: Writer, missing: float, landline_share: float = 0.0) -> pa.Array:
    """A mobile of one's own; for a share the household's landline, where it has one; a hub's now and then."""
    records, dice = writer.records, writer.dice
    link = 4 * (writer.rows + records.chain_start + (records.ordinal + 1) // 2)
    own = np.where(records.chain, link, 4 * records.person + writer.weighted("phone slot", PHONE_SLOTS))
    home = writer.chance("landline as main", landline_share) & _has_landline(writer)
    hub = writer.chance("hub phone", 0.007)
    contact = np.where(hub, 4 * _hubs(writer, "phone") + 3, np.where(home, 4 * records.household + 2, own))
    written = writer.gaps(contacts.phones(dice, contact, records.row, "mobile"), "phone", missing)
    writer.mark("household_phone", home & ~hub & (records.size > 1) & known(written))
    writer.mark("hub_phone", hub & known(written))
    writer.mark("foreign_phone", contacts.foreign(dice, contact) & known(written))
    return writer.placeholders(written, "phone", contacts.PHONE_PLACEHOLDERS)


def landline(writer: Writer, missing: float) -> pa.Array:
    records = writer.records
    absent = ~_has_landline(writer) | records.chain | writer.chance("landline missing", missing)
    writer.mark("household_phone", ~absent & (records.size > 1))
    return where(absent, None, contacts.phones(writer.dice, 4 * records.household + 2, records.row, "landline"))


def _has_landline(writer: Writer) -> np.ndarray:
    return writer.dice.chance(writer.records.household, "landline", 0.55)


def _hubs(writer: Writer, kind: str) -> np.ndarray:
    """A few large, most small; their number grows with the data."""
    return writer.weighted(f"which hub {kind}", zipf(max(3, writer.rows // 2500), offset=2))


def card(writer: Writer, missing: float, borrowed: float = 0.0) -> pa.Array:
    """Loyalty numbers; now and then the one of the head of the household."""
    records, dice = writer.records, writer.dice
    lent = writer.chance("borrowed card", borrowed) & (records.head != records.person)
    holder = np.where(lent, records.head, records.person)
    absent = records.chain | ~dice.chance(holder, "card", 0.3) | writer.chance("card missing", missing)
    writer.mark("shared_card", lent & ~absent)
    number = join("L", padded(scatter(holder, 10**8, dice.seed, contacts.CARD_STEP), 8))
    return where(absent, None, where(writer.chance("card case", 0.03), pc.utf8_lower(number), number))


def device(writer: Writer, missing: float) -> pa.Array:
    """Most people use one device, some two; in a few households all use the same."""
    records, dice = writer.records, writer.dice
    family = dice.chance(records.household, "family device", 0.03)
    own = 4 * records.person + writer.weighted("device slot", DEVICE_SLOTS)
    absent = records.chain | writer.chance("device missing", missing)
    writer.mark("shared_device", family & (records.size > 1) & ~absent)
    numbers = dice.bits(np.where(family, 4 * records.household + 2, own), "device").tolist()
    return where(absent, None, pa.array([f"{number:016x}" for number in numbers], pa.string()))
