"""Erases whatever is known of a customer as a person (CUS-26); that it was there, and in whose hands, stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.journal import sealing
from crm_common.journal.sealing import ERASED
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.declare import Changes
from crm_common.search.measures import forget_questions
from customer.domain.customer import FIELDS
from customer.domain.pool import Moved
from customer.store import custom, moves, people

# what was in these the event does not say, only that it is gone
_PERSONAL: moves.Sets = {
    "name": f"'{ERASED}'",
    **dict.fromkeys(
        (
            *("address", "email", "fax", "website", "sex", "birth_date", "profession", "remark", "hobbies"),
            *("preferences", "pain_points", "preferred_channel", "preferred_time", "social_accounts"),
        ),
        "NULL",
    ),
    "tags": "'{}'",
    "phone_mask": "''",
    "custom": "'{}'",
}
_SILENT: moves.Sets = {
    "name_fold": f"'{ERASED}'",
    "name_key": "''",
    "name_terms": "'{}'",
    "phone_cipher": "''",
    "phone_index": "''",
    "next_contact_at": "NULL",
}
# events of other customers that say something of this one
_NAMED_ELSEWHERE = """
DELETE FROM journal_key k USING journal j
WHERE j.type IN ('customer.relation_added', 'customer.relation_removed')
    AND j.data ->> 'other_id' = ANY(%(ids)s::text[])
    AND k.event_id = j.event_id AND k.person = (j.data ->> 'customer_id')::uuid
"""
_MERGED = """
WITH RECURSIVE gone (id) AS (
    SELECT c.id FROM customer c WHERE c.merged_into_id = ANY(%(ids)s::uuid[])
    UNION SELECT c.id FROM gone JOIN customer c ON c.merged_into_id = gone.id
)
SELECT id FROM gone
"""
# what a merge moved, and could give back
_MERGES = """
WITH forgotten AS (
    UPDATE customer_merge SET taken = '{}', given = '{}', custom = '{}'
    WHERE survivor_id = ANY(%(ids)s::uuid[]) OR merged_id = ANY(%(ids)s::uuid[]) RETURNING id
)
UPDATE merge_move SET removed = NULL WHERE merge_id IN (SELECT id FROM forgotten) AND removed IS NOT NULL
"""
_NAMES = "SELECT name FROM customer WHERE id = ANY(%s::uuid[])"
_LEADS = "SELECT id, status, owner_id FROM lead WHERE customer_id = ANY(%s::uuid[])"


@dataclass(frozen=True, slots=True)
class ErasedLead:
    """A lead that became an erased customer."""

    id: UUID
    status: str
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, for the events."""

    customers: list[Moved]
    leads: list[ErasedLead]


def merged_into(connection: sa.Connection, customer_id: UUID) -> list[UUID]:
    """The customers that went into this one: they are the same person."""
    return list(connection.exec_driver_sql(_MERGED, {"ids": [customer_id]}).scalars())


def erase(connection: sa.Connection, ids: Sequence[UUID], *, now: datetime) -> Erased:
    """Erase customers that the open transaction has locked, from the history too."""
    leads = [ErasedLead(*row) for row in connection.exec_driver_sql(_LEADS, (list(ids),))]
    forget_questions(connection, connection.exec_driver_sql(_NAMES, (list(ids),)).scalars().all())
    connection.exec_driver_sql(_MERGES, {"ids": list(ids)})
    custom.forget(connection, ids)
    people.forget(connection, ids, now)
    sets = {**moves.TO_ERASED, **_PERSONAL, **_SILENT}
    rows = connection.exec_driver_sql(moves.update(sets, where="c.id = ANY(%(ids)s::uuid[])"), {"ids": ids, "now": now})
    erased = [_told(tuple(row), sets) for row in rows]
    sealing.forget(connection, [*ids, *(each.id for each in leads)])
    connection.exec_driver_sql(_NAMED_ELSEWHERE, {"ids": [str(each) for each in ids]})
    return Erased(erased, leads)


def _told(row: Sequence[Any], sets: moves.Sets) -> Moved:
    moved = moves.moved(row, sets)
    changes: Changes = {}
    for name, (before, after) in moved.changes.items():
        if name in moves.TO_ERASED:
            changes[name] = (before, after)
        elif name == "custom":
            changes |= {f"custom.{key}": (ERASED, None) for key in before}
        elif name in FIELDS:
            changes[name] = (ERASED, after)
        elif name == "phone_mask":
            changes["phone"] = (ERASED, after)
    return Moved(moved.id, ERASED, None, Holding.ERASED, changes)
