"""What submissions hold of neighbours, noted before it is asked for: what was left behind is found and let go of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.store import Store

_NOTE = """
INSERT INTO order_hold (submission_id, order_id, customer_id, noted_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (submission_id) DO UPDATE SET noted_at = EXCLUDED.noted_at
"""
_LEFT_BEHIND = """
SELECT h.submission_id, h.order_id, h.customer_id,
    coalesce(o.state NOT IN ('APPROVED', 'FULFILLED', 'COMPLETED', 'VOIDED'), true)
FROM order_hold h LEFT JOIN sales_order o ON o.id = h.order_id AND o.submission_id = h.submission_id
WHERE {which} AND (o.state IS NULL OR o.state <> 'PENDING_REVIEW') ORDER BY h.noted_at LIMIT 500
"""
_BEFORE = _LEFT_BEHIND.format(which="h.noted_at < %s")
_OF_ORDER = _LEFT_BEHIND.format(which="h.order_id = %s")
_UNHELD = """
SELECT o.submission_id, o.id, o.customer_id FROM sales_order o
WHERE o.state = 'PENDING_REVIEW' AND NOT EXISTS (SELECT FROM order_hold h WHERE h.submission_id = o.submission_id)
ORDER BY o.submitted_at LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Held:
    """What a submission holds: the customer and, unless its order was approved, the files of its vouchers."""

    submission_id: UUID
    order_id: UUID
    customer_id: UUID
    vouchers: bool = True


def note(connection: sa.Connection, held: Held, now: datetime) -> None:
    """A submission is about to hold its customer and its vouchers."""
    connection.exec_driver_sql(_NOTE, (held.submission_id, held.order_id, held.customer_id, now))


def forget(connection: sa.Connection, held: Held) -> None:
    """It was let go of."""
    connection.exec_driver_sql("DELETE FROM order_hold WHERE submission_id = %s", (held.submission_id,))


def left_behind(store: Store, before: datetime) -> list[Held]:
    """What is held, noted before the moment, by submissions that do not wait for review (any more)."""
    return [Held(*row) for row in store.rows(_BEFORE, (before,))]


def of_order(store: Store, order_id: UUID) -> list[Held]:
    """The same of one order, whenever it was noted."""
    return [Held(*row) for row in store.rows(_OF_ORDER, (order_id,))]


def unheld(store: Store) -> list[Held]:
    """Submissions that wait for review again without holding their customer."""
    return [Held(*row) for row in store.rows(_UNHELD)]
