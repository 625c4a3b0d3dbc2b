"""Open tasks of somebody who leaves, counted and passed on (IDN-23); identity asks for it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from crm_common.changes import changing
from crm_common.context import Context
from crm_common.protocol.office.tasks import TaskAssigned
from crm_common.protocol.platform import HandOverHere
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from office.domain import task as domain
from office.domain.task import Action
from office.store import tasks
from office.usecases.tasks import tell_of_assignment, told

TASKS = "task"
_AT_ONCE = 100


def owned_here(store: Store, employee_id: UUID) -> dict[str, int]:
    """How many open tasks somebody has to do."""
    return {TASKS: tasks.count_open_of(store, employee_id)}


def hand_over_here(host: ServiceHost, context: Context, command: HandOverHere) -> dict[str, int]:
    """Give somebody's open tasks to the receivers in turn; repeated, it passes on what is left."""
    if command.kinds is not None and TASKS not in command.kinds:
        return {}
    receivers = [each for each in command.to_ids if each != command.from_id]
    moved = 0
    while receivers:
        with changing(host, context) as change:
            some = tasks.open_of(change.connection, command.from_id, _AT_ONCE)
            for each in some:
                after = domain.acted(each, Action.ASSIGN, each.version)
                after = replace(after, assignee_id=receivers[moved % len(receivers)])
                tasks.save(change.connection, after, change.now)
                change.record(told(TaskAssigned, each, after))
                tell_of_assignment(change, after)
                moved += 1
        if len(some) < _AT_ONCE:
            break
    return {TASKS: moved}
