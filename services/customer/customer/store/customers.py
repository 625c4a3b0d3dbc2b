"""Customers as rows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from crm_common.protocol.customer.service import Channel, CustomerKind, Holding, Sex
from crm_common.text_order import pinyin_key
from customer.domain.completeness import per_cent
from customer.domain.customer import FIELDS, Beginning, Held, Profile
from customer.domain.names import folded, terms
from customer.domain.phone import SealedPhone

_HELD = tuple(each.name for each in fields(Held))
_READ = tuple(dict.fromkeys(_HELD + FIELDS))
_LOCKED = f"SELECT {', '.join(_READ)} FROM customer WHERE id = %s FOR UPDATE"

# One statement settles who is first: the others wait for his commit and then find the row.
_INSERT = (
    "INSERT INTO customer ({names}) VALUES ({places})"
    " ON CONFLICT (phone_index, name_fold) WHERE holding NOT IN ('MERGED', 'ERASED') DO NOTHING RETURNING id"
)
_SAVE = (
    "UPDATE customer SET {settings}, name_fold = %s, name_key = %s, name_terms = %s, completeness = %s,"
    " updated_at = %s, version = version + 1 WHERE id = %s"
)
_SAME = """
SELECT c.id, c.holding, c.owner_id, e.name AS owner_name
FROM customer c LEFT JOIN employee_ref e ON e.id = c.owner_id
WHERE c.phone_index = {index} AND c.name_fold = %s AND c.holding NOT IN ('MERGED', 'ERASED') AND c.id <> %s
"""
_BY_PHONE = _SAME.format(index="%s")
_BY_PHONE_OF = _SAME.format(index="(SELECT o.phone_index FROM customer o WHERE o.id = %s)")
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """The customer that has a phone and name already."""

    id: UUID
    holding: Holding
    owner_id: UUID | None
    owner_name: str | None


def locked(connection: sa.Connection, customer_id: UUID) -> tuple[Held, Profile] | None:
    """The customer with its data, locked until the commit."""
    row = connection.exec_driver_sql(_LOCKED, (customer_id,)).mappings().one_or_none()
    if row is None:
        return None
    held = Held(**{name: row[name] for name in _HELD} | {"holding": Holding(row["holding"])})
    typed = {
        "kind": CustomerKind(row["kind"]),
        "sex": Sex(row["sex"]) if row["sex"] else None,
        "preferred_channel": Channel(row["preferred_channel"]) if row["preferred_channel"] else None,
        "tags": tuple(row["tags"]),
    }
    return held, Profile(**{name: row[name] for name in FIELDS} | typed)


class New(NamedTuple):
    """A customer to be added."""

    id: UUID
    known: Profile
    begun: Beginning
    phone: SealedPhone
    custom: dict[str, Any]


def insert(connection: sa.Connection, new: New, *, by: UUID, now: datetime) -> bool:
    """Add a customer; False when its phone and name are those of another (whoever was first has committed)."""
    begins = {each.name: getattr(new.begun, each.name) for each in fields(Beginning) if each.name != "phone"}
    row = {
        "id": new.id,
        **data(new.known),
        **begins,
        "phone_cipher": new.phone.cipher,
        "phone_mask": new.phone.mask,
        "phone_index": new.phone.index,
        "custom": Jsonb(new.custom),
        "created_by": by,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    statement = _INSERT.format(names=", ".join(row), places=", ".join(["%s"] * len(row)))
    return connection.exec_driver_sql(statement, tuple(row.values())).scalar() is not None


def exists(connection: sa.Connection) -> bool:
    """Whether there is any customer."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT FROM customer)").scalar_one())


def target_pool(connection: sa.Connection, region: str | None) -> UUID:
    """The pool that is meant for customers of a region."""
    found: UUID = connection.exec_driver_sql("SELECT target_pool(%s, NULL)", (region,)).scalar_one()
    return found


def same(connection: sa.Connection, index: bytes, name: str) -> Same | None:
    """Who has this phone (as its index) and this name, in whatever hands."""
    return _same(connection, _BY_PHONE, (index, folded(name), _NOBODY))


def namesake(connection: sa.Connection, customer_id: UUID, name: str) -> Same | None:
    """The other customer with this one's phone and the name."""
    return _same(connection, _BY_PHONE_OF, (customer_id, folded(name), customer_id))


def save(connection: sa.Connection, customer_id: UUID, known: Profile, now: datetime) -> None:
    """Write the data of a customer."""
    row = data(known)
    derived = [row.pop(name) for name in ("name_fold", "name_key", "name_terms", "completeness")]
    statement = _SAVE.format(settings=", ".join(f"{name} = %s" for name in row))
    connection.exec_driver_sql(statement, (*row.values(), *derived, now, customer_id))


def _same(connection: sa.Connection, statement: str, values: tuple[Any, ...]) -> Same | None:
    row = connection.exec_driver_sql(statement, values).mappings().one_or_none()
    return None if row is None else Same(**dict(row) | {"holding": Holding(row["holding"])})


def data(known: Profile) -> dict[str, Any]:
    """The columns of what is known of a customer, with those that are derived from it."""
    return {name: getattr(known, name) for name in FIELDS} | {
        "name_fold": folded(known.name),
        "name_key": pinyin_key(known.name, surname=known.kind is CustomerKind.PERSON),
        "name_terms": terms(known.name),
        "tags": list(known.tags),
        "completeness": per_cent(known.kind, known),
    }
