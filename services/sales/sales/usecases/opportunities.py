"""Commands about opportunities (features §3.3): load → domain → save + record, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change
from crm_common.editing import chosen, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.sales.opportunities import BIG_DEAL, OpportunityRules
from crm_common.protocol.sales.opportunities_commands import (
    CreateOpportunity,
    EvaluateOpportunity,
    FollowUpOpportunity,
    LoseOpportunity,
    MoveOpportunity,
    PlanOpportunity,
    ReopenOpportunity,
    UpdateOpportunity,
)
from crm_common.protocol.sales.opportunities_events import (
    BigDealFound,
    OpportunityCreated,
    OpportunityEvaluated,
    OpportunityEvent,
    OpportunityFollowedUp,
    OpportunityLost,
    OpportunityReopened,
    OpportunityStageChanged,
    OpportunityUpdated,
)
from crm_common.protocol.sales.pipelines import StageNeed
from sales.adapters.asked import Asked
from sales.domain import opportunity as domain
from sales.domain.opportunity import Opportunity
from sales.store import opportunities, people
from sales.store.opportunities import Said
from sales.usecases.orders import lines_of

SECTION = "opp"
_EDITED = ("name", "source", "origin", "heat", "amount", "expected_on", "competitors")


def create_opportunity(own_customer: Asked[UUID], change: Change, command: CreateOpportunity) -> dict[str, Any]:
    """An opportunity of one's own customer, in the first stage (SAL-03)."""
    customer_id = own_customer.get()
    pipeline_id = command.pipeline_id or opportunities.default_pipeline(change.connection)
    course = opportunities.course(change.connection, pipeline_id)
    if not course:
        raise CommonRules.the_record_was_not_found(field="pipeline_id")
    lines = lines_of(change, command.lines, command.currency)
    given: dict[str, Any] = {name: getattr(command, name) for name in _EDITED}
    if not command.amount and lines:
        given["amount"] = sum((each.amount for each in lines), command.amount)
    known = Opportunity(
        **given,
        id=change.new_id(),
        customer_id=customer_id,
        owner_id=change.context.authenticated().id,
        pipeline_id=pipeline_id,
        stage="",
        probability=0,
        stage_since=change.now,
        currency=command.currency,
    )
    has = frozenset({StageNeed.SOURCE} if (known.source or "").strip() else ()) | (
        {StageNeed.LINES} if lines else set()
    )
    made = domain.begun(known, course, has, change.now)
    event = told(OpportunityCreated, None, made)
    made = _big(change, made)
    opportunities.insert(change.connection, made, change.new_id(), change.now)
    opportunities.set_lines(change.connection, made.id, lines)
    change.record(event)
    return {"opportunity": made.id}


def update_opportunity(change: Change, command: UpdateOpportunity) -> dict[str, Any]:
    """The opportunity with other data."""
    before = _on_its_way(change, command.id, command.version)
    given: dict[str, Any] = {name: chosen(getattr(command, name), getattr(before, name)) for name in _EDITED}
    after = domain.changed(before, **given)
    if command.lines is not UNSET:
        opportunities.set_lines(change.connection, before.id, lines_of(change, command.lines, before.currency))
    elif after == before:
        return {"opportunity": before.id}
    _keep(change, before, after, told(OpportunityUpdated, before, after))
    return {"opportunity": after.id}


def evaluate_opportunity(change: Change, command: EvaluateOpportunity) -> dict[str, Any]:
    """How valuable and feasible it is (SAL-05)."""
    before = _on_its_way(change, command.id, command.version)
    after = domain.changed(before, value=command.value, feasibility=command.feasibility)
    _keep(change, before, after, told(OpportunityEvaluated, before, after))
    return {"opportunity": after.id}


def plan_opportunity(change: Change, command: PlanOpportunity) -> dict[str, Any]:
    """Its next steps (SAL-06)."""
    before = _on_its_way(change, command.id, command.version)
    steps = [(change.new_id(), each.what, each.due_on) for each in command.steps]
    after = domain.changed(before, next_on=opportunities.plan(change.connection, before.id, steps))
    _keep(change, before, after, told(OpportunityUpdated, before, after))
    return {"opportunity": after.id}


def follow_up_opportunity(change: Change, command: FollowUpOpportunity) -> dict[str, Any]:
    """What was said, what is done, and the stage it goes to (SAL-06)."""
    before = _on_its_way(change, command.id, command.version)
    said = Said(change.new_id(), command.content, change.context.authenticated().id)
    opportunities.follow_up(change.connection, before.id, said, change.now)
    done, due = opportunities.do_steps(change.connection, before.id, command.done_step_ids, change.now)
    if done != len(set(command.done_step_ids)):
        raise CommonRules.the_record_was_not_found(field="done_step_ids")
    after = domain.changed(before, next_on=due)
    change.record(
        OpportunityFollowedUp(
            **_record(change, after, SalesRecord.FOLLOW_UP),
            follow_up_id=said.id,
            changes=domain.changes(before, after),
        )
    )
    if command.stage is not None:
        moved = replace(_moved(change, after, command.stage), version=after.version)
        change.record(stage_told(change, after, moved))
        after = moved
    after = _big(change, after)
    opportunities.save(change.connection, before, after, change.new_id, change.now)
    return {"opportunity": after.id}


