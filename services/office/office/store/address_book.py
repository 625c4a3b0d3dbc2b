"""Contacts of the address book as rows."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from office.domain.address import AddressContact

_NAMES = tuple(each.name for each in fields(AddressContact))
COLUMNS = ", ".join(_NAMES)
"""The columns that a contact is made of, in their order."""
_LOCKED = f"SELECT {COLUMNS} FROM address_contact WHERE id = %s FOR UPDATE"
_INSERT = (
    f"INSERT INTO address_contact ({COLUMNS}, name_key, created_at, updated_at)"
    f" VALUES ({', '.join(f'%({name})s' for name in _NAMES)}, %(name_key)s, %(now)s, %(now)s)"
)
_SAVE = (
    f"UPDATE address_contact SET {', '.join(f'{name} = %({name})s' for name in _NAMES if name != 'id')},"
    " name_key = %(name_key)s, updated_at = %(now)s WHERE id = %(id)s"
)


def locked(connection: sa.Connection, contact_id: UUID) -> AddressContact | None:
    """The contact, locked."""
    row = connection.exec_driver_sql(_LOCKED, (contact_id,)).mappings().one_or_none()
    return None if row is None else AddressContact(**dict(row))


def insert(connection: sa.Connection, made: AddressContact, now: datetime) -> None:
    """Keep a new contact."""
    connection.exec_driver_sql(_INSERT, _values(made, now))


def save(connection: sa.Connection, changed: AddressContact, now: datetime) -> None:
    """Keep what changed of a contact."""
    connection.exec_driver_sql(_SAVE, _values(changed, now))


def delete(connection: sa.Connection, contact_id: UUID) -> None:
    """Forget a contact."""
    connection.exec_driver_sql("DELETE FROM address_contact WHERE id = %s", (contact_id,))


def _values(contact: AddressContact, now: datetime) -> dict[str, Any]:
    values = {name: getattr(contact, name) for name in _NAMES}
    return values | {"name_key": pinyin_key(contact.name, surname=True), "now": now}
