"""Money that adds up (BYD-12): what is compared with what. Pure; each difference names its rule and its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.protocol.finance.contract_states import SIGNED_STATES, ContractState
from crm_common.protocol.finance.receivables import ReceivableState
from crm_common.protocol.finance.verifying import MoneyDifference, MoneyRule
from crm_common.protocol.sales.orders import OrderState
from crm_common.protocol.sales.orders_internal import OrderLedgerEntry

OWED = frozenset({OrderState.APPROVED, OrderState.FULFILLED, OrderState.COMPLETED})
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A receivable with what receipts and plans say of it."""

    id: UUID
    title: str
    order_id: UUID | None
    customer_id: UUID
    state: ReceivableState
    amount: Decimal
    received: Decimal
    refunded: Decimal
    currency: str
    paid: Decimal
    """The sum of what confirmed receipts pay of it."""
    planned: Decimal
    strangers: tuple[UUID, ...]
    """Receipts of it that are of another customer, order or currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A contract as it is compared."""

    id: UUID
    customer_id: UUID
    state: ContractState


def of_order(order: OrderLedgerEntry, owed: Booked | None, contract: Signed | None) -> Iterator[MoneyDifference]:
    """What of an order does not agree with its receivable, contract and performance."""
    names: dict[str, Any] = {"number": order.number, "order_id": order.order_id}
    is_owed = order.state in OWED
    expected = order.amount if is_owed else _NOTHING
    if order.performance != expected:
        rule = MoneyRule.PERFORMANCE_IS_WHAT_ITS_ORDER_COMES_TO
        yield _difference(rule, _money(expected, order.currency), _money(order.performance, order.currency), **names)
    if is_owed:
        yield from _of_contract(order, contract, names)
    if owed is None:
        if is_owed:
            rule = MoneyRule.AN_APPROVED_ORDER_HAS_A_RECEIVABLE
            yield _difference(rule, _money(order.amount, order.currency), "—", **names)
        return
    names["receivable_id"] = owed.id
    if is_owed:
        yield from _of_owed(order, owed, names)
    elif owed.state is not ReceivableState.VOIDED:
        yield _difference(MoneyRule.ONLY_APPROVED_ORDERS_ARE_OWED, order.state.value, owed.state.value, **names)


def of_nothing(owed: Booked) -> MoneyDifference:
    """A receivable of an order that sales does not know."""
    names = {"number": owed.title, "order_id": owed.order_id, "receivable_id": owed.id}
    return _difference(MoneyRule.A_RECEIVABLE_IS_OF_AN_ORDER_THAT_EXISTS, str(owed.order_id), "—", **names)


def of_receivable(owed: Booked) -> Iterator[MoneyDifference]:
    """What of a receivable does not agree with itself, its receipts and its plan."""
    names = {"number": owed.title, "order_id": owed.order_id, "receivable_id": owed.id}
    if owed.received != owed.paid:
        rule = MoneyRule.RECEIVED_IS_WHAT_RECEIPTS_PAID
        yield _difference(rule, _money(owed.paid, owed.currency), _money(owed.received, owed.currency), **names)
    states = _states(owed)
    if owed.state not in states:
        expected = "/".join(each.value for each in states)
        yield _difference(MoneyRule.A_STATE_IS_WHAT_THE_FIGURES_SAY, expected, owed.state.value, **names)
    if owed.planned > owed.amount and owed.state is not ReceivableState.VOIDED:
        rule = MoneyRule.A_PLAN_IS_AT_MOST_WHAT_IS_OWED
        yield _difference(rule, _money(owed.amount, owed.currency), _money(owed.planned, owed.currency), **names)
    for receipt in owed.strangers:
        rule = MoneyRule.A_RECEIPT_IS_OF_ITS_RECEIVABLES_CUSTOMER
        yield _difference(rule, str(owed.customer_id), "—", **names, receipt_id=receipt)


def _of_owed(order: OrderLedgerEntry, owed: Booked, names: dict[str, Any]) -> Iterator[MoneyDifference]:
    if (owed.amount, owed.currency) != (order.amount, order.currency):
        rule = MoneyRule.A_RECEIVABLE_IS_WHAT_ITS_ORDER_COMES_TO
        yield _difference(rule, _money(order.amount, order.currency), _money(owed.amount, owed.currency), **names)
    if owed.customer_id != order.customer_id:
        rule = MoneyRule.A_RECEIVABLE_IS_OWED_BY_ITS_ORDERS_CUSTOMER
        yield _difference(rule, str(order.customer_id), str(owed.customer_id), **names)
    if owed.state is ReceivableState.VOIDED:
        yield _difference(MoneyRule.AN_APPROVED_ORDER_HAS_A_RECEIVABLE, order.state.value, owed.state.value, **names)
    paid = owed.state is ReceivableState.SETTLED
    if order.state is not OrderState.APPROVED and paid is not (order.state is OrderState.COMPLETED):
        rule = MoneyRule.AN_ORDER_IS_COMPLETE_WHEN_IT_IS_PAID
        expected = OrderState.COMPLETED if paid else OrderState.FULFILLED
        yield _difference(rule, expected.value, order.state.value, **names)


def _of_contract(order: OrderLedgerEntry, contract: Signed | None, names: dict[str, Any]) -> Iterator[MoneyDifference]:
    rule, names = MoneyRule.AN_ORDER_HAS_A_SIGNED_CONTRACT, names | {"contract_id": order.contract_id}
    if contract is None:
        yield _difference(rule, "SIGNED", "—", **names)
    elif contract.state not in SIGNED_STATES:
        yield _difference(rule, "SIGNED", contract.state.value, **names)
    elif contract.customer_id != order.customer_id:
        yield _difference(rule, str(order.customer_id), str(contract.customer_id), **names)


def _states(owed: Booked) -> tuple[ReceivableState, ...]:
    kept = owed.received - owed.refunded
    closed = (ReceivableState.WRITTEN_OFF, ReceivableState.VOIDED)
    if kept >= owed.amount:
        # of nothing at all that is owed nothing may have been paid
        return (ReceivableState.SETTLED, *(closed if not kept else ()))
    if kept > 0:
        return (ReceivableState.PARTIAL, ReceivableState.OVERDUE)
    return (ReceivableState.OPEN, ReceivableState.OVERDUE, *closed)


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:.2f} {currency}"


def _difference(rule: MoneyRule, expected: str, found: str, **names: Any) -> MoneyDifference:
    return MoneyDifference(rule=rule, expected=expected, found=found, **names)
