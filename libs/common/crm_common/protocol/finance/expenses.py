"""Expense claims (报销, FIN-11): written by who spent, reviewed by somebody else, paid by the cashier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, Setting, given
from crm_common.protocol.finance.service import (
    VERSION_DOC,
    CustomerId,
    DepartmentId,
    DocumentId,
    EmployeeId,
    Version,
    finance,
)
from crm_common.protocol.finance.spending import Documents, PaymentMethod, Reference, Remark, Title, Why
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, child, shown

REVIEW = needs("expense.review")
PAY = needs("expense.pay")
SEE_OTHERS = needs("expense.view", "expense.review", "expense.pay")
"""Who sees claims of others, in his data scope of expenses; one's own, everybody sees."""
ExpenseClaimId = Annotated[UUID, Ref("ExpenseClaim")]
MOST_LINES = 100
PAY_DAYS = finance.setting(
    Setting("fin.expense_pay_days", int, 7, "Within how many days an approved expense claim is to be paid.", 0, 90)
)


class ExpenseRules(Rules):
    """Refusals about expense claims."""

    a_claim_is_not_in_this_state = Rule(
        Code.BAD_STATE, en="A claim that is {state} does not allow this.", zh="报销单当前状态（{state}）不允许此操作。"
    )
    a_claim_has_lines = Rule(Code.VALIDATION, en="A claim has at least one line.", zh="报销单至少须有一条明细。")
    who_claims_does_not_review = Rule(
        Code.FORBIDDEN, en="Nobody reviews a claim of his own.", zh="不能审核自己的报销单。"
    )
    a_claim_refused_needs_a_reason = Rule(Code.VALIDATION, en="Say why you refuse it.", zh="请填写驳回原因。")
    a_claim_needs_a_department = Rule(
        Code.BAD_STATE, en="Only who has a department can submit a claim.", zh="没有所属部门，无法提交报销单。"
    )


class ExpenseItem(StrEnum):
    """What money is spent for: budgets are by these."""

    TRAVEL = "TRAVEL"
    """Travel (差旅)."""
    TRANSPORT = "TRANSPORT"
    """Local transport (交通)."""
    MEALS = "MEALS"
    """Meals (餐饮)."""
    ENTERTAINMENT = "ENTERTAINMENT"
    """Entertaining customers (招待)."""
    OFFICE = "OFFICE"
    """Office supplies (办公)."""
    MARKETING = "MARKETING"
    """Marketing (市场推广)."""
    TRAINING = "TRAINING"
    """Training (培训)."""
    OTHER = "OTHER"
    """Anything else (其他)."""


class ClaimState(StrEnum):
    """Where a claim stands."""

    DRAFT = "DRAFT"
    """Being written (草稿)."""
    SUBMITTED = "SUBMITTED"
    """Waits for its review (待审核)."""
    APPROVED = "APPROVED"
    """To be paid (待支付)."""
    REJECTED = "REJECTED"
    """Refused; may be corrected and submitted again (已驳回)."""
    PAID = "PAID"
    """Paid (已支付)."""


class ClaimVerdict(StrEnum):
    """What a reviewer says."""

    APPROVE = "APPROVE"
    """It will be paid (通过)."""
    REJECT = "REJECT"
    """It will not (驳回)."""


@finance.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ExpenseLineView:
    """A line of a claim: what was spent for one thing."""

    id: UUID = shown("The id.")
    place: int = shown("Its place, from 1.")
    item: ExpenseItem = shown("For what.", filterable=True)
    spent_on: date = shown("On which day.", filterable=True)
    amount: Decimal = shown("How much, in the claim's currency.", filterable=True)
    remark: str = shown("What else is to be said.")
    customer_id: CustomerId | None = shown("For which customer.", filterable=True)
    campaign_id: UUID | None = shown("For which campaign, by its key.", filterable=True)
    project: str | None = shown("For which project.", filterable=True)
    document_ids: list[DocumentId] = shown("The receipts' files.")


