"""What can be done with an order (features §3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Command, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.orders import REVIEW, OfDocument, OfProduct, OrderId, OrderView
from crm_common.protocol.sales.service import VERSION_DOC, CustomerId, Version, sales
from crm_common.protocol.views import Ref

CREATE = needs("order.create")
SUBMIT = needs("order.submit")

Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Remark = Annotated[str, Meta(max_length=5_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
ContractId = Annotated[UUID, Ref("Contract")]
Documents = Annotated[tuple[OfDocument, ...], Meta(max_length=50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedItem:
    """A product that is ordered."""

    product_id: OfProduct
    """The product; it is on sale."""
    quantity: Decimal
    """How many, above zero."""
    price: Decimal | None = None
    """Of one unit; absent: the list price."""
    discount: Decimal = Decimal(0)
    """The part taken off: 0.1 is ten per cent."""
    starts_on: date | None = None
    """When the service bought begins."""
    ends_on: date | None = None
    """When it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentVoucher:
    """A payment that the customer made."""

    document_id: OfDocument
    """The picture or pdf that shows it, uploaded by the caller."""
    amount: Decimal
    """What was paid."""
    paid_on: date
    """When."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedContract:
    """A contract that was signed offline; it is registered with finance in the caller's name."""

    name: Name
    """What it is called."""
    amount: Decimal | None = None
    """What it is worth; absent: what the order comes to."""
    signed_on: date
    """The day it was signed."""
    signed_files: Documents
    """The signed contract, as files that were uploaded."""
    starts_on: date | None = None
    """Its first day."""
    ends_on: date | None = None
    """Its last day."""


Lines = Annotated[tuple[OrderedItem, ...], Meta(max_length=100)]
Vouchers = Annotated[tuple[PaymentVoucher, ...], Meta(max_length=20)]
_DUE = "When it is to be paid; absent: sales.payment_days after the approval."


class OrderDecision(StrEnum):
    """What a reviewer decides."""

    APPROVE = "APPROVE"
    """通过: the order holds."""
    REJECT = "REJECT"
    """驳回: it goes back to its owner, with a reason."""


@sales.command(CREATE, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder(Command):
    """Write down an order of one's own customer (SAL-17)."""

    customer_id: CustomerId = given("The customer, in the caller's name.")
    lines: Lines = given("What is ordered.", default=())
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    due_on: date | None = given(_DUE, default=None)
    remark: Remark | None = given("What else is to be known.", default=None)


@sales.command(CREATE, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOrder(Command):
    """Change an order that is a draft or was rejected. Fields that are left out stay as they are."""

    id: OrderId = given("The order.")
    version: Version = given(VERSION_DOC)
    lines: Lines | UnsetType = given("What is ordered, all of it.", default=UNSET)
    due_on: date | UnsetType | None = given(_DUE, default=UNSET)
    remark: Remark | UnsetType | None = given("What else is to be known.", default=UNSET)


@sales.command(SUBMIT, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitOrder(Command):
    """Submit an order for review (SAL-17, 18): products, contract and vouchers may all come in this one call.

    Everything that lacks is named at once. Without ``id`` the order of ``customer_id`` is written down and submitted.
    """

    id: OrderId | None = given("The order; absent: a new one.", default=None)
    version: Version | None = given("Of an order there is: the version the editor saw.", default=None)
    customer_id: CustomerId | None = given("Of a new order: the customer, in the caller's name.", default=None)
    lines: Lines | UnsetType = given("What is ordered; absent: what the order has.", default=UNSET)
    contract_id: ContractId | UnsetType = given("Its contract; absent: what the order has.", default=UNSET)
    contract: SignedContract | None = given("Instead: a contract that was signed offline.", default=None)
    vouchers: Vouchers | UnsetType = given("What was paid; absent: what the order has.", default=UNSET)
    due_on: date | UnsetType | None = given(_DUE, default=UNSET)


@sales.command(SUBMIT, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOrder(Command):
    """Take back an order that one submitted, before anybody decided: it is a draft again."""

    id: OrderId = given("The order.")
    version: Version = given(VERSION_DOC)


@sales.command(REVIEW, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOrder(Command):
    """Approve or reject an order that waits for review (FIN-01). One decision is enough; a second one is BAD_STATE."""

    id: OrderId = given("The order.")
    version: Version = given(VERSION_DOC)
    decision: OrderDecision = given("What is decided.")
    reason: Reason | None = given("Why; needed to reject.", default=None)


@sales.command(CREATE, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder(Command):
    """Give up an order that was never approved."""

    id: OrderId = given("The order.")
    version: Version = given(VERSION_DOC)


@sales.command(CREATE, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class MarkOrderDelivered(Command):
    """Say that everything ordered was delivered (SAL-19)."""

    id: OrderId = given("The order.")
    version: Version = given(VERSION_DOC)
    delivered_on: date | None = given("When; absent: today.", default=None)
    note: Remark | None = given("What is to be known of it.", default=None)
