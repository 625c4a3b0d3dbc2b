"""Solution plans for big customers (CUS-51): what hinders them, what we propose, what competitors do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.contacts import EDIT, SEE_PEOPLE
from crm_common.protocol.customer.service import (
    VERSION_DOC,
    CustomerId,
    EmployeeId,
    Name,
    Reason,
    Text,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, given
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.customer.customers import CustomerView

SolutionPlanId = Annotated[UUID, Ref("SolutionPlan")]
PARTNER_TAG = "伙伴"
"""The tag of a customer that has accepted a plan."""


class SolutionStatus(StrEnum):
    """How far a plan has come."""

    DRAFT = "DRAFT"
    """It is being written."""
    PROPOSED = "PROPOSED"
    """The customer has it."""
    ACCEPTED = "ACCEPTED"
    """The customer has agreed: it is a partner."""
    REJECTED = "REJECTED"
    """The customer has refused."""


class SolutionRules(Rules):
    """Refusals about solution plans."""

    a_plan_has_a_title = Rule(Code.VALIDATION, en="Give the plan a title.", zh="请填写方案标题。")
    a_plan_is_proposed_with_a_solution = Rule(
        Code.VALIDATION, en="Say what the problem is and what you propose.", zh="请填写客户问题和解决方案。"
    )
    an_accepted_plan_stays_as_it_is = Rule(
        Code.BAD_STATE, en="The customer has accepted this plan; write a new one.", zh="客户已接受该方案，请新建方案。"
    )
    a_plan_does_not_go_there = Rule(
        Code.BAD_STATE, en="A plan does not go from {before} to {after}.", zh="方案状态不能从 {before} 变为 {after}。"
    )
    a_competitor_is_compared_once = Rule(
        Code.VALIDATION, en="Compare each competitor once.", zh="每个竞争对手只能对比一次。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ours beside a competitor's."""

    competitor: Name
    """The competitor."""
    ours: Text = ""
    """What speaks for us."""
    theirs: Text = ""
    """What speaks for them."""


Comparisons = Annotated[tuple[Comparison, ...], Meta(max_length=20)]


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class SolutionComparisonView:
    """Ours beside a competitor's, in a plan."""

    competitor: str = shown("The competitor.")
    ours: str = shown("What speaks for us.")
    theirs: str = shown("What speaks for them.")


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class SolutionPlanView:
    """A solution plan; seen by whoever sees the customer."""

    id: UUID = shown("The id.")
    customer_id: CustomerId = shown("The customer.", filterable=True)
    customer: CustomerView | None = child("The customer.")
    title: str = shown("Its title.", filterable=True)
    situation: str | None = shown("Where the customer stands.")
    problem: str | None = shown("What troubles it.")
    obstacles: str | None = shown("What hinders it.")
    benefit: str | None = shown("What it would gain.")
    solution: str | None = shown("What we propose.")
    comparisons: list[SolutionComparisonView] = child("Ours beside the competitors'.", limit=20)
    status: SolutionStatus = shown("How far it has come.", filterable=True)
    status_reason: str | None = shown("What was said when it came there.")
    status_at: datetime = shown("When it came there.", filterable=True, sortable=True)
    created_by: EmployeeId | None = shown("Who wrote it.", filterable=True)
    created_at: datetime = shown("When it was begun.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(SEE_PEOPLE, returns=SolutionPlanView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPlans(ListQuery):
    """Solution plans of customers in the viewer's data scope, latest first."""


@customer.query(SEE_PEOPLE, returns=SolutionPlanView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPlansByIds(GetQuery):
    """Solution plans by id."""


@customer.command(EDIT, returns={"solution_plan": SolutionPlanView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSolutionPlan(Command):
    """Begin a solution plan for a customer."""

    customer_id: CustomerId = given("The customer.")
    title: Name = given("Its title.")
    situation: Text | None = given("Where the customer stands.", default=None)
    problem: Text | None = given("What troubles it.", default=None)
    obstacles: Text | None = given("What hinders it.", default=None)
    benefit: Text | None = given("What it would gain.", default=None)
    solution: Text | None = given("What we propose.", default=None)
    comparisons: Comparisons = given("Ours beside the competitors'.", default=())


@customer.command(EDIT, returns={"solution_plan": SolutionPlanView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSolutionPlan(Command):
    """Edit a solution plan that is not accepted yet. Fields that are left out stay as they are."""

    id: SolutionPlanId = given("The plan.")
    version: Version = given(VERSION_DOC)
    title: Name | UnsetType = given("Its title.", default=UNSET)
    situation: Text | UnsetType | None = given("Where the customer stands.", default=UNSET)
    problem: Text | UnsetType | None = given("What troubles it.", default=UNSET)
    obstacles: Text | UnsetType | None = given("What hinders it.", default=UNSET)
    benefit: Text | UnsetType | None = given("What it would gain.", default=UNSET)
    solution: Text | UnsetType | None = given("What we propose.", default=UNSET)
    comparisons: Comparisons | UnsetType = given("Ours beside the competitors', all of them.", default=UNSET)


@customer.command(EDIT, returns={"solution_plan": SolutionPlanView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetSolutionPlanStatus(Command):
    """Say what became of a plan: proposed, accepted (the customer is tagged 伙伴), rejected, drafted anew."""

    id: SolutionPlanId = given("The plan.")
    version: Version = given(VERSION_DOC)
    status: SolutionStatus = given("How far it has come.")
    reason: Reason | None = given("What was said.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPlanEvent(Event):
    """What every event of a plan tells."""

    personal = Personal(
        of="customer_id",
        changes=("title", "situation", "problem", "obstacles", "benefit", "solution", "comparisons", "status_reason"),
    )
    solution_plan_id: UUID
    customer_id: UUID
    owner_id: UUID | None
    status: SolutionStatus
    changes: Changes


@customer.event("solution_plan.created", subject="solution_plan_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPlanCreated(SolutionPlanEvent):
    """A solution plan was begun."""


@customer.event("solution_plan.updated", subject="solution_plan_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPlanUpdated(SolutionPlanEvent):
    """A solution plan was edited."""


@customer.event("solution_plan.status_changed", subject="solution_plan_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPlanStatusChanged(SolutionPlanEvent):
    """A solution plan was proposed, accepted, rejected, or drafted anew."""