@finance.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ExpenseClaimView:
    """An expense claim: one's own; those of others by one's data scope of expenses."""

    id: UUID = shown("The id.")
    title: str = shown("What it is about.", filterable=True, sortable=True)
    claimant_id: EmployeeId = shown("Who spent the money.", filterable=True)
    claimant_name: str | None = shown("His name, as this service knows it.")
    department_id: DepartmentId | None = shown("Whose budget it is on.", filterable=True)
    amount: Decimal = shown("The sum of its lines.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    state: ClaimState = shown("Where it stands.", filterable=True)
    submitted_at: datetime | None = shown("When it was submitted last.", filterable=True, sortable=True)
    reviewed_by: EmployeeId | None = shown("Who reviewed it.", filterable=True)
    reviewed_at: datetime | None = shown("When.", filterable=True, sortable=True)
    review_reason: str | None = shown("What the reviewer said.")
    paid_by: EmployeeId | None = shown("Who paid it.", filterable=True)
    paid_on: date | None = shown("On which day it was paid.", filterable=True, sortable=True)
    created_at: datetime = shown("When it was begun.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    lines: list[ExpenseLineView] = child("Its lines, in order.", limit=MOST_LINES)


@finance.query(AUTHENTICATED, returns=ExpenseClaimView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseClaims(ListQuery):
    """One's own claims, and those of others in one's data scope of expenses; the latest first."""


@finance.query(AUTHENTICATED, returns=ExpenseClaimView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseClaimsByIds(GetQuery):
    """Expense claims by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseLineGiven:
    """What was spent for one thing."""

    item: ExpenseItem
    """For what."""
    spent_on: date
    """On which day."""
    amount: Decimal
    """How much."""
    remark: Remark = ""
    """What else is to be said."""
    customer_id: CustomerId | None = None
    """For which customer; must be in the claimant's data scope."""
    campaign_id: UUID | None = None
    """For which campaign, by its key."""
    project: Title | None = None
    """For which project."""
    document_ids: Documents = ()
    """The receipts' files."""


Lines = Annotated[tuple[ExpenseLineGiven, ...], Meta(max_length=MOST_LINES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWarning:
    """A budget that a claim goes beyond."""

    budget_id: Annotated[UUID, Ref("Budget")]
    """The budget."""
    item: ExpenseItem
    """For what it is."""
    amount: Decimal
    """How much it allows."""
    consumed: Decimal
    """How much is spent of it, this claim included."""
    currency: str
    """In which currency."""


@finance.command(AUTHENTICATED, returns={"claim": ExpenseClaimView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateExpenseClaim(Command):
    """Begin a claim of one's own; nothing is asked of anybody until it is submitted."""

    title: Title = given("What it is about.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    lines: Lines = given("What was spent.", default=())


@finance.command(AUTHENTICATED, returns={"claim": ExpenseClaimView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateExpenseClaim(Command):
    """Write one's own claim anew, while it is a draft or after it was refused."""

    id: ExpenseClaimId = given("The claim.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("What it is about.", default=UNSET)
    lines: Lines | UnsetType = given("What was spent; instead of all lines before.", default=UNSET)


@finance.command(AUTHENTICATED, returns={"claim": ExpenseClaimView, "warnings": tuple[BudgetWarning, ...]})
@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitExpenseClaim(Command):
    """Let one's own claim be reviewed. Budgets it goes beyond are named, or keep it from being submitted."""

    id: ExpenseClaimId = given("The claim.")
    version: Version = given(VERSION_DOC)


@finance.command(AUTHENTICATED, returns={"claim": ExpenseClaimView})
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawExpenseClaim(Command):
    """Take one's own claim back before it is reviewed: it is a draft again."""

    id: ExpenseClaimId = given("The claim.")
    version: Version = given(VERSION_DOC)


@finance.command(REVIEW, returns={"claim": ExpenseClaimView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewExpenseClaim(Command):
    """Approve or refuse a claim of somebody else; what is approved becomes a payable."""

    id: ExpenseClaimId = given("The claim.")
    version: Version = given(VERSION_DOC)
    verdict: ClaimVerdict = given("What one decides.")
    reason: Why | None = given("Why; needed for a refusal.", default=None)


@finance.command(PAY, returns={"claim": ExpenseClaimView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PayExpenseClaim(Command):
    """Register that an approved claim was paid, as a whole."""

    id: ExpenseClaimId = given("The claim.")
    version: Version = given(VERSION_DOC)
    paid_on: date = given("On which day.")
    method: PaymentMethod = given("How.", default=PaymentMethod.BANK)
    reference: Reference | None = given("The number of the transfer or cheque.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseEvent(Event):
    """What every event of a claim tells."""

    claim_id: UUID
    claimant_id: UUID
    title: str
    amount: Decimal
    currency: str
    changes: Changes


@finance.event("expense.created", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseCreated(ExpenseEvent):
    """Somebody began a claim."""


@finance.event("expense.updated", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseUpdated(ExpenseEvent):
    """It was written anew."""


@finance.event("expense.submitted", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseSubmitted(ExpenseEvent):
    """It waits for its review."""


@finance.event("expense.withdrawn", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseWithdrawn(ExpenseEvent):
    """It was taken back."""


@finance.event("expense.approved", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseApproved(ExpenseEvent):
    """It will be paid."""

    payable_id: UUID
    reviewed_by: UUID


@finance.event("expense.rejected", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseRejected(ExpenseEvent):
    """It was refused."""

    reviewed_by: UUID
    reason: str


@finance.event("expense.paid", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpensePaid(ExpenseEvent):
    """It was paid."""

    payment_id: UUID
    paid_by: UUID
    paid_on: date


@finance.event("expense.line_written", subject="claim_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseLineWritten(Event):
    """What a line of a claim says of a customer: told apart, so that it is forgotten with him (AUD-03)."""

    personal = Personal(of="customer_id", fields=("remark", "project"))
    claim_id: UUID
    line_id: UUID
    customer_id: UUID
    remark: str
    project: str | None


@finance.event("cost.allocated", subject="line_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CostAllocated(Event):
    """A line of an approved claim is a cost of a campaign, a customer or a project (FIN-18)."""

    personal = Personal(of="customer_id", fields=("project",))
    line_id: UUID
    claim_id: UUID
    campaign_id: UUID | None
    customer_id: UUID | None
    project: str | None
    item: ExpenseItem
    amount: Decimal
    currency: str
    spent_on: date
