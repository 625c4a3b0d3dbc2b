"""Assignment from the pool to people or to a department, whose head passes on and is reminded (CUS-20, 38)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules, CrmError
from crm_common.jobs import JobRun
from crm_common.protocol.customer.pool import (
    AssignCustomers,
    CustomerAssigned,
    CustomerQueued,
    CustomerQueueWaiting,
    PassOnCustomers,
)
from crm_common.protocol.customer.pool_rules import HoldingRules
from crm_common.store import Store
from customer.adapters.colleagues import Colleagues
from customer.domain import pool as domain
from customer.domain.customer import Held
from customer.store import moves, pool, queues
from customer.usecases import batch

_PATIENCE = timedelta(days=1)
_BATCH = 500


def assignment(colleagues: Colleagues, command: AssignCustomers) -> Usecase:
    """The use case, after identity was asked about the receivers."""
    if bool(command.to_ids) == (command.department_id is not None):
        raise HoldingRules.customers_are_given_to_people_or_to_a_department(field="to_ids")
    if command.department_id is None:
        expect_active(colleagues, command.to_ids, field="to_ids")
        return assign_to_people
    head = colleagues.head(command.department_id)
    if head is None:
        raise HoldingRules.a_department_without_a_head_has_no_queue(field="department_id")
    return partial(assign_to_department, head)


def expect_active(colleagues: Colleagues, ids: tuple[UUID, ...], *, field: str) -> None:
    """Refuse receivers whose accounts are disabled or unknown; no transaction may be open."""
    if set(ids) - colleagues.active(ids):
        raise HoldingRules.this_employee_cannot_receive_customers(field=field)


def assign_to_people(change: Change, command: AssignCustomers) -> dict[str, Any]:
    """POOL → OWNED, dealt out evenly."""
    judged = batch.judged(change, command.ids, domain.refusal_of_assignment)
    batch.refuse_unless_admin(change, judged.passed)
    call = change.new_id()
    for receiver, dealt in domain.shares(list(judged.passed), command.to_ids).items():
        gone = moves.move(change.connection, moves.TO_OWNER, dealt, now=change.now, owner=receiver)
        change.record(*(CustomerAssigned(**gone[each].told(), reason=command.reason, call_id=call) for each in dealt))
    return judged.payload()


def assign_to_department(head: UUID, change: Change, command: AssignCustomers) -> dict[str, Any]:
    """POOL → DEPT_QUEUE."""
    assert command.department_id is not None
    judged = batch.judged(change, command.ids, domain.refusal_of_assignment)
    batch.refuse_unless_admin(change, judged.passed)
    pool.note_head(change.connection, command.department_id, head)
    values = {"now": change.now, "department": command.department_id}
    gone = moves.move(change.connection, moves.TO_QUEUE, judged.passed, **values)
    about: dict[str, Any] = {"department_id": command.department_id, "head_id": head, "reason": command.reason}
    call = change.new_id()
    change.record(*(CustomerQueued(**gone[each].told(), **about, call_id=call) for each in judged.passed))
    return judged.payload()


def passing_on(colleagues: Colleagues, store: Store, me: UUID, command: PassOnCustomers) -> Usecase:
    """The use case, after identity was asked who leads the departments and whether the receiver belongs to them."""
    refusals: dict[UUID, CrmError | None] = {}
    for department in pool.queues(store, command.ids):
        if colleagues.head(department) != me:
            refusals[department] = HoldingRules.only_the_head_passes_customers_on(field="ids")
        elif not colleagues.is_in_tree(command.to_id, department):
            refusals[department] = HoldingRules.this_employee_cannot_receive_customers(field="to_id")
        else:
            refusals[department] = None
    return partial(pass_on_customers, refusals)


def pass_on_customers(
    refusals: Mapping[UUID, CrmError | None], change: Change, command: PassOnCustomers
) -> dict[str, Any]:
    """DEPT_QUEUE → OWNED."""

    def judge(held: Held) -> CrmError | None:
        if refusal := domain.refusal_of_passing_on(held):
            return refusal
        assert held.queue_department_id is not None
        # into another queue meanwhile: nobody has asked about that one
        return refusals.get(held.queue_department_id, CommonRules.the_record_was_not_found(field="ids"))

    judged = batch.judged(change, command.ids, judge, queued=True)
    gone = moves.move(change.connection, moves.TO_OWNER, judged.passed, now=change.now, owner=command.to_id)
    call = change.new_id()
    change.record(
        *(CustomerAssigned(**gone[each].told(), reason=command.reason, call_id=call) for each in judged.passed)
    )
    return judged.payload()


def tell_waiting(run: JobRun) -> None:
    """One event for each customer that waits for its head for a day, once for each time it was queued."""
    told = _BATCH
    while told == _BATCH:
        with run.change() as change:
            waiting = queues.take_waiting(change.connection, since=run.now - _PATIENCE, now=run.now, most=_BATCH)
            run_id = change.new_id()
            for each in waiting:
                about: dict[str, Any] = {"department_id": each.department_id, "head_id": each.head_id}
                about |= {"queued_at": each.queued_at, "run_id": run_id}
                change.record(CustomerQueueWaiting(**each.customer.told(), **about))
        told = len(waiting)
        run.report["told"] = run.report.get("told", 0) + told
        if run.dry_run:
            return
