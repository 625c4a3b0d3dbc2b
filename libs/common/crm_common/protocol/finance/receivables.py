"""Receivables (应收, FIN-02): what customers owe, of which order or contract, until when, and how far it is paid."""

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
from crm_common.protocol.declare import Command, GetQuery, ListQuery, Setting, given
from crm_common.protocol.finance.service import (
    VERSION_DOC,
    ContractId,
    CustomerId,
    EmployeeId,
    Version,
    finance,
)
from crm_common.protocol.finance.spending import Remark, Title, Why
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.finance.receipt_plans import ReceiptPlanView
    from crm_common.protocol.finance.receipts import ReceiptView

SEE_RECEIVABLES = needs("receivable.view", "receivable.edit", "receivable.write_off")
EDIT_RECEIVABLES = needs("receivable.edit")
WRITE_OFF = "write_off"
"""The kind of approval that writing off waits for."""

DUE_DAYS = finance.setting(
    Setting("fin.due_days", int, 30, "Days after its approval by which an order is paid when it names no day.", 0, 3650)
)
REMIND_DAYS = finance.setting(
    Setting("fin.remind_days", int, 3, "Days before the due day on which collecting is first reminded of.", 0, 90)
)

ReceivableId = Annotated[UUID, Ref("Receivable")]
OrderId = Annotated[UUID, Ref("Order")]


class ReceivableState(StrEnum):
    """How far a receivable is paid (features §3.6)."""

    OPEN = "OPEN"
    """Nothing is paid."""
    PARTIAL = "PARTIAL"
    """Part of it is paid."""
    OVERDUE = "OVERDUE"
    """Its due day has passed, and something is open."""
    SETTLED = "SETTLED"
    """It is paid in full."""
    WRITTEN_OFF = "WRITTEN_OFF"
    """Nobody expects the money any more."""
    VOIDED = "VOIDED"
    """What it was for no longer holds."""


class ReceivableSource(StrEnum):
    """What a receivable is for."""

    ORDER = "ORDER"
    """An approved order."""
    CONTRACT = "CONTRACT"
    """An instalment of a contract."""
    OTHER = "OTHER"
    """Other income."""


class ReceivableRules(Rules):
    """What is refused about receivables."""

    only_an_open_receivable_takes_money = Rule(
        Code.BAD_STATE,
        en="This receivable takes no receipts ({state}).",
        zh="该应收款当前状态（{state}）不能登记回款。",
    )
    only_what_nobody_has_paid_is_written_off = Rule(
        Code.BAD_STATE,
        en="Only an open receivable, of which nothing is paid, is written off ({state}).",
        zh="只有未收款的应收款才能核销（当前状态：{state}）。",
    )
    a_receivable_waits_for_its_approval = Rule(
        Code.BAD_STATE,
        en="Writing this receivable off waits for approval already.",
        zh="该应收款的核销申请正在审批中。",
    )
    only_an_open_receivable_is_changed = Rule(
        Code.BAD_STATE,
        en="This receivable can no longer be changed ({state}).",
        zh="该应收款当前状态（{state}）不可修改。",
    )
    what_was_paid_is_not_voided = Rule(
        Code.BAD_STATE,
        en="Money was received for this; return it first.",
        zh="该款项已有回款，请先办理退款。",
    )
    an_orders_receivable_goes_with_it = Rule(
        Code.BAD_STATE, en="This receivable is of an order; void the order.", zh="该应收款来自订单，请作废订单。"
    )
    a_due_day_lies_ahead = Rule(Code.VALIDATION, en="The due day lies in the past.", zh="到期日不能早于今天。")


