"""Customers as rows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_common.protocol.customer.service import Channel, CustomerKind, Holding, Sex
from crm_common.statements import statement
from crm_common.text_order import pinyin_key
from customer.domain.completeness import per_cent
from customer.domain.customer import FIELDS, Beginning, Held, Profile
from customer.domain.names import folded, terms
from customer.domain.phone import SealedPhone
from customer.tables import customer


def _bound(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=customer.c[name].type)


_HELD = tuple(each.name for each in fields(Held))
_READ = tuple(dict.fromkeys(_HELD + FIELDS))
_BEGUN = tuple(each.name for each in fields(Beginning) if each.name != "phone")
_DERIVED = ("name_fold", "name_key", "name_terms", "completeness")
_SEALED = ("phone_cipher", "phone_mask", "phone_index")
_ADDED = (*_SEALED, "custom", "created_by", "created_at", "updated_at", "version")
_INSERTED = ("id", *FIELDS, *_BEGUN, *_DERIVED, *_ADDED)

_LOCKED = statement(
    sa.select(*(customer.c[name] for name in _READ)).where(customer.c.id == sa.bindparam("id")).with_for_update()
)
# One statement settles who is first: the others wait for his commit and then find the row.
_INSERT = statement(
    postgresql.insert(customer)
    .values({name: _bound(name) for name in _INSERTED})
    .on_conflict_do_nothing(
        index_elements=["phone_index", "name_fold"], index_where=sa.text("holding NOT IN ('MERGED', 'ERASED')")
    )
    .returning(customer.c.id)
)
_ADD = statement(sa.insert(customer).values({name: _bound(name) for name in _INSERTED}))
_SAVE = statement(
    sa.update(customer)
    .where(customer.c.id == sa.bindparam("id"))
    .values({name: _bound(name) for name in (*FIELDS, *_DERIVED, "updated_at")} | {"version": customer.c.version + 1})
)
_SAME = """
SELECT c.id, c.holding, c.owner_id, e.name AS owner_name
FROM customer c LEFT JOIN employee_ref e ON e.id = c.owner_id
WHERE c.phone_index = {index} AND c.name_fold = %s AND c.holding NOT IN ('MERGED', 'ERASED') AND c.id <> %s
"""
_BY_PHONE = _SAME.format(index="%s")
_BY_PHONE_OF = _SAME.format(index="(SELECT o.phone_index FROM customer o WHERE o.id = %s)")
_BY_ROW = _SAME.format(index="(SELECT o.phone_index FROM customer o WHERE o.id = %s)").replace(
    "c.name_fold = %s", "c.name_fold = (SELECT o.name_fold FROM customer o WHERE o.id = %s)"
)
_HAS_NUMBER = """
SELECT EXISTS (SELECT FROM customer WHERE id = %(id)s AND phone_index = %(index)s)
    OR EXISTS (SELECT FROM contact_phone WHERE customer_id = %(id)s AND number_index = %(index)s)
"""
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
    found = _LOCKED.first(connection, id=customer_id)
    if found is None:
        return None
    read = found._asdict()
    held = Held(**{name: read[name] for name in _HELD} | {"holding": Holding(read["holding"])})
    typed = {
        "kind": CustomerKind(read["kind"]),
        "sex": Sex(read["sex"]) if read["sex"] else None,
        "preferred_channel": Channel(read["preferred_channel"]) if read["preferred_channel"] else None,
        "tags": tuple(read["tags"]),
    }
    return held, Profile(**{name: read[name] for name in FIELDS} | typed)


class New(NamedTuple):
    """A customer to be added."""

    id: UUID
    known: Profile
    begun: Beginning
    phone: SealedPhone
    custom: dict[str, Any]


def insert(connection: sa.Connection, new: New, *, by: UUID, now: datetime) -> bool:
    """Add a customer; False when its phone and name are those of another (whoever was first has committed)."""
    return _INSERT.first(connection, **row(new, by=by, now=now)) is not None


def add(connection: sa.Connection, new: New, *, by: UUID, now: datetime) -> None:
    """`insert` that is not waited for: a UniqueViolation where phone and name are those of another."""
    _ADD.run(connection, **row(new, by=by, now=now))


def row(new: New, *, by: UUID, now: datetime) -> dict[str, Any]:
    """The columns of a customer that is added."""
    begun = {name: getattr(new.begun, name) for name in _BEGUN}
    sealed = dict(zip(_SEALED, (new.phone.cipher, new.phone.mask, new.phone.index), strict=True))
    made = {"custom": new.custom, "created_by": by, "created_at": now, "updated_at": now, "version": 1}
    return {"id": new.id, **_data(new.known), **begun, **sealed, **made}


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


def twin(connection: sa.Connection, customer_id: UUID) -> Same | None:
    """The other customer with this one's phone and name: there is one while this one is merged."""
    return _same(connection, _BY_ROW, (customer_id, customer_id, customer_id))


def phone_cipher(connection: sa.Connection, customer_id: UUID) -> bytes:
    """The sealed phone of a customer."""
    found = connection.exec_driver_sql("SELECT phone_cipher FROM customer WHERE id = %s", (customer_id,))
    return bytes(found.scalar_one())


def has_number(connection: sa.Connection, customer_id: UUID, index: bytes) -> bool:
    """Whether a number (as its index) is the customer's phone, or one of its contacts'."""
    return bool(connection.exec_driver_sql(_HAS_NUMBER, {"id": customer_id, "index": index}).scalar_one())


def save(connection: sa.Connection, customer_id: UUID, known: Profile, now: datetime) -> None:
    """Write the data of a customer."""
    _SAVE.run(connection, id=customer_id, updated_at=now, **_data(known))


def _same(connection: sa.Connection, statement: str, values: tuple[Any, ...]) -> Same | None:
    found = connection.exec_driver_sql(statement, values).mappings().one_or_none()
    return None if found is None else Same(**dict(found) | {"holding": Holding(found["holding"])})


def _data(known: Profile) -> dict[str, Any]:
    return {name: getattr(known, name) for name in FIELDS} | {
        "name_fold": folded(known.name),
        "name_key": pinyin_key(known.name, surname=known.kind is CustomerKind.PERSON),
        "name_terms": terms(known.name),
        "tags": list(known.tags),
        "completeness": per_cent(known.kind, known),
    }
