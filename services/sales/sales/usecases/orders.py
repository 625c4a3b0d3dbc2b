"""Commands about orders (features §3.4): load → domain → save + record, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.editing import chosen, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.sales.orders_commands import (
    CancelOrder,
    CreateOrder,
    Lines,
    MarkOrderDelivered,
    UpdateOrder,
    WithdrawOrder,
)
from crm_common.protocol.sales.orders_events import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderFulfilled,
    OrderUpdated,
    OrderWithdrawn,
)
from crm_common.protocol.sales.orders_rules import OrderRules
from sales.adapters.asked import Asked
from sales.domain import order as domain
from sales.domain.order import Order, OrderLine
from sales.domain.order_parts import priced
from sales.domain.order_told import recorded, told
from sales.store import orders, people, products

SECTION = "order"


def create_order(own_customer: Asked[UUID], change: Change, command: CreateOrder) -> dict[str, Any]:
    """A draft for one's own customer."""
    new = begun(change, own_customer.get(), currency=command.currency)
    lines = lines_of(change, command.lines, new.currency)
    remark = (command.remark or "").strip() or None
    made = domain.with_lines(replace(new, due_on=command.due_on, remark=remark), lines)
    orders.insert(change.connection, made, change.now)
    change.record(first_told(change, made))
    return {"order": made.id}


def begun(change: Change, customer_id: UUID, *, currency: str, order_id: UUID | None = None) -> Order:
    """An order of the caller's, empty and not kept yet."""
    number = orders.next_number(change.connection, day_of(change.settings, change.now))
    me = change.context.authenticated().id
    made = order_id or change.new_id()
    return Order(id=made, number=number, customer_id=customer_id, owner_id=me, currency=currency)


def first_told(change: Change, made: Order) -> OrderCreated:
    """An order was written down: a sales record of its customer (CUS-15)."""
    return recorded(OrderCreated, None, made, record=SalesRecord.ORDER, at=change.now, by=made.owner_id)


def lines_of(change: Change, given: Lines, currency: str) -> tuple[OrderLine, ...]:
    """The lines, of products that stay on sale until the commit."""
    found = products.shared(change.connection, [each.product_id for each in given])
    return priced(given, found, currency, change.new_id)


def update_order(change: Change, command: UpdateOrder) -> dict[str, Any]:
    """The order with other data, while it is a draft or was rejected."""
    before = own(change, command.id)
    domain.expect_open(before)
    expect_version(before.version, command.version)
    after = before
    if command.lines is not UNSET:
        after = domain.with_lines(after, lines_of(change, command.lines, before.currency))
    remark = chosen(command.remark, before.remark)
    after = replace(after, due_on=chosen(command.due_on, before.due_on), remark=(remark or "").strip() or None)
    if after != before:
        after = domain.changed(after)
        keep(change, before, after)
        change.record(told(OrderUpdated, before, after))
    return {"order": after.id}


def withdraw_order(change: Change, command: WithdrawOrder) -> dict[str, Any]:
    """PENDING_REVIEW → DRAFT."""
    before = own(change, command.id)
    after = domain.withdrawn(before, by=change.context.authenticated().id)
    expect_version(before.version, command.version)
    keep(change, before, after)
    change.record(told(OrderWithdrawn, before, after))
    return {"order": after.id}


def cancel_order(change: Change, command: CancelOrder) -> dict[str, Any]:
    """DRAFT or REJECTED → CANCELLED."""
    before = own(change, command.id)
    after = domain.cancelled(before)
    expect_version(before.version, command.version)
    keep(change, before, after)
    change.record(told(OrderCancelled, before, after))
    return {"order": after.id}


def mark_order_delivered(change: Change, command: MarkOrderDelivered) -> dict[str, Any]:
    """APPROVED → FULFILLED, and → COMPLETED at once where everything was received before."""
    before = own(change, command.id)
    on = command.delivered_on or day_of(change.settings, change.now)
    fulfilled = domain.delivered(before, on=on, note=command.note)
    expect_version(before.version, command.version)
    after = domain.completed(fulfilled)
    keep(change, before, after)
    change.record(told(OrderFulfilled, before, fulfilled))
    if after is not fulfilled:
        change.record(told(OrderCompleted, fulfilled, after))
    return {"order": after.id}


def own(change: Change, order_id: UUID) -> Order:
    """The caller's own order, locked. ``NOT_FOUND`` outside of his data scope, ``FORBIDDEN`` inside of it."""
    found = orders.locked(change.connection, order_id)
    actor = change.context.authenticated()
    if found is None or not people.reaches(change.connection, actor, SECTION, found.owner_id):
        raise CommonRules.the_record_was_not_found(field="id")
    if found.owner_id != actor.id:
        raise OrderRules.only_a_customer_of_one_s_own_orders(field="id")
    return found


def keep(change: Change, before: Order, after: Order) -> None:
    """Write what changed."""
    orders.save(change.connection, before, after, change.now)
