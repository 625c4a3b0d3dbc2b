"""Commands about solution plans (CUS-51)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.customer.customers import CustomerUpdated
from crm_common.protocol.customer.solutions import (
    PARTNER_TAG,
    CreateSolutionPlan,
    SetSolutionPlanStatus,
    SolutionPlanCreated,
    SolutionPlanStatusChanged,
    SolutionPlanUpdated,
    SolutionStatus,
    UpdateSolutionPlan,
)
from customer.domain import customer as customers
from customer.domain import solution as domain
from customer.domain.customer import Held
from customer.domain.solution import SolutionPlan
from customer.store import customers as store_customers
from customer.store import solutions
from customer.usecases import access


def create_solution_plan(change: Change, command: CreateSolutionPlan) -> dict[str, Any]:
    """A new plan for one's customer."""
    customer = access.owned(change, command.customer_id, field="customer_id")
    plan = domain.begun(change.new_id(), command)
    solutions.insert(change.connection, plan, by=change.context.authenticated().id, now=change.now)
    change.record(domain.told(SolutionPlanCreated, None, plan, customer.owner_id))
    return {"solution_plan": plan.id}


def update_solution_plan(change: Change, command: UpdateSolutionPlan) -> dict[str, Any]:
    """The plan in other words."""
    customer, before = _plan(change, command.id)
    after = domain.updated(before, command)
    if after != before:
        solutions.save(change.connection, after, change.now)
        change.record(domain.told(SolutionPlanUpdated, before, after, customer.owner_id))
    return {"solution_plan": after.id}


def set_solution_plan_status(change: Change, command: SetSolutionPlanStatus) -> dict[str, Any]:
    """What became of the plan; a customer that accepts it is a partner."""
    customer, before = _plan(change, command.id)
    after = domain.stepped(before, command)
    if after != before:
        solutions.save(change.connection, after, change.now)
        change.record(domain.told(SolutionPlanStatusChanged, before, after, customer.owner_id))
        if after.status is SolutionStatus.ACCEPTED:
            _tag(change, customer)
    return {"solution_plan": after.id}


def _plan(change: Change, plan_id: UUID) -> tuple[Held, SolutionPlan]:
    """The plan under its customer's lock, which the caller may change."""
    customer_id = solutions.customer_of(change.connection, plan_id)
    if customer_id is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return access.owned(change, customer_id), solutions.get(change.connection, plan_id)


def _tag(change: Change, customer: Held) -> None:
    found = store_customers.locked(change.connection, customer.id)
    assert found is not None  # it is locked
    _, known = found
    if PARTNER_TAG in known.tags:
        return
    after = replace(known, tags=(*known.tags, PARTNER_TAG))
    store_customers.save(change.connection, customer.id, after, change.now)
    change.record(CustomerUpdated(**customers.told(customer), changes=difference(known, after)))
