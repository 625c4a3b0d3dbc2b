"""What can be done with an opportunity (features §3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Command, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.opportunities import Heat, LossReason, OpportunityId, OpportunityView
from crm_common.protocol.sales.orders import OrderView
from crm_common.protocol.sales.orders_commands import Lines
from crm_common.protocol.sales.pipelines import PipelineId, StageKey
from crm_common.protocol.sales.service import VERSION_DOC, CustomerId, Version, sales
from crm_common.protocol.views import Ref

CREATE = needs("opp.create")
EDIT = needs("opp.edit")
FOLLOW = needs("opp.follow")
REOPEN = needs("opp.reopen")
ORDER = needs("order.create")

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=5_000)]
Competitors = Annotated[tuple[Line, ...], Meta(max_length=20)]
Grade = Annotated[int, Meta(ge=1, le=5)]
QuoteId = Annotated[UUID, Ref("Quote")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step that is planned."""

    what: Name
    """What is to be done."""
    due_on: date
    """By when."""


Plan = Annotated[tuple[PlannedStep, ...], Meta(max_length=50)]


@sales.command(CREATE, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOpportunity(Command):
    """Write down what might be sold to one's own customer (SAL-03)."""

    customer_id: CustomerId = given("The customer, in the caller's name.")
    name: Name = given("What it is called.")
    source: Line | None = given("Where it came from; the first stage may need it.", default=None)
    origin: Line | None = given("How it arose: research, feedback, lead, campaign …", default=None)
    heat: Heat | None = given("How urgent it is.", default=None)
    amount: Decimal = given("What it is worth.", default=Decimal(0))
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    expected_on: date | None = given("When a deal is expected.", default=None)
    competitors: Competitors = given("Who else wants it.", default=())
    lines: Lines = given("What might be sold.", default=())
    pipeline_id: PipelineId | None = given("The pipeline; absent: the default one.", default=None)


@sales.command(EDIT, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOpportunity(Command):
    """Say it otherwise. Fields that are left out stay as they are."""

    id: OpportunityId = given("The opportunity.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("What it is called.", default=UNSET)
    source: Line | UnsetType | None = given("Where it came from.", default=UNSET)
    origin: Line | UnsetType | None = given("How it arose.", default=UNSET)
    heat: Heat | UnsetType | None = given("How urgent it is.", default=UNSET)
    amount: Decimal | UnsetType = given("What it is worth.", default=UNSET)
    expected_on: date | UnsetType | None = given("When a deal is expected.", default=UNSET)
    competitors: Competitors | UnsetType = given("Who else wants it.", default=UNSET)
    lines: Lines | UnsetType = given("What might be sold, all of it.", default=UNSET)


@sales.command(EDIT, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateOpportunity(Command):
    """Say how valuable and how feasible it is; their product is its priority (SAL-05)."""

    id: OpportunityId = given("The opportunity.")
    version: Version = given(VERSION_DOC)
    value: Grade = given("How valuable, from 1 to 5.")
    feasibility: Grade = given("How feasible, from 1 to 5.")


@sales.command(FOLLOW, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOpportunity(Command):
    """Plan its next steps (SAL-06): they take the place of those that are not done."""

    id: OpportunityId = given("The opportunity.")
    version: Version = given(VERSION_DOC)
    steps: Plan = given("What is to be done, and by when.")


@sales.command(FOLLOW, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpOpportunity(Command):
    """Note what was said (SAL-06); the same call may do steps of the plan and set the stage."""

    id: OpportunityId = given("The opportunity.")
    version: Version = given(VERSION_DOC)
    content: Annotated[str, Meta(min_length=1, max_length=5_000)] = given("What was said.")
    done_step_ids: Annotated[tuple[UUID, ...], Meta(max_length=50)] = given("Steps that are done.", default=())
    stage: StageKey | None = given("The stage it goes to.", default=None)


@sales.command(EDIT, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOpportunity(Command):
    """Take it to another stage of its pipeline (features §3.3)."""

    id: OpportunityId = given("The opportunity.")
    version: Version = given(VERSION_DOC)
    stage: StageKey = given("The stage, by its key.")


@sales.command(EDIT, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class LoseOpportunity(Command):
    """It came to nothing: somebody else got it, or it is given up (SAL-08)."""

    id: OpportunityId = given("The opportunity.")
    version: Version = given(VERSION_DOC)
    abandoned: bool = given("Whether it is given up rather than lost to somebody.", default=False)
    reason: LossReason | None = given("Why; needed.", default=None)
    note: Text | None = given("What else is to be said.", default=None)
    competitor: Line | None = given("Of a lost one: who got it.", default=None)


@sales.command(REOPEN, returns={"opportunity": OpportunityView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenOpportunity(Command):
    """A manager takes a lost or abandoned one up again, where it was before (SAL-08)."""

    id: OpportunityId = given("The opportunity.")
    version: Version = given(VERSION_DOC)


@sales.command(ORDER, returns={"order": OrderView})
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOpportunity(Command):
    """Make a draft order of its lines, or of a quote's (SAL-07)."""

    id: OpportunityId = given("The opportunity.")
    quote_id: QuoteId | None = given("The quote whose lines are ordered; absent: the opportunity's own.", default=None)