def move_opportunity(change: Change, command: MoveOpportunity) -> dict[str, Any]:
    """Another stage."""
    before = own(change, command.id)
    domain.expect_on_its_way(before)
    after = _moved(change, before, command.stage)
    expect_version(before.version, command.version)
    _keep(change, before, after, stage_told(change, before, after))
    return {"opportunity": after.id}


def lose_opportunity(change: Change, command: LoseOpportunity) -> dict[str, Any]:
    """→ LOST or ABANDONED (SAL-08)."""
    before = _on_its_way(change, command.id, command.version)
    said: dict[str, Any] = {name: getattr(command, name) for name in ("abandoned", "reason", "note", "competitor")}
    after = domain.ended(before, **said, now=change.now)
    assert after.loss_reason is not None
    event = told(OpportunityLost, before, after, reason=after.loss_reason.value, competitor=after.competitor)
    _keep(change, before, after, event)
    return {"opportunity": after.id}


def reopen_opportunity(change: Change, command: ReopenOpportunity) -> dict[str, Any]:
    """A manager takes it up again."""
    before = _seen(change, command.id)
    expect_version(before.version, command.version)
    after = domain.reopened(before, opportunities.course(change.connection, before.pipeline_id), change.now)
    _keep(change, before, after, told(OpportunityReopened, before, after))
    return {"opportunity": after.id}


def told(kind: type[OpportunityEvent], before: Opportunity | None, after: Opportunity, **more: Any) -> OpportunityEvent:
    """An event of an opportunity."""
    names = ("name", "customer_id", "owner_id", "stage", "amount", "currency")
    known: dict[str, Any] = {name: getattr(after, name) for name in names}
    return kind(opportunity_id=after.id, **known, changes=domain.changes(before, after), **more)


def stage_told(change: Change, before: Opportunity, after: Opportunity) -> OpportunityStageChanged:
    """It is in another stage: a sales record of its customer (CUS-15)."""
    return OpportunityStageChanged(
        **_record(change, after, SalesRecord.STAGE_CHANGE),
        before=before.stage,
        stage=after.stage,
        amount=after.amount,
        currency=after.currency,
        changes=domain.changes(before, after),
    )


def _record(change: Change, known: Opportunity, record: SalesRecord) -> dict[str, Any]:
    return {
        "opportunity_id": known.id,
        "name": known.name,
        "customer_id": known.customer_id,
        "owner_id": known.owner_id,
        "record": record,
        "at": change.now,
        "title": known.stage,
        "employee_id": known.owner_id,
        "reference_id": known.id,
    }


def _moved(change: Change, before: Opportunity, stage: str) -> Opportunity:
    course = opportunities.course(change.connection, before.pipeline_id)
    return domain.moved(before, stage, course, opportunities.has(change.connection, before), change.now)


def _seen(change: Change, opportunity_id: UUID) -> Opportunity:
    found = opportunities.locked(change.connection, opportunity_id)
    actor = change.context.authenticated()
    if found is None or not people.reaches(change.connection, actor, SECTION, found.owner_id):
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def own(change: Change, opportunity_id: UUID) -> Opportunity:
    """The caller's own opportunity, locked; `NOT_FOUND` outside of his data scope, `FORBIDDEN` inside of it."""
    found = _seen(change, opportunity_id)
    if found.owner_id != change.context.authenticated().id:
        raise OpportunityRules.only_the_owner_works_on_it(field="id")
    return found


def _on_its_way(change: Change, opportunity_id: UUID, version: int) -> Opportunity:
    found = own(change, opportunity_id)
    domain.expect_on_its_way(found)
    expect_version(found.version, version)
    return found


def _keep(change: Change, before: Opportunity, after: Opportunity, event: Any) -> None:
    change.record(event)
    opportunities.save(change.connection, before, _big(change, after), change.new_id, change.now)


def _big(change: Change, known: Opportunity) -> Opportunity:
    """Told of, once, when it is worth so much (SAL-11)."""
    if known.big_told or known.stage in domain.ENDS or known.amount < change.settings.get(BIG_DEAL):
        return known
    change.record(
        BigDealFound(
            record_id=known.id,
            record_type="Opportunity",
            customer_id=known.customer_id,
            owner_id=known.owner_id,
            amount=known.amount,
            currency=known.currency,
        )
    )
    return replace(known, big_told=True)
