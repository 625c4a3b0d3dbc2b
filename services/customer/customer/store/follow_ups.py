"""Follow-ups as rows, and what a customer's own row says of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.columns import Id, Moment
from crm_common.ids import Ids
from crm_common.protocol.customer.follow_ups import Attitude, FollowUpType, ProductOfInterest
from crm_common.statements import insertion, statement
from customer.domain.follow_up import FollowUp
from customer.domain.names import folded
from customer.tables import customer, follow_up

_COLUMNS = "id, customer_id, author_id, type, content, attitude, stage, next_contact_at, file_ids, created_at, version"
_AT, _OF = sa.bindparam("at", type_=Moment), sa.bindparam("of", type_=Id)
_NEXT = sa.bindparam("next_at", type_=Moment)
_ADD = insertion(follow_up)
# What was planned before is done with, or replaced: one customer has one next contact.
_SETTLE = statement(
    sa.update(follow_up)
    .where(follow_up.c.customer_id == _OF, follow_up.c.told_at.is_(None), follow_up.c.next_contact_at.is_not(None))
    .values(told_at=_AT)
)
_PLAN = statement(sa.update(customer).where(customer.c.id == _OF).values(next_contact_at=_NEXT))
_PASS = statement(
    sa.update(customer).where(customer.c.id == _OF, customer.c.next_contact_at <= _AT).values(next_contact_at=None)
)
_INTERESTS = """
INSERT INTO interest (id, customer_id, follow_up_id, product_id, name, name_fold, noted_at)
SELECT id, %s, %s, product_id, name, name_fold, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) AS found (id, product_id, name, name_fold)
"""
_SAVE = """
UPDATE follow_up SET type = %(type)s, content = %(content)s, attitude = %(attitude)s, stage = %(stage)s,
    next_contact_at = %(next_contact_at)s, file_ids = %(file_ids)s::uuid[], updated_at = %(now)s,
    told_at = CASE WHEN next_contact_at IS NOT DISTINCT FROM %(next_contact_at)s THEN told_at END, version = version + 1
WHERE id = %(id)s
"""
# only the latest follow-up that names one says when the next contact is
_REPLAN = """
UPDATE customer SET next_contact_at = %(next_contact_at)s WHERE id = %(customer_id)s AND NOT EXISTS (
    SELECT FROM follow_up l WHERE l.customer_id = %(customer_id)s AND l.next_contact_at IS NOT NULL
        AND (l.created_at, l.id) > (%(created_at)s, %(id)s))
"""
_DUE = """
WITH due AS (
    SELECT f.id FROM follow_up f JOIN customer c ON c.id = f.customer_id
    WHERE f.next_contact_at <= %(until)s AND f.told_at IS NULL AND c.holding = 'OWNED'
        AND c.next_contact_at = f.next_contact_at
    ORDER BY f.next_contact_at, f.id LIMIT %(most)s FOR UPDATE OF f SKIP LOCKED
)
UPDATE follow_up f SET told_at = %(now)s FROM due, customer c
WHERE f.id = due.id AND c.id = f.customer_id
RETURNING f.id AS follow_up_id, c.id AS customer_id, c.name AS customer_name, c.owner_id, f.next_contact_at
"""


def insert(connection: sa.Connection, added: FollowUp) -> None:
    """Add a follow-up; the customer's next contact follows it. Nothing is waited for."""
    of, now = added.customer_id, added.created_at
    if added.next_contact_at is None:
        _PASS.run(connection, of=of, at=now)
    else:
        _SETTLE.run(connection, of=of, at=now)
        _PLAN.run(connection, of=of, next_at=added.next_contact_at)
    _ADD.run(connection, **_values(added), told_at=None, created_at=now, updated_at=now, version=1)


def add_interests(connection: sa.Connection, of: FollowUp, products: Sequence[ProductOfInterest], new_id: Ids) -> None:
    """Note the products of a new follow-up."""
    named = [each.name for each in products]
    connection.exec_driver_sql(
        _INTERESTS,
        (
            of.customer_id,
            of.id,
            of.created_at,
            [new_id() for _ in products],
            [each.product_id for each in products],
            named,
            [folded(name) for name in named],
        ),
    )


def customer_of(connection: sa.Connection, follow_up_id: UUID) -> UUID | None:
    """The customer of a follow-up; it never changes."""
    found = connection.exec_driver_sql("SELECT customer_id FROM follow_up WHERE id = %s", (follow_up_id,))
    return found.scalar_one_or_none()


def get(connection: sa.Connection, follow_up_id: UUID) -> FollowUp:
    """The follow-up, under its customer's lock."""
    row = (
        connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM follow_up WHERE id = %s", (follow_up_id,)).mappings().one()
    )
    typed = {
        "type": FollowUpType(row["type"]),
        "attitude": Attitude(row["attitude"]) if row["attitude"] else None,
        "file_ids": tuple(row["file_ids"]),
    }
    return FollowUp(**dict(row) | typed)


def save(connection: sa.Connection, before: FollowUp, after: FollowUp, now: datetime) -> None:
    """Write a corrected follow-up."""
    connection.exec_driver_sql(_SAVE, _values(after) | {"now": now})
    if before.next_contact_at != after.next_contact_at:
        connection.exec_driver_sql(_REPLAN, _values(after) | {"created_at": after.created_at})


def take_due(connection: sa.Connection, *, until: datetime, now: datetime, most: int) -> list[dict[str, Any]]:
    """Up to ``most`` follow-ups whose next contact comes up by ``until``; each is given once."""
    found = connection.exec_driver_sql(_DUE, {"until": until, "now": now, "most": most})
    return [dict(row) for row in found.mappings()]


def _values(of: FollowUp) -> dict[str, Any]:
    return {
        "id": of.id,
        "customer_id": of.customer_id,
        "author_id": of.author_id,
        "type": of.type.value,
        "content": of.content,
        "attitude": of.attitude and of.attitude.value,
        "stage": of.stage,
        "next_contact_at": of.next_contact_at,
        "file_ids": list(of.file_ids),
    }
