"""BYD-12: each invariant of the money, broken once and named; the rules alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from crm_common.protocol.finance.contract_states import ContractState
from crm_common.protocol.finance.receivables import ReceivableState
from crm_common.protocol.finance.verifying import MoneyDifference, MoneyRule
from crm_common.protocol.sales.orders import OrderState
from crm_common.protocol.sales.orders_internal import OrderLedgerEntry
from finance.domain.adding_up import Booked, Signed, of_nothing, of_order, of_receivable

D = Decimal
ORDER = OrderLedgerEntry(
    order_id=UUID(int=1), number="SO-1", state=OrderState.APPROVED, amount=D("8000.00"), currency="CNY",
    customer_id=UUID(int=2), owner_id=UUID(int=3), contract_id=UUID(int=4), performance=D("8000.00"),
)  # fmt: skip
OWED = Booked(
    id=UUID(int=5), title="SO-1", order_id=UUID(int=1), customer_id=UUID(int=2), state=ReceivableState.PARTIAL,
    amount=D("8000.00"), received=D("3000.00"), refunded=D(0), currency="CNY", paid=D("3000.00"),
    planned=D("8000.00"), strangers=(),
)  # fmt: skip
CONTRACT = Signed(id=UUID(int=4), customer_id=UUID(int=2), state=ContractState.SIGNED)
PAID = replace(OWED, state=ReceivableState.SETTLED, received=D("8000.00"), paid=D("8000.00"))


def found(order: OrderLedgerEntry, owed: Booked | None = OWED, contract: Signed | None = CONTRACT) -> list[str]:
    return [each.rule.value for each in of_order(order, owed, contract)]


def test_what_adds_up_is_no_difference() -> None:
    assert found(ORDER) == []
    assert found(replace(ORDER, state=OrderState.FULFILLED)) == []
    assert found(replace(ORDER, state=OrderState.COMPLETED), PAID) == []
    nothing = replace(ORDER, performance=D(0))
    for state in (OrderState.DRAFT, OrderState.PENDING_REVIEW, OrderState.REJECTED, OrderState.CANCELLED):
        assert found(replace(nothing, state=state), None, None) == []
    assert found(replace(nothing, state=OrderState.VOIDED), replace(OWED, state=ReceivableState.VOIDED)) == []
    for owed in (OWED, PAID, replace(OWED, state=ReceivableState.OVERDUE)):
        assert list(of_receivable(owed)) == []
    unpaid = replace(OWED, received=D(0), paid=D(0))
    for closed in ("OPEN", "OVERDUE", "WRITTEN_OFF", "VOIDED"):
        assert list(of_receivable(replace(unpaid, state=ReceivableState(closed)))) == []
    # a part came back after everything was paid, and money went back for it
    assert list(of_receivable(replace(PAID, amount=D(7000), refunded=D(1000), planned=D(0)))) == []


Broken = Callable[[], list[str]]
BROKEN: list[tuple[MoneyRule, Broken]] = [
    (MoneyRule.AN_APPROVED_ORDER_HAS_A_RECEIVABLE, lambda: found(ORDER, None)),
    (
        MoneyRule.AN_APPROVED_ORDER_HAS_A_RECEIVABLE,
        lambda: found(ORDER, replace(OWED, state=ReceivableState.VOIDED)),
    ),
    (
        MoneyRule.ONLY_APPROVED_ORDERS_ARE_OWED,
        lambda: found(replace(ORDER, state=OrderState.VOIDED, performance=D(0))),
    ),
    (MoneyRule.A_RECEIVABLE_IS_WHAT_ITS_ORDER_COMES_TO, lambda: found(ORDER, replace(OWED, amount=D("8000.01")))),
    (MoneyRule.A_RECEIVABLE_IS_WHAT_ITS_ORDER_COMES_TO, lambda: found(ORDER, replace(OWED, currency="USD"))),
    (
        MoneyRule.A_RECEIVABLE_IS_OWED_BY_ITS_ORDERS_CUSTOMER,
        lambda: found(ORDER, replace(OWED, customer_id=UUID(int=9))),
    ),
    (MoneyRule.AN_ORDER_IS_COMPLETE_WHEN_IT_IS_PAID, lambda: found(replace(ORDER, state=OrderState.COMPLETED))),
    (MoneyRule.AN_ORDER_IS_COMPLETE_WHEN_IT_IS_PAID, lambda: found(replace(ORDER, state=OrderState.FULFILLED), PAID)),
    (MoneyRule.AN_ORDER_HAS_A_SIGNED_CONTRACT, lambda: found(ORDER, contract=None)),
    (
        MoneyRule.AN_ORDER_HAS_A_SIGNED_CONTRACT,
        lambda: found(ORDER, contract=replace(CONTRACT, state=ContractState.APPROVED)),
    ),
    (
        MoneyRule.AN_ORDER_HAS_A_SIGNED_CONTRACT,
        lambda: found(ORDER, contract=replace(CONTRACT, customer_id=UUID(int=9))),
    ),
    (MoneyRule.PERFORMANCE_IS_WHAT_ITS_ORDER_COMES_TO, lambda: found(replace(ORDER, performance=D("16000.00")))),
    (
        MoneyRule.PERFORMANCE_IS_WHAT_ITS_ORDER_COMES_TO,
        lambda: found(replace(ORDER, state=OrderState.DRAFT), None, None),
    ),
    (MoneyRule.A_RECEIVABLE_IS_OF_AN_ORDER_THAT_EXISTS, lambda: [of_nothing(OWED).rule.value]),
    (MoneyRule.RECEIVED_IS_WHAT_RECEIPTS_PAID, lambda: rules(replace(OWED, paid=D("2999.99")))),
    (MoneyRule.A_STATE_IS_WHAT_THE_FIGURES_SAY, lambda: rules(replace(OWED, state=ReceivableState.OPEN))),
    (MoneyRule.A_STATE_IS_WHAT_THE_FIGURES_SAY, lambda: rules(replace(PAID, state=ReceivableState.PARTIAL))),
    (MoneyRule.A_STATE_IS_WHAT_THE_FIGURES_SAY, lambda: rules(replace(OWED, state=ReceivableState.WRITTEN_OFF))),
    (MoneyRule.A_PLAN_IS_AT_MOST_WHAT_IS_OWED, lambda: rules(replace(OWED, planned=D("8000.01")))),
    (MoneyRule.A_RECEIPT_IS_OF_ITS_RECEIVABLES_CUSTOMER, lambda: rules(replace(OWED, strangers=(UUID(int=7),)))),
]


def rules(owed: Booked) -> list[str]:
    return [each.rule.value for each in of_receivable(owed)]


@pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=lambda each: getattr(each, "value", ""))
def test_whatever_is_broken_is_named_and_nothing_else(rule: MoneyRule, broken: Broken) -> None:
    assert broken() == [rule.value]


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, _ in BROKEN} == set(MoneyRule)


def test_a_difference_names_its_records_and_both_figures() -> None:
    [told] = of_order(ORDER, replace(OWED, amount=D("8000.01")), CONTRACT)
    assert told == MoneyDifference(
        rule=MoneyRule.A_RECEIVABLE_IS_WHAT_ITS_ORDER_COMES_TO, number="SO-1", order_id=UUID(int=1),
        receivable_id=UUID(int=5), expected="8000.00 CNY", found="8000.01 CNY",
    )  # fmt: skip
