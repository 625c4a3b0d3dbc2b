"""Receipts (回款单, FIN-03, 04): payments of customers, entered by sellers or of an order's vouchers, confirmed by
finance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Command, GetQuery, ListQuery, given
from crm_common.protocol.finance.receivables import OrderId, ReceivableId
from crm_common.protocol.finance.service import (
    VERSION_DOC,
    ContractId,
    CustomerId,
    DocumentId,
    EmployeeId,
    Version,
    finance,
)
from crm_common.protocol.finance.spending import PaymentMethod, Remark, Why
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.finance.receivables import ReceivableView

SEE_RECEIPTS = needs("receipt.view", "receipt.create", "receipt.confirm", "receipt.reverse")
ENTER = needs("receipt.create")
CONFIRM = needs("receipt.confirm")

ReceiptId = Annotated[UUID, Ref("Receipt")]
Payer = Annotated[str, Meta(min_length=1, max_length=200)]


class ReceiptState(StrEnum):
    """How far a payment is looked at (features §3.6)."""

    PENDING = "PENDING"
    """It waits for finance."""
    CONFIRMED = "CONFIRMED"
    """Finance has seen the money."""
    REJECTED = "REJECTED"
    """Finance has not found it."""
    REVERSED = "REVERSED"
    """It was confirmed, and taken back."""


class ReceiptRules(Rules):
    """What is refused about receipts."""

    a_receipt_is_at_most_what_is_open = Rule(
        Code.VALIDATION,
        en="Only {open} is open; enter at most that, or mark it an advance payment.",
        zh="未收金额仅为 {open}；请不要超过该金额，或标记为预收款。",
    )
    a_receipt_is_in_its_receivables_currency = Rule(
        Code.VALIDATION,
        en="The receivable is in {currency}.",
        zh="该应收款的币种为 {currency}。",
    )
    a_receipt_pays_something_or_is_an_advance = Rule(
        Code.VALIDATION,
        en="Name the receivable or its order; without one, name the customer and mark it an advance payment.",
        zh="请选择应收款或订单；没有应收款时，请选择客户并标记为预收款。",
    )
    only_a_pending_receipt_is_decided = Rule(
        Code.BAD_STATE, en="This receipt was decided already ({state}).", zh="该回款单已处理（{state}）。"
    )
    a_confirmed_receipt_is_not_edited = Rule(
        Code.BAD_STATE,
        en="A receipt that was decided is not edited ({state}).",
        zh="已处理的回款单不可修改（{state}）。",
    )
    only_a_confirmed_receipt_is_reversed = Rule(
        Code.BAD_STATE,
        en="Only a confirmed receipt is reversed ({state}).",
        zh="只有已确认的回款单才能冲销（{state}）。",
    )
    only_who_entered_a_receipt_edits_it = Rule(
        Code.FORBIDDEN, en="Only who entered a receipt edits it.", zh="只有登记人才能修改回款单。"
    )
    who_enters_a_receipt_does_not_confirm_it = Rule(
        Code.FORBIDDEN, en="Who entered a receipt does not decide about it.", zh="登记人不能确认自己登记的回款单。"
    )


@finance.view(SEE_RECEIPTS)
@dataclass(slots=True, kw_only=True)
class ReceiptView:
    """A payment; seen by whose data scope of receipts holds the owner of what it pays."""

    id: UUID = shown("The id.", filterable=True)
    receivable_id: ReceivableId | None = shown("What it pays.", filterable=True)
    receivable: ReceivableView | None = child("What it pays; null for those who see no receivables.")
    order_id: OrderId | None = shown("The order.", filterable=True)
    contract_id: ContractId | None = shown("The contract.", filterable=True)
    customer_id: Annotated[UUID, Ref("Customer", record="customer")] = shown("Who paid.", filterable=True)
    customer_name: str | None = shown("His name, as this service knows it.")
    owner_id: EmployeeId = shown("Who sees to the customer's paying.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    state: ReceiptState = shown("How far it is looked at.", filterable=True)
    amount: Decimal = shown("What was paid.", filterable=True, sortable=True)
    allocated: Decimal = shown("How much of it pays the receivable; the rest is an advance payment.")
    currency: str = shown("In which currency.", filterable=True)
    received_on: date = shown("On which day.", filterable=True, sortable=True)
    method: PaymentMethod = shown("How.", filterable=True)
    is_advance: bool = shown("Whether it may be more than what is open.", filterable=True)
    payer: str | None = shown("In whose name it was paid.")
    remark: str | None = shown("A remark.")
    voucher_id: DocumentId | None = shown("The picture that shows the payment.")
    is_voucher_repeated: bool = shown("Whether another receipt shows the same picture (BYD-12).")
    created_by: EmployeeId = shown("Who entered it.", filterable=True)
    decided_by: EmployeeId | None = shown("Who decided about it last.", filterable=True)
    decided_at: datetime | None = shown("When.", filterable=True, sortable=True)
    reason: str | None = shown("Why it was rejected or reversed.")
    created_at: datetime = shown("When it was entered.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@finance.query(SEE_RECEIPTS, returns=ReceiptView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts(ListQuery):
    """Receipts in the viewer's data scope, latest first."""


