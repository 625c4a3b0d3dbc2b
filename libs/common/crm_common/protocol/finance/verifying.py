"""Money that adds up (BYD-12): what must hold between order, contract, receivable, receipt and performance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Event, given
from crm_common.protocol.finance.receivables import OrderId, ReceivableId
from crm_common.protocol.finance.service import ContractId, finance
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref


class MoneyRule(StrEnum):
    """What must hold."""

    AN_APPROVED_ORDER_HAS_A_RECEIVABLE = "AN_APPROVED_ORDER_HAS_A_RECEIVABLE"
    """Approved, delivered and completed orders are owed."""
    ONLY_APPROVED_ORDERS_ARE_OWED = "ONLY_APPROVED_ORDERS_ARE_OWED"
    """Drafts, orders in review, rejected, cancelled and voided ones are not."""
    A_RECEIVABLE_IS_OF_AN_ORDER_THAT_EXISTS = "A_RECEIVABLE_IS_OF_AN_ORDER_THAT_EXISTS"
    """Sales knows the order that it names."""
    A_RECEIVABLE_IS_WHAT_ITS_ORDER_COMES_TO = "A_RECEIVABLE_IS_WHAT_ITS_ORDER_COMES_TO"
    """The same amount in the same currency."""
    A_RECEIVABLE_IS_OWED_BY_ITS_ORDERS_CUSTOMER = "A_RECEIVABLE_IS_OWED_BY_ITS_ORDERS_CUSTOMER"
    """The same customer."""
    AN_ORDER_IS_COMPLETE_WHEN_IT_IS_PAID = "AN_ORDER_IS_COMPLETE_WHEN_IT_IS_PAID"
    """A delivered order is COMPLETED exactly when its receivable is SETTLED."""
    AN_ORDER_HAS_A_SIGNED_CONTRACT = "AN_ORDER_HAS_A_SIGNED_CONTRACT"
    """An approved order's contract was signed, by the same customer."""
    PERFORMANCE_IS_WHAT_ITS_ORDER_COMES_TO = "PERFORMANCE_IS_WHAT_ITS_ORDER_COMES_TO"
    """Of approved orders the amount, of the others nothing."""
    RECEIVED_IS_WHAT_RECEIPTS_PAID = "RECEIVED_IS_WHAT_RECEIPTS_PAID"
    """What a receivable counts as received is the sum of its confirmed receipts."""
    A_STATE_IS_WHAT_THE_FIGURES_SAY = "A_STATE_IS_WHAT_THE_FIGURES_SAY"
    """SETTLED with nothing open, PARTIAL with something paid, OPEN with nothing."""
    A_RECEIPT_IS_OF_ITS_RECEIVABLES_CUSTOMER = "A_RECEIPT_IS_OF_ITS_RECEIVABLES_CUSTOMER"
    """The same customer, the same order, the same currency."""
    A_PLAN_IS_AT_MOST_WHAT_IS_OWED = "A_PLAN_IS_AT_MOST_WHAT_IS_OWED"
    """The instalments come to no more than the receivable when it was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyDifference:
    """Something that does not add up."""

    rule: MoneyRule
    """What does not hold."""
    number: str | None = None
    """The order's number, or what the receivable is called."""
    order_id: OrderId | None = None
    """The order."""
    receivable_id: ReceivableId | None = None
    """The receivable."""
    receipt_id: Annotated[UUID, Ref("Receipt")] | None = None
    """The receipt."""
    contract_id: ContractId | None = None
    """The contract."""
    expected: str
    """What should be there."""
    found: str
    """What is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyCheck:
    """A part of the check: so many records were looked at, and this is what does not add up among them."""

    orders: int
    """How many orders were compared."""
    receivables: int
    """How many receivables were compared with their receipts and plans."""
    differences: tuple[MoneyDifference, ...]
    """What does not add up; empty is well."""
    next: str | None
    """Where to go on (``after``); null: everything was looked at."""


@finance.query(needs("finance.report"), returns=MoneyCheck)
@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyMoney:
    """Compare orders, contracts, receivables, receipts and performance, part by part (``crm finance verify``).

    Services tell one another within a second or so; what is on its way then shows as a difference, and is none when
    the same part is asked for again.
    """

    after: Annotated[str, Meta(max_length=50)] | None = given("Where the part before ended; null: begin.", default=None)
    first: Annotated[int, Meta(ge=1, le=1_000)] = given("How many records a part looks at.", default=500)


@finance.event("money.verified", subject="run_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyVerified(Event):
    """The nightly check of the money ended."""

    run_id: UUID
    orders: int
    receivables: int
    differences: int
    """What did not add up, twice."""
