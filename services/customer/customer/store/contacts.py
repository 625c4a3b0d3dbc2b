"""Contacts as rows, their numbers sealed beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.ids import Ids
from crm_common.protocol.customer.contacts import DecisionRole
from crm_common.text_order import pinyin_key
from customer.domain.contact import FIELDS, Contact, Number
from customer.domain.phone import Seals

_COLUMNS = ("id", "customer_id", *FIELDS, "version")
# the customer is locked first, so the contact needs no lock of its own
_GET = f"""
SELECT {", ".join(f"c.{name}" for name in _COLUMNS)},
    ARRAY(SELECT p.number_mask FROM contact_phone p WHERE p.contact_id = c.id ORDER BY p.place) AS phones
FROM contact c WHERE c.id = %s AND c.deleted_at IS NULL
"""
_WRITTEN = (*FIELDS, "name_key", "updated_at")
_INSERT = (
    f"INSERT INTO contact (id, customer_id, {', '.join(_WRITTEN)}, created_by, created_at, version)"
    f" VALUES ({', '.join(['%s'] * (len(_WRITTEN) + 4))}, 1)"
)
_SAVE = f"UPDATE contact SET {', '.join(f'{name} = %s' for name in _WRITTEN)}, version = version + 1 WHERE id = %s"
# one statement for all numbers
_NUMBERS = """
INSERT INTO contact_phone (id, contact_id, customer_id, place, label, number_cipher, number_mask, number_index)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int[], %s::text[], %s::bytea[], %s::text[], %s::bytea[])
"""


def customer_of(connection: sa.Connection, contact_id: UUID) -> UUID | None:
    """The customer of a contact that is there; it never changes."""
    found = connection.exec_driver_sql(
        "SELECT customer_id FROM contact WHERE id = %s AND deleted_at IS NULL", (contact_id,)
    )
    return found.scalar_one_or_none()


def get(connection: sa.Connection, contact_id: UUID) -> Contact | None:
    """The contact, under its customer's lock."""
    row = connection.exec_driver_sql(_GET, (contact_id,)).mappings().one_or_none()
    if row is None:
        return None
    typed = {"role": DecisionRole(row["role"]) if row["role"] else None}
    return Contact(**dict(row) | typed | {"social": tuple(row["social"]), "phones": tuple(row["phones"])})


def insert(connection: sa.Connection, added: Contact, *, by: UUID, now: datetime) -> None:
    """Add a contact, without its numbers."""
    connection.exec_driver_sql(_INSERT, (added.id, added.customer_id, *_row(added, now), by, now))


def save(connection: sa.Connection, changed: Contact, now: datetime) -> None:
    """Write a contact, without its numbers."""
    connection.exec_driver_sql(_SAVE, (*_row(changed, now), changed.id))


def delete(connection: sa.Connection, contact_id: UUID, now: datetime) -> None:
    """A contact that nobody sees any more; its numbers are forgotten."""
    connection.exec_driver_sql(
        "WITH forgotten AS (DELETE FROM contact_phone WHERE contact_id = %s)"
        " UPDATE contact SET deleted_at = %s, updated_at = %s, version = version + 1 WHERE id = %s",
        (contact_id, now, now, contact_id),
    )


def indexes(connection: sa.Connection, contact_id: UUID) -> list[tuple[str | None, bytes]]:
    """Label and keyed hash of each number, in their order: whether two lists are the same."""
    found = connection.exec_driver_sql(
        "SELECT label, number_index FROM contact_phone WHERE contact_id = %s ORDER BY place", (contact_id,)
    )
    return [(label, bytes(index)) for label, index in found]


def write_numbers(
    connection: sa.Connection, contact: Contact, numbers: Sequence[Number], phones: Seals, new_id: Ids
) -> None:
    """Give a contact these numbers; it has none."""
    if not numbers:
        return
    ids = [new_id() for _ in numbers]
    sealed = [
        phones.sealed(each.number, "contact_phone", row, "number") for each, row in zip(numbers, ids, strict=True)
    ]
    connection.exec_driver_sql(
        _NUMBERS,
        (
            ids,
            [contact.id] * len(ids),
            [contact.customer_id] * len(ids),
            list(range(len(ids))),
            [each.label for each in numbers],
            [each.cipher for each in sealed],
            [each.mask for each in sealed],
            [each.index for each in sealed],
        ),
    )


def forget_numbers(connection: sa.Connection, contact_id: UUID) -> None:
    """Take all numbers from a contact."""
    connection.exec_driver_sql("DELETE FROM contact_phone WHERE contact_id = %s", (contact_id,))


def _row(of: Contact, now: datetime) -> tuple[Any, ...]:
    known = [list(value) if isinstance(value := getattr(of, name), tuple) else value for name in FIELDS]
    return (*known, pinyin_key(of.name, surname=True), now)
