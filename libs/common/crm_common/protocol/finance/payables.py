"""Payables (应付款, FIN-08): what the company owes, from approved claims and purchases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.finance.service import VERSION_DOC, ContractId, EmployeeId, Version, finance
from crm_common.protocol.finance.spending import Remark, Title, Why
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

SEE_PAYABLES = needs("payable.view", "payable.edit", "payment.register")
EDIT_PAYABLES = needs("payable.edit")
PayableId = Annotated[UUID, Ref("Payable")]
PAYABLE_REMIND_DAYS = finance.setting(
    Setting("fin.payable_remind_days", int, 3, "How many days before a payable is due somebody is reminded.", 0, 60)
)
ExpenseClaimRef = Annotated[UUID, Ref("ExpenseClaim")]


class PayableRules(Rules):
    """Refusals about payables."""

    a_payable_is_not_in_this_state = Rule(
        Code.BAD_STATE,
        en="A payable that is {state} does not allow this.",
        zh="应付款当前状态（{state}）不允许此操作。",
    )
    a_claim_is_paid_by_itself = Rule(
        Code.BAD_STATE,
        en="This is owed for an expense claim: it changes with the claim only.",
        zh="该应付款来自报销单，请在报销单中处理。",
    )
    what_was_paid_stays_owed = Rule(
        Code.VALIDATION, en="{paid} were paid already: it cannot be less.", zh="已支付 {paid}，金额不能更小。"
    )
    a_payable_that_was_paid_is_not_voided = Rule(
        Code.BAD_STATE, en="Payments were made for it: it cannot be voided.", zh="已有付款，不能作废。"
    )


class PayableKind(StrEnum):
    """What it is owed for."""

    EXPENSE = "EXPENSE"
    """An approved expense claim (报销)."""
    PURCHASE = "PURCHASE"
    """Something that was bought (采购)."""
    OTHER = "OTHER"
    """Anything else (其他)."""


class PayableState(StrEnum):
    """Where a payable stands."""

    OPEN = "OPEN"
    """Nothing was paid (未付)."""
    PARTIAL = "PARTIAL"
    """Something was paid (部分付款)."""
    OVERDUE = "OVERDUE"
    """It is not fully paid, and its day has passed (逾期)."""
    SETTLED = "SETTLED"
    """It is fully paid (已付清)."""
    VOIDED = "VOIDED"
    """It was entered in error (已作废)."""


@finance.view(SEE_PAYABLES)
@dataclass(slots=True, kw_only=True)
class PayableView:
    """What the company owes somebody; seen by one's data scope of payables, by the person in charge."""

    id: UUID = shown("The id.")
    kind: PayableKind = shown("What it is owed for.", filterable=True)
    title: str = shown("What it is about.", filterable=True, sortable=True)
    payee: str = shown("To whom.", filterable=True, sortable=True)
    amount: Decimal = shown("How much in all.", filterable=True, sortable=True)
    paid_amount: Decimal = shown("How much of it was paid.", filterable=True, sortable=True)
    open_amount: Decimal = shown("How much is still owed.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    due_on: date = shown("By which day.", filterable=True, sortable=True)
    state: PayableState = shown("Where it stands.", filterable=True)
    owner_id: EmployeeId = shown("Who is in charge of it.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    claim_id: ExpenseClaimRef | None = shown("The expense claim it comes from.", filterable=True)
    contract_id: ContractId | None = shown("The contract it comes from.", filterable=True)
    remark: str = shown("What else is to be said.")
    void_reason: str | None = shown("Why it was voided.")
    created_at: datetime = shown("When it was entered.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@finance.query(SEE_PAYABLES, returns=PayableView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Payables(ListQuery):
    """Payables in the viewer's data scope, those due first before the others."""


@finance.query(SEE_PAYABLES, returns=PayableView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PayablesByIds(GetQuery):
    """Payables by id."""


@finance.command(EDIT_PAYABLES, returns={"payable": PayableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePayable(Command):
    """Enter what the company owes, for a purchase or anything else but an expense claim."""

    kind: PayableKind = given("What it is owed for.", default=PayableKind.PURCHASE)
    title: Title = given("What it is about.")
    payee: Title = given("To whom.")
    amount: Decimal = given("How much.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    due_on: date = given("By which day.")
    owner_id: EmployeeId | None = given("Who is in charge of it; absent: the caller.", default=None)
    contract_id: ContractId | None = given("The contract it comes from.", default=None)
    remark: Remark = given("What else is to be said.", default="")


@finance.command(EDIT_PAYABLES, returns={"payable": PayableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePayable(Command):
    """Correct a payable that is not fully paid."""

    id: PayableId = given("The payable.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("What it is about.", default=UNSET)
    payee: Title | UnsetType = given("To whom.", default=UNSET)
    amount: Decimal | UnsetType = given("How much; at least what was paid.", default=UNSET)
    due_on: date | UnsetType = given("By which day.", default=UNSET)
    owner_id: EmployeeId | UnsetType = given("Who is in charge of it.", default=UNSET)
    remark: Remark | UnsetType = given("What else is to be said.", default=UNSET)


@finance.command(EDIT_PAYABLES, returns={"payable": PayableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class VoidPayable(Command):
    """Void a payable for which nothing was paid."""

    id: PayableId = given("The payable.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableEvent(Event):
    """What every event of a payable tells."""

    payable_id: UUID
    kind: PayableKind
    title: str
    owner_id: UUID
    claim_id: UUID | None
    amount: Decimal
    open_amount: Decimal
    currency: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PayableChange(PayableEvent):
    """What every change of a payable tells."""

    changes: Changes


@finance.event("payable.created", subject="payable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PayableCreated(PayableChange):
    """Something is owed."""


@finance.event("payable.updated", subject="payable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PayableUpdated(PayableChange):
    """It was corrected."""


@finance.event("payable.paid", subject="payable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PayablePaid(PayableChange):
    """Some or all of it was paid."""


@finance.event("payable.overdue", subject="payable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PayableOverdue(PayableChange):
    """Its day passed before it was fully paid."""


@finance.event("payable.voided", subject="payable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PayableVoided(PayableChange):
    """It was entered in error."""

    reason: str


@finance.event("payable.due", subject="payable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PayableDue(PayableEvent):
    """The person in charge is to be reminded: some days before, on its day, and weekly from then on."""

    reminded_on: date