@finance.query(SEE_RECEIPTS, returns=ReceiptView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptsByIds(GetQuery):
    """Receipts by id."""


@finance.command(ENTER, returns={"receipt": ReceiptView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateReceipt(Command):
    """Enter a payment: of a receivable, of the receivable of an order, or, as an advance payment, of a customer."""

    receivable_id: ReceivableId | None = given("What it pays.", default=None)
    order_id: OrderId | None = given("Or the order whose receivable it pays.", default=None)
    customer_id: CustomerId | None = given("Who paid; needed for an advance payment alone.", default=None)
    amount: Decimal = given("What was paid.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    received_on: date = given("On which day; not in the future.")
    method: PaymentMethod = given("How.", default=PaymentMethod.BANK)
    is_advance: bool = given("Whether it may be more than what is open: the rest is an advance payment.", default=False)
    payer: Payer | None = given("In whose name it was paid.", default=None)
    remark: Remark | None = given("A remark.", default=None)
    voucher_id: DocumentId | None = given("The picture that shows the payment.", default=None)


@finance.command(ENTER, returns={"receipt": ReceiptView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReceipt(Command):
    """Enter a payment differently, as long as nobody has decided about it; by who entered it."""

    id: ReceiptId = given("The receipt.")
    version: Version = given(VERSION_DOC)
    amount: Decimal | UnsetType = given("What was paid.", default=UNSET)
    received_on: date | UnsetType = given("On which day; not in the future.", default=UNSET)
    method: PaymentMethod | UnsetType = given("How.", default=UNSET)
    is_advance: bool | UnsetType = given("Whether it may be more than what is open.", default=UNSET)
    payer: Payer | UnsetType | None = given("In whose name it was paid.", default=UNSET)
    remark: Remark | UnsetType | None = given("A remark.", default=UNSET)


@finance.command(CONFIRM, returns={"receipt": ReceiptView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReceipt(Command):
    """Say that the money was seen (FIN-04); by nobody who entered the receipt. What it pays is that much less open."""

    id: ReceiptId = given("The receipt.")
    version: Version = given(VERSION_DOC)


@finance.command(CONFIRM, returns={"receipt": ReceiptView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RejectReceipt(Command):
    """Say that the money was not found; by nobody who entered the receipt."""

    id: ReceiptId = given("The receipt.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why.")


@finance.command(needs("receipt.reverse"), returns={"receipt": ReceiptView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseReceipt(Command):
    """Take a confirmation back: what it paid is open again."""

    id: ReceiptId = given("The receipt.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyOfOrder:
    """What is known of an order's money."""

    order_id: UUID
    """As it was asked for."""
    receivable: Decimal
    """What is owed in all."""
    confirmed: Decimal
    """What confirmed receipts paid of it."""
    refunded: Decimal
    """What was paid back."""
    open: Decimal
    """What is still owed."""
    currency: str
    """In which currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyOfCustomer:
    """What a customer owes in one currency."""

    customer_id: UUID
    """As it was asked for."""
    open: Decimal
    """In all."""
    overdue: Decimal
    """Of that what was due before."""
    currency: str
    """In which currency."""


Many = Annotated[tuple[UUID, ...], Meta(max_length=1_000)]


@finance.query(INTERNAL, returns=tuple[MoneyOfOrder, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """The money of these orders; those without a receivable are left out."""

    order_ids: Many = given("The orders.")


@finance.query(INTERNAL, returns=tuple[MoneyOfCustomer, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMoney:
    """What these customers owe; those who owe nothing are left out."""

    customer_ids: Many = given("The customers.")