@finance.view(SEE_RECEIVABLES)
@dataclass(slots=True, kw_only=True)
class ReceivableView:
    """What a customer owes; seen by whose data scope of receivables holds its owner."""

    id: UUID = shown("The id.", filterable=True)
    title: str = shown("What it is for: the order's number, or in words.", filterable=True)
    source: ReceivableSource = shown("What it comes from.", filterable=True)
    order_id: OrderId | None = shown("The order.", filterable=True)
    contract_id: ContractId | None = shown("The contract.", filterable=True)
    customer_id: Annotated[UUID, Ref("Customer", record="customer")] = shown("Who owes it.", filterable=True)
    customer_name: str | None = shown("His name, as this service knows it.")
    owner_id: EmployeeId = shown("Who sees to it that it is paid.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    state: ReceivableState = shown("How far it is paid.", filterable=True)
    amount: Decimal = shown("What is owed in all.", filterable=True, sortable=True)
    received: Decimal = shown("What confirmed receipts paid of it.", filterable=True, sortable=True)
    refunded: Decimal = shown("What was paid back of that.")
    open_amount: Decimal = shown("What is still owed.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    arose_on: date = shown("Since when it is owed.", filterable=True, sortable=True)
    due_on: date = shown("Until when it is to be paid.", filterable=True, sortable=True)
    settled_at: datetime | None = shown("When it was paid in full.", filterable=True, sortable=True)
    is_write_off_asked: bool = shown("Whether writing it off waits for approval.", filterable=True)
    closed_reason: str | None = shown("Why it was written off or voided.")
    remark: str | None = shown("A remark.")
    receipts: list[ReceiptView] = child("What was paid, latest first.")
    plan: list[ReceiptPlanView] = child("In which instalments it is to be paid.")
    created_at: datetime = shown("When it was made.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@finance.query(SEE_RECEIVABLES, returns=ReceivableView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Receivables(ListQuery):
    """Receivables in the viewer's data scope, first what is due first."""


@finance.query(SEE_RECEIVABLES, returns=ReceivableView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivablesByIds(GetQuery):
    """Receivables by id."""


@finance.command(EDIT_RECEIVABLES, returns={"receivable": ReceivableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateReceivable(Command):
    """Enter what a customer owes without an order: an instalment of a contract, or other income."""

    customer_id: CustomerId = given("Who owes it.")
    contract_id: ContractId | None = given("The contract it is an instalment of.", default=None)
    title: Title = given("What it is for.")
    amount: Decimal = given("What is owed.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    due_on: date | None = given("Until when; absent: fin.due_days from today.", default=None)
    remark: Remark | None = given("A remark.", default=None)


@finance.command(EDIT_RECEIVABLES, returns={"receivable": ReceivableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReceivable(Command):
    """Give a receivable that is not overdue another due day, or a remark."""

    id: ReceivableId = given("The receivable.")
    version: Version = given(VERSION_DOC)
    due_on: date | UnsetType = given("Until when it is to be paid; not in the past.", default=UNSET)
    remark: Remark | UnsetType | None = given("A remark.", default=UNSET)


@finance.command(needs("receivable.write_off"), returns={"receivable": ReceivableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffReceivable(Command):
    """Ask to write off an open receivable; it is when the approval (kind write_off) says yes."""

    id: ReceivableId = given("The receivable.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why nobody expects the money.")


@finance.command(needs("receivable.edit"), returns={"receivable": ReceivableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class VoidReceivable(Command):
    """Void a receivable that was entered by hand and of which nothing is paid; an order's goes with its order."""

    id: ReceivableId = given("The receivable.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why it does not hold.")


class TotalsBy(StrEnum):
    """What receivables are summed up by."""

    STATE = "STATE"
    """How far they are paid."""
    CUSTOMER = "CUSTOMER"
    """Who owes them."""
    OWNER = "OWNER"
    """Who sees to them."""
    MONTH = "MONTH"
    """The month they arose in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableTotal:
    """The sums of one group of receivables, in one currency."""

    key: str
    """The state, the month (2026-11), or the record's key within its service."""
    name: str | None
    """The customer's or owner's name."""
    currency: str
    """In which currency."""
    count: int
    """How many there are."""
    amount: Decimal
    """What is owed in all."""
    received: Decimal
    """What was paid of it, less what was paid back."""
    open_amount: Decimal
    """What is still owed."""


@finance.query(SEE_RECEIVABLES, returns=tuple[ReceivableTotal, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableTotals:
    """Sums of the receivables in the viewer's data scope, the largest open ones first; voided ones are left out."""

    by: TotalsBy = given("By what.")
    from_day: date | None = given("Those that arose on this day or later.", default=None)
    to_day: date | None = given("Those that arose on this day or earlier.", default=None)
    first: Annotated[int, Meta(ge=1, le=500)] = given("At most so many groups.", default=100)


class AgeingBucket(StrEnum):
    """For how long something has been owed."""

    UP_TO_30 = "UP_TO_30"
    """Up to 30 days."""
    UP_TO_60 = "UP_TO_60"
    """31 to 60 days."""
    UP_TO_90 = "UP_TO_90"
    """61 to 90 days."""
    OVER_90 = "OVER_90"
    """More than 90 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingLine:
    """What is owed for so long, in one currency."""

    bucket: AgeingBucket
    """For how long."""
    currency: str
    """In which currency."""
    count: int
    """How many receivables."""
    open_amount: Decimal
    """What is still owed."""


@finance.query(needs("receivable.view", "receivable.edit"), returns=tuple[AgeingLine, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivablesAgeing:
    """What is open in the viewer's data scope by its age (账龄, FIN-07), counted from the day on which it arose."""

    customer_id: CustomerId | None = given("Of one customer only.", default=None)
    owner_id: EmployeeId | None = given("Of one owner only.", default=None)
