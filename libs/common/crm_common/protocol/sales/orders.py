"""Orders (SAL-17 … 20, FIN-01): what a customer bought, its contract and payments, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.protocol.declare import GetQuery, ListQuery, Setting, given
from crm_common.protocol.history import HistoryEntryView
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.service import EmployeeId, sales
from crm_common.protocol.views import Ref, child, shown

SEE = needs("order.view", "order.review")
REVIEW = needs("order.review")

OrderId = Annotated[UUID, Ref("Order")]
OfOwner = Annotated[UUID, Ref("Employee", record="owner")]
OfCustomer = Annotated[UUID, Ref("Customer", record="customer")]
OfContract = Annotated[UUID, Ref("Contract", record="contract")]
OfDocument = Annotated[UUID, Ref("Document")]
OfProduct = Annotated[UUID, Ref("Product")]

PAYMENT_DAYS = sales.setting(
    Setting(
        "sales.payment_days",
        int,
        30,
        "Days from its approval until an order is to be paid, unless it says itself.",
        0,
        3650,
    )
)


class OrderState(StrEnum):
    """Where an order stands (features §3.4)."""

    DRAFT = "DRAFT"
    """草稿: written down, not submitted."""
    PENDING_REVIEW = "PENDING_REVIEW"
    """待审核: waits for operations or finance; locked."""
    APPROVED = "APPROVED"
    """已通过: approved, not delivered yet."""
    REJECTED = "REJECTED"
    """已驳回: may be corrected and submitted again."""
    FULFILLED = "FULFILLED"
    """已交付: delivered, not paid in full yet."""
    COMPLETED = "COMPLETED"
    """已完成: delivered and paid in full."""
    CANCELLED = "CANCELLED"
    """已取消: given up before it was approved."""
    VOIDED = "VOIDED"
    """已作废: approved once, no longer valid."""


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OrderLineView:
    """A line of an order, with the words and prices of when it was agreed."""

    id: UUID = shown("The id.")
    product_id: OfProduct = shown("The product.", filterable=True)
    name: str = shown("What it was called.")
    unit: str = shown("What is counted.")
    quantity: Decimal = shown("How many.")
    price: Decimal = shown("Of one unit.")
    discount: Decimal = shown("The part taken off: 0.1 is ten per cent.")
    amount: Decimal = shown("Of the line, to the cent.")
    returned: Decimal = shown("How many of them came back (SAL-20).")
    starts_on: date | None = shown("When the service bought begins.")
    ends_on: date | None = shown("When it ends (SAL-42).")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OrderVoucherView:
    """A payment that the customer made by his own account (打款凭证), with the picture that shows it."""

    id: UUID = shown("The id.")
    document_id: OfDocument = shown("The picture.")
    amount: Decimal = shown("What was paid.")
    currency: str = shown("In which currency.")
    paid_on: date = shown("When.")
    duplicate_voucher_of: OrderId | None = shown("Another order that was given the very same picture (BYD-12).")
    duplicate_voucher_number: str | None = shown("That order's number.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OrderView:
    """An order: whose orders one sees is the data scope of the section order."""

    id: UUID = shown("The id.", filterable=True)
    number: str = shown("Its unique number.", filterable=True, sortable=True)
    customer_id: OfCustomer = shown("The customer.", filterable=True)
    customer_name: str | None = shown("Its name, as this service knows it.")
    owner_id: OfOwner = shown("Whose order it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    state: OrderState = shown("Where it stands.", filterable=True, sortable=True)
    amount: Decimal = shown("What it comes to, to the cent.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    opportunity_id: UUID | None = shown("The opportunity it came of.")
    quote_id: UUID | None = shown("The quote it came of.")
    contract_id: OfContract | None = shown("Its contract.", filterable=True)
    due_on: date | None = shown("When it is to be paid.", filterable=True, sortable=True)
    remark: str | None = shown("What else is to be known.")
    voucher_amount: Decimal = shown("What its vouchers say was paid; compare it with the amount.")
    received: Decimal = shown("What finance has confirmed, less what was paid back.", filterable=True)
    submitted_by: EmployeeId | None = shown("Who submitted it.", filterable=True)
    submitted_at: datetime | None = shown("When.", filterable=True, sortable=True)
    reviewed_by: EmployeeId | None = shown("Who decided.", filterable=True)
    reviewed_by_name: str | None = shown("His name, as this service knows it.")
    reviewed_at: datetime | None = shown("When.", filterable=True, sortable=True)
    reason: str | None = shown("Why it was rejected, undone or voided.")
    delivered_on: date | None = shown("When it was delivered.", filterable=True)
    delivery_note: str | None = shown("What is to be known of that.")
    voiding: bool = shown("Whether an approval to void it is under way.")
    created_at: datetime = shown("When it was written down.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    lines: list[OrderLineView] = child("What was ordered.", limit=100)
    vouchers: list[OrderVoucherView] = child("What was paid.", limit=100)


sales.searchable(OrderView, title="number", details=("customer_name", "owner_name"))


@sales.query(SEE, returns=OrderView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Orders(ListQuery):
    """Orders in the viewer's data scope, latest first."""


@sales.query(SEE, returns=OrderView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersByIds(GetQuery):
    """Orders by id."""


@sales.query(REVIEW, returns=OrderView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersToReview(ListQuery):
    """Orders that wait for review, the longest waiting first (FIN-01)."""


@sales.query(SEE, returns=HistoryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHistory(ListQuery):
    """What happened to an order, latest first (SAL-19)."""

    id: OrderId = given("The order.")
