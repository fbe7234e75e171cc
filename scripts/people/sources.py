"""The four source tables and the truth, each with its own column names and file format."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from people.address_fields import address
from people.contact_fields import card, device, email, landline, phone, work_email
from people.dice import Dice
from people.person_fields import birth_dates, first_name, names
from people.population import SOURCES, Records
from people.text import join, padded, where
from people.writer import Writer

CRM_KEYS_FROM = 10_000_000


def tables(dice: Dice, records: Records, rows: int) -> dict[str, pa.Table]:
    """Every source and ``truth`` for some records, in an order that says nothing about people."""
    shuffled = records.take(np.argsort(dice.bits(records.row, "order")))
    made, truths = {}, []
    for number, (source, make) in enumerate(MAKERS.items()):
        writer = Writer(dice, shuffled.take(shuffled.source == number), rows)
        made[source] = make(writer)
        truths.append(_truth(writer, source, made[source].column(0).combine_chunks()))
    return made | {"truth": pa.concat_tables(truths)}


def write(table: pa.Table, folder: Path, name: str, part: int) -> None:
    """One more file of a table; none where it would be empty, but always the first, which shows the columns."""
    if part and len(table) == 0:
        return
    extension, save = FORMATS.get(name, ("parquet", _save_parquet))
    save(table, folder / name / f"part-{part:05d}.{extension}")


def _crm(writer: Writer) -> pa.Table:
    given, family = names(writer, missing_first=0.02, missing_last=0.015)
    street, town, postcode = address(writer, missing=0.10)
    key = writer.records.key
    return pa.table({
        "contact_no": where(key < 0, None, pa.array(CRM_KEYS_FROM + key)),
        "given_name": given,
        "family_name": family,
        "dob": birth_dates(writer, missing=0.22),
        "email": email(writer, missing=0.13),
        "work_email": work_email(writer),
        "phone": phone(writer, missing=0.16, landline_share=0.25),
        "street": street,
        "town": town,
        "postcode": postcode,
        "loyalty_no": card(writer, missing=0.2),
        "vip": writer.agreed("vip", yes=0.05, missing=0.0),
        "marketing_consent": writer.agreed("crm consent", yes=0.6, missing=0.15),
        "deleted": pa.array(writer.records.deleted),
        "modified": pa.array(writer.records.seconds * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
    })  # fmt: skip


def _shop(writer: Writer) -> pa.Table:
    first, last = names(writer, missing_first=0.02, missing_last=0.02)
    street, city, postcode = address(writer, missing=0.06)
    return pa.table({
        "customer_id": _keys(writer, "S", 8),
        "first": first,
        "last": last,
        "mail": email(writer, missing=0.04),
        "mobile": phone(writer, missing=0.3),
        "landline": landline(writer, missing=0.45),
        "address": street,
        "city": city,
        "zip": postcode,
        "loyalty": card(writer, missing=0.4, borrowed=0.03),
        "last_order_at": pa.array((writer.records.seconds // 86_400).astype(np.int32)).cast(pa.date32()),
    })  # fmt: skip


def _app(writer: Writer) -> pa.Table:
    forename, surname = names(writer, missing_first=0.18, missing_last=0.2)
    return pa.table({
        "user_id": _keys(writer, "u-", 1),
        "forename": forename,
        "surname": surname,
        "birthday": birth_dates(writer, missing=0.4, day_first=True),
        "email_address": email(writer, missing=0.05),
        "phone_number": phone(writer, missing=0.22),
        "device_id": device(writer, missing=0.03),
        "updated": _moments(writer, "%Y-%m-%d %H:%M:%S"),
    })  # fmt: skip


def _newsletter(writer: Writer) -> pa.Table:
    return pa.table({
        "id": _keys(writer, "N", 7),
        "name_first": first_name(writer, missing=0.42),
        "email": email(writer, missing=0.005),
        "signed_up": _moments(writer, "%Y-%m-%dT%H:%M:%SZ"),
        "consent": writer.agreed("newsletter consent", yes=0.85, missing=0.02),
    })  # fmt: skip


MAKERS: dict[str, Callable[[Writer], pa.Table]] = dict(zip(SOURCES, (_crm, _shop, _app, _newsletter), strict=True))


def _keys(writer: Writer, prefix: str, width: int) -> pa.Array:
    key = writer.records.key
    return where(key < 0, None, join(prefix, padded(np.maximum(key, 0), width)))


def _moments(writer: Writer, form: str) -> pa.Array:
    return pc.strftime(pa.array(writer.records.seconds).cast(pa.timestamp("s")), form)


def _truth(writer: Writer, source: str, key: pa.Array) -> pa.Table:
    """Every record key once: of records sharing one, the newest; none for records without."""
    records = writer.records
    truth = pa.table({
        "record_key": join(f"{source}:", pc.cast(key, pa.string())),
        "entity_id": pa.array(records.person),
        "household_id": pa.array(records.household),
        "flags": pa.array(writer.flags),
    })  # fmt: skip
    return truth.filter(pa.array((records.key >= 0) & ~records.replaced))


def _save_parquet(table: pa.Table, path: Path) -> None:
    pyarrow.parquet.write_table(table, path)


def _save_csv(table: pa.Table, path: Path) -> None:
    pyarrow.csv.write_csv(table, path)


def _save_json(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in table.to_pylist())


FORMATS = {"app": ("csv", _save_csv), "newsletter": ("json", _save_json)}
