"""Credit evaluation (CUS-44): how far a customer is trusted with money, written by one, approved by finance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.service import (
    VERSION_DOC,
    CustomerId,
    EmployeeId,
    Reason,
    Text,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, Setting, given
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.customer.customers import CustomerView

SEE_CREDIT = needs("credit.view", "credit.edit", "credit.approve")
WRITE = needs("credit.edit")
APPROVE = needs("credit.approve")
VALID_MONTHS = customer.setting(
    Setting("credit.valid_months", int, 12, "For how many months an approved credit evaluation holds.", 1, 60)
)
CreditEvaluationId = Annotated[UUID, Ref("CreditEvaluation")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
Many = Annotated[tuple[UUID, ...], Meta(max_length=1_000)]


class CreditGrade(StrEnum):
    """How far a customer is trusted."""

    A = "A"
    """Fully."""
    B = "B"
    """In the ordinary way."""
    C = "C"
    """With care."""
    D = "D"
    """Not at all: it pays first."""


class CreditStatus(StrEnum):
    """How far an evaluation has come."""

    PENDING = "PENDING"
    """It waits for finance."""
    APPROVED = "APPROVED"
    """It holds until it ends, or a later one is approved."""
    REJECTED = "REJECTED"
    """Finance has refused it."""


class CreditRules(Rules):
    """Refusals about credit."""

    a_limit_is_an_amount = Rule(
        Code.VALIDATION,
        en="A limit is an amount of zero or more, with at most two decimals.",
        zh="授信额度须为不小于零的金额，最多两位小数。",
    )
    an_evaluation_waits_already = Rule(
        Code.BAD_STATE,
        en="An evaluation of this customer waits for approval already; edit that one.",
        zh="该客户已有待审批的信用评价，请直接修改。",
    )
    an_evaluation_was_decided = Rule(
        Code.BAD_STATE, en="This evaluation was decided already; write a new one.", zh="该信用评价已审批，请新建评价。"
    )
    who_writes_does_not_approve = Rule(
        Code.FORBIDDEN, en="Who wrote an evaluation does not decide about it.", zh="信用评价的填写人不能审批。"
    )
    a_refusal_has_a_reason = Rule(Code.VALIDATION, en="Say why you refuse it.", zh="请填写驳回原因。")


@customer.view(SEE_CREDIT)
@dataclass(slots=True, kw_only=True)
class CreditEvaluationView:
    """A credit evaluation; seen by whose data scope of credit holds the customer's owner."""

    id: UUID = shown("The id.")
    customer_id: CustomerId = shown("The customer.", filterable=True)
    customer: CustomerView | None = child("The customer.")
    status: CreditStatus = shown("How far it has come.", filterable=True)
    grade: CreditGrade = shown("How far the customer is trusted.", filterable=True, sortable=True)
    credit_limit: Decimal = shown("What it may owe at most.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    outline: str | None = shown("The company in outline.")
    management: str | None = shown("Shareholders and management.")
    financial_state: str | None = shown("Its financial state.")
    bank_credit: str | None = shown("What banks lend it.")
    payment_record: str | None = shown("How it has paid.")
    operations: str | None = shown("How it does business.")
    site_visit: str | None = shown("What was seen on site.")
    affiliates: str | None = shown("Affiliates and related parties.")
    public_records: str | None = shown("What public records say.")
    press: str | None = shown("What the press says.")
    verdict: str | None = shown("The verdict.")
    advice: str | None = shown("What credit is advised (授信).")
    written_by: EmployeeId | None = shown("Who began it.", filterable=True)
    decided_by: EmployeeId | None = shown("Who decided.", filterable=True)
    decided_at: datetime | None = shown("When.", filterable=True, sortable=True)
    decision_reason: str | None = shown("Why.")
    valid_until: datetime | None = shown("Until when it holds.", filterable=True, sortable=True)
    created_at: datetime = shown("When it was begun.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(SEE_CREDIT, returns=CreditEvaluationView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEvaluations(ListQuery):
    """Credit evaluations of customers in the viewer's data scope of credit, latest first."""


@customer.query(SEE_CREDIT, returns=CreditEvaluationView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEvaluationsByIds(GetQuery):
    """Credit evaluations by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Command):
    """What an evaluation says."""

    grade: CreditGrade = given("How far the customer is trusted.")
    credit_limit: Decimal = given("What it may owe at most.")
    currency: Currency = given("In which currency.", default="CNY")
    outline: Text | None = given("The company in outline.", default=None)
    management: Text | None = given("Shareholders and management.", default=None)
    financial_state: Text | None = given("Its financial state.", default=None)
    bank_credit: Text | None = given("What banks lend it.", default=None)
    payment_record: Text | None = given("How it has paid.", default=None)
    operations: Text | None = given("How it does business.", default=None)
    site_visit: Text | None = given("What was seen on site.", default=None)
    affiliates: Text | None = given("Affiliates and related parties.", default=None)
    public_records: Text | None = given("What public records say.", default=None)
    press: Text | None = given("What the press says.", default=None)
    verdict: Text | None = given("The verdict.", default=None)
    advice: Text | None = given("What credit is advised.", default=None)


@customer.command(WRITE, returns={"credit_evaluation": CreditEvaluationView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCreditEvaluation(Evaluation):
    """Evaluate the credit of a customer in one's data scope; it waits for finance."""

    customer_id: CustomerId = given("The customer.")


@customer.command(WRITE, returns={"credit_evaluation": CreditEvaluationView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCreditEvaluation(Evaluation):
    """Write an evaluation that waits anew, as a whole; who does so does not approve it."""

    id: CreditEvaluationId = given("The evaluation.")
    version: Version = given(VERSION_DOC)


@customer.command(APPROVE, returns={"credit_evaluation": CreditEvaluationView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCreditEvaluation(Command):
    """Approve an evaluation that somebody else has written, or refuse it."""

    id: CreditEvaluationId = given("The evaluation.")
    version: Version = given(VERSION_DOC)
    approve: bool = given("Whether it holds from now on.")
    reason: Reason | None = given("Why; needed for a refusal.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """What a customer may owe, by the evaluation that holds now."""

    customer_id: CustomerId
    """As it was asked for."""
    grade: CreditGrade
    """How far it is trusted."""
    credit_limit: Decimal
    """What it may owe at most."""
    currency: str
    """In which currency."""
    valid_until: datetime
    """Until when that holds (UTC)."""


@customer.query(INTERNAL, returns=tuple[CreditLine, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditOf:
    """What these customers may owe; those without an evaluation that holds are left out."""

    customer_ids: Many = given("The customers.")


def credit_warning(line: CreditLine | None, *, receivable: Decimal, order: Decimal, currency: str = "CNY") -> bool:
    """Whether an order asks for more credit than a customer has (``creditWarning``): then a manager approves it too.

    ``receivable`` is what it owes already, both in ``currency``. Without a line nobody has set a limit: no warning. A
    line in another currency says nothing of these amounts: a warning.
    """
    if line is None:
        return False
    return line.currency != currency or receivable + order > line.credit_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEvent(Event):
    """What every event of an evaluation tells."""

    personal = Personal(
        of="customer_id",
        changes=(
            "outline", "management", "financial_state", "bank_credit", "payment_record", "operations", "site_visit",
            "affiliates", "public_records", "press", "verdict", "advice", "decision_reason",
        ),
    )  # fmt: skip
    evaluation_id: UUID
    customer_id: UUID
    owner_id: UUID | None
    status: CreditStatus
    changes: Changes


@customer.event("credit.proposed", subject="evaluation_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditProposed(CreditEvent):
    """An evaluation was written, or written anew; it waits for finance."""


@customer.event("credit.evaluated", subject="evaluation_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEvaluated(CreditEvent):
    """An evaluation was approved: this is what the customer may owe."""

    grade: CreditGrade
    credit_limit: Decimal
    currency: str
    valid_until: datetime


@customer.event("credit.rejected", subject="evaluation_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRejected(CreditEvent):
    """An evaluation was refused."""
