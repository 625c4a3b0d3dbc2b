"""Performance (SAL-32): made by approved orders, taken back with them, added by hand until finance audits it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.editing import plain
from crm_common.errors import CommonRules
from crm_common.protocol.sales.orders_events import OrderApproved, OrderedLine
from crm_common.protocol.sales.performance import (
    OWN,
    AddPerformance,
    DeletePerformance,
    PerformanceCreated,
    PerformanceDeleted,
    PerformanceLocked,
    PerformanceReversed,
    PerformanceSource,
)
from sales.domain import performance as domain
from sales.domain.performance import Performance
from sales.store import people
from sales.store import performance as store
from sales.usecases import bought

SECTION = "performance"


def note_order(change: Change, order: OrderApproved) -> None:
    """An order is being approved in this transaction: its owner's performance is made, once while it stands."""
    if store.of_order(change.connection, order.order_id) is not None:
        return
    made = Performance(
        id=change.new_id(),
        employee_id=order.owner_id,
        day=day_of(change.settings, change.now),
        amount=order.amount,
        currency=order.currency,
        source=PerformanceSource.ORDER,
        title=order.number,
        order_id=order.order_id,
        customer_id=order.customer_id,
    )
    insert_performance(change, made)
    bought.note_lines(change, order, made)


def take_order_back(
    change: Change, order_id: UUID, *, refund: Decimal | None = None, returned: Sequence[OrderedLine] | None = None
) -> None:
    """An order is being voided, undone, or part of it (``refund`` for ``returned``): so much of its performance goes.

    What happened stays in its month: a record below zero takes it back. Nothing happens where nothing stands.
    """
    record = store.of_order(change.connection, order_id)
    if record is None:
        return
    made = domain.reversal(record, refund, change.new_id(), day_of(change.settings, change.now))
    store.take_back(change.connection, record, -made.amount, change.now)
    if refund is None or returned is not None:
        bought.take_lines_back(change, record, returned)
    if made.amount:
        insert_performance(change, made)
    after = record.reversed - made.amount
    changes = {"reversed": (str(record.reversed), str(after))}
    about = {"reversal_id": made.id, "day": made.day, "amount": -made.amount, "changes": changes}
    change.record(domain.told(PerformanceReversed, record, **about))


def add_performance(change: Change, command: AddPerformance) -> dict[str, Any]:
    """A record of one's own."""
    me = change.context.authenticated().id
    made = domain.added(command, change.new_id(), me, day_of(change.settings, change.now))
    insert_performance(change, made)
    return {"performance": made.id}


def delete_performance(change: Change, command: DeletePerformance) -> dict[str, Any]:
    """A record that somebody added is gone; finance has not audited it."""
    record = store.get(change.connection, command.id)
    actor = change.context.authenticated()
    if record is None or not _may_delete(change, record):
        raise CommonRules.the_record_was_not_found(field="id")
    domain.expect_deletable(record)
    store.delete(change.connection, record, change.now)
    changes = {"deleted_by": (None, str(actor.id))}
    change.record(domain.told(PerformanceDeleted, record, changes=changes))
    return {"deleted": True}


def lock_audited(change: Change, ids: Sequence[UUID]) -> None:
    """Finance has found these records consistent with what was received: they stay as they are."""
    changes = {"locked_at": (None, change.now.isoformat())}
    locked = store.lock(change.connection, ids, change.now)
    change.record(*(domain.told(PerformanceLocked, each, changes=changes) for each in locked))


def _may_delete(change: Change, record: Performance) -> bool:
    actor = change.context.authenticated()
    if record.employee_id == actor.id:
        return actor.may(OWN)
    return actor.may("performance.delete_team") and people.reaches(
        change.connection, actor, SECTION, record.employee_id
    )


def insert_performance(change: Change, made: Performance) -> None:
    """Keep a record, count it, tell of it."""
    store.insert(change.connection, made, change.now)
    changes = {name: (None, plain(getattr(made, name))) for name in ("source", "title", "customer_id")}
    change.record(domain.told(PerformanceCreated, made, changes=changes))
