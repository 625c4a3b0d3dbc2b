"""Solution plans (CUS-51): what may be said of them, and where they go. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.customer.solutions import (
    Comparison,
    CreateSolutionPlan,
    SetSolutionPlanStatus,
    SolutionPlanEvent,
    SolutionRules,
    SolutionStatus,
    UpdateSolutionPlan,
)

E = TypeVar("E", bound=SolutionPlanEvent)
_WAYS = {
    SolutionStatus.DRAFT: {SolutionStatus.PROPOSED},
    SolutionStatus.PROPOSED: {SolutionStatus.DRAFT, SolutionStatus.ACCEPTED, SolutionStatus.REJECTED},
    SolutionStatus.REJECTED: {SolutionStatus.DRAFT},
    SolutionStatus.ACCEPTED: set[SolutionStatus](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPlan:
    """A solution plan."""

    id: UUID
    customer_id: UUID
    title: str
    situation: str | None
    problem: str | None
    obstacles: str | None
    benefit: str | None
    solution: str | None
    status: SolutionStatus
    status_reason: str | None = None
    comparisons: tuple[Comparison, ...] = ()
    version: int = field(default=1, compare=False)


TEXTS = ("situation", "problem", "obstacles", "benefit", "solution")
_UNTOLD = ("id", "customer_id", "comparisons", "version")


def begun(plan_id: UUID, command: CreateSolutionPlan) -> SolutionPlan:
    """A new plan."""
    texts = {name: getattr(command, name) for name in TEXTS}
    plan = SolutionPlan(
        id=plan_id,
        customer_id=command.customer_id,
        title=command.title,
        status=SolutionStatus.DRAFT,
        comparisons=command.comparisons,
        **texts,
    )
    return _checked(plan)


def updated(plan: SolutionPlan, command: UpdateSolutionPlan) -> SolutionPlan:
    """The plan in other words; not when the customer has accepted it."""
    expect_version(plan.version, command.version)
    if plan.status is SolutionStatus.ACCEPTED:
        raise SolutionRules.an_accepted_plan_stays_as_it_is(field="id")
    texts: dict[str, Any] = {name: chosen(getattr(command, name), getattr(plan, name)) for name in TEXTS}
    comparisons = plan.comparisons if command.comparisons is UNSET else command.comparisons
    return _checked(replace(plan, title=chosen(command.title, plan.title), comparisons=comparisons, **texts))


def stepped(plan: SolutionPlan, command: SetSolutionPlanStatus) -> SolutionPlan:
    """The plan where the command says; the same again where it is there already."""
    expect_version(plan.version, command.version)
    if command.status is plan.status:
        return plan
    if command.status not in _WAYS[plan.status]:
        raise SolutionRules.a_plan_does_not_go_there(
            field="status", before=plan.status.value, after=command.status.value
        )
    after = replace(plan, status=command.status, status_reason=(command.reason or "").strip() or None)
    return _checked(after)


def told(kind: type[E], before: SolutionPlan | None, after: SolutionPlan, owner_id: UUID | None) -> E:
    """The event of a change."""
    changes = difference(before, after, without=_UNTOLD)
    compared = [None if each is None else [asdict(one) for one in each.comparisons] for each in (before, after)]
    if (compared[0] or []) != compared[1]:
        changes["comparisons"] = (compared[0], compared[1])
    return kind(
        solution_plan_id=after.id,
        customer_id=after.customer_id,
        owner_id=owner_id,
        status=after.status,
        changes=changes,
    )


def _checked(plan: SolutionPlan) -> SolutionPlan:
    texts: dict[str, Any] = {name: (getattr(plan, name) or "").strip() or None for name in TEXTS}
    compared = tuple(replace(each, competitor=" ".join(each.competitor.split())) for each in plan.comparisons)
    after = replace(plan, title=" ".join(plan.title.split()), comparisons=compared, **texts)
    if not after.title:
        raise SolutionRules.a_plan_has_a_title(field="title")
    if len({each.competitor.casefold() for each in compared}) < len(compared):
        raise SolutionRules.a_competitor_is_compared_once(field="comparisons")
    if after.status is not SolutionStatus.DRAFT and not (after.problem and after.solution):
        raise SolutionRules.a_plan_is_proposed_with_a_solution(field="solution")
    return after


COLUMNS = tuple(each.name for each in fields(SolutionPlan) if each.name not in ("comparisons", "version"))
