"""What customers bought (CUS-31, 33): noted with the order's approval, taken off when it no longer holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.money import is_amount
from crm_common.protocol.customer.course import CustomerStageChanged
from crm_common.protocol.customer.purchases import (
    CustomerPurchased,
    CustomerPurchaseUndone,
    PurchaseRules,
    RecordPurchase,
)
from crm_common.protocol.customer.service import Holding, Stage
from crm_common.protocol.sales.orders_events import OrderApproved, OrderReturned
from crm_common.returning import taken_off
from customer.domain.customer import Held, told
from customer.domain.purchases import Purchase
from customer.store import course, held
from customer.store import purchases as store
from customer.usecases import access

_GONE = frozenset({Holding.ERASED, Holding.MERGED})
_BOUGHT_ALREADY = frozenset({Stage.DEALT, Stage.LOYAL})


def note_order(change: Change, event: OrderApproved) -> None:
    """An order was approved: its lines are purchases, each once, and its customer is DEALT."""
    holds = store.approved(change.connection, event.order_id)
    customer = _customer(change, event.customer_id)
    if customer is None or not holds:
        return
    # what an earlier approval left, whose undoing is still to be heard
    store.delete(change.connection, store.of_order(change.connection, event.order_id))
    rows = [
        Purchase(
            id=change.new_id(),
            customer_id=customer.id,
            order_id=event.order_id,
            line=number,
            product_id=line.product_id,
            product_name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            amount=line.amount,
            currency=event.currency,
            bought_at=event.at,
        )
        for number, line in enumerate(event.lines)
    ]
    if not _bought(change, customer, rows):
        return
    store.deal(change.connection, customer.id, event.at)
    before = course.of(change.connection, customer.id).stage
    if before not in _BOUGHT_ALREADY:
        _step(change, customer, (before, Stage.DEALT), event.number)


def take_back(change: Change, order_id: UUID, reason: str) -> None:
    """An order no longer holds: nothing was bought by it, and who bought nothing else is where he stood before."""
    holds = store.undone(change.connection, order_id)
    rows = store.of_order(change.connection, order_id)
    if holds or not rows:
        return
    store.delete(change.connection, rows)
    _undone(change, order_id, rows, reason)


def note_return(change: Change, event: OrderReturned) -> None:
    """Part of an order came back: so much less was bought. Heard before its approval, it waits for that."""
    if not store.is_known(change.connection, event.order_id):
        raise PurchaseRules.the_order_is_not_known_yet(number=event.number)
    rows = store.of_order(change.connection, event.order_id)
    changed = taken_off(rows, event.lines)
    gone = [each for each in changed if not each.quantity]
    for each in changed:
        store.change(change.connection, each)
    store.delete(change.connection, gone)
    before = {each.id: each for each in rows}
    off = [replace(before[each.id], amount=before[each.id].amount - each.amount) for each in changed]
    if off:
        _undone(change, event.order_id, off, event.reason)


def record_purchase(change: Change, command: RecordPurchase) -> dict[str, Any]:
    """An order that another system sold."""
    customer = access.visible(change, command.customer_id, field="customer_id")
    if customer.holding in _GONE:
        raise CommonRules.the_record_was_not_found(field="customer_id")
    known = store.customer_of(change.connection, command.system, command.external_id)
    if known is not None and known != customer.id:
        raise PurchaseRules.an_external_order_is_of_one_customer(
            field="external_id", system=command.system, external_id=command.external_id
        )
    for number, line in enumerate(command.lines):
        if not is_amount(line.amount) or not line.quantity.is_finite() or line.quantity <= 0:
            raise PurchaseRules.a_purchase_has_a_quantity_and_an_amount(field=f"lines.{number}")
    if known is not None:
        return {"customer": customer.id, "new": False}
    sold = {"system": command.system, "external_id": command.external_id, "currency": command.currency}
    about: dict[str, Any] = sold | {"customer_id": customer.id, "bought_at": command.bought_at}
    rows = [
        Purchase(
            id=change.new_id(),
            line=number,
            product_id=line.product_id,
            product_name=line.product_name,
            quantity=line.quantity,
            unit=line.unit,
            amount=line.amount,
            **about,
        )
        for number, line in enumerate(command.lines)
    ]
    return {"customer": customer.id, "new": _bought(change, customer, rows)}


def _customer(change: Change, customer_id: UUID) -> Held | None:
    """The customer, locked, or the one it was merged into; None of somebody who is gone."""
    found = held.locked(change.connection, [store.survivor(change.connection, customer_id)])
    return found[0] if found and found[0].holding not in _GONE else None


def _bought(change: Change, customer: Held, rows: list[Purchase]) -> bool:
    added = store.insert(change.connection, rows)
    if added:
        event = CustomerPurchased(**told(customer), changes={}, order_id=rows[0].order_id, **_money(added))
        change.record(event)
    return bool(added)


def _undone(change: Change, order_id: UUID, off: list[Purchase], reason: str) -> None:
    customer = _customer(change, off[0].customer_id)
    if customer is None:
        return
    change.record(CustomerPurchaseUndone(**told(customer), changes={}, order_id=order_id, **_money(off)))
    if not store.undeal(change.connection, customer.id):
        return
    before = store.stage_before_the_deal(change.connection, customer.id)
    if before is not None and course.of(change.connection, customer.id).stage is Stage.DEALT:
        _step(change, customer, (Stage.DEALT, before), reason)


def _money(rows: Sequence[Purchase]) -> dict[str, Any]:
    amount = sum((each.amount for each in rows), Decimal(0))
    return {"purchase_ids": tuple(each.id for each in rows), "amount": amount, "currency": rows[0].currency}


def _step(change: Change, customer: Held, step: tuple[Stage, Stage], reason: str) -> None:
    before, after = step
    course.step(change.connection, change.new_id(), customer.id, before, after, by=None, reason=reason, now=change.now)
    changes = {"stage": (before.value, after.value)}
    change.record(CustomerStageChanged(**told(customer), changes=changes, before=before, after=after, reason=reason))
