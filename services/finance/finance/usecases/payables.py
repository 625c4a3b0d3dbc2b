"""Commands about payables (FIN-08), and who is reminded of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.finance.payables import (
    PAYABLE_REMIND_DAYS,
    CreatePayable,
    PayableCreated,
    PayableDue,
    PayableOverdue,
    PayableUpdated,
    PayableVoided,
    UpdatePayable,
    VoidPayable,
)
from finance.domain import payable as domain
from finance.domain.payable import Payable
from finance.domain.reminding import reminder
from finance.store import payables as store
from finance.store.payables import PAYABLES
from finance.usecases.reach import expect_in_reach

_SECTION = "payable"
BATCH = 200


def create_payable(change: Change, command: CreatePayable) -> dict[str, Any]:
    """Something owed that is not an expense claim."""
    me = change.context.authenticated()
    made = domain.entered(change.new_id(), command, me.id, me.department_id)
    expect_in_reach(change, _SECTION, made.owner_id, field="owner_id")
    PAYABLES.insert(change.connection, made, change.now)
    change.record(PayableCreated(**domain.told(made), changes=difference(None, made)))
    return {"payable": made.id}


def update_payable(change: Change, command: UpdatePayable) -> dict[str, Any]:
    """A payable, corrected."""
    before = reached(change, command.id)
    after = domain.corrected(before, command, today(change))
    if after != before:
        expect_in_reach(change, _SECTION, after.owner_id, field="owner_id")
        PAYABLES.save(change.connection, after, change.now)
        if after.owner_id != before.owner_id:
            store.pass_on(change.connection, after)
        change.record(PayableUpdated(**domain.told(after), changes=difference(before, after)))
    return {"payable": after.id}


def void_payable(change: Change, command: VoidPayable) -> dict[str, Any]:
    """A payable that was an error."""
    before = reached(change, command.id)
    after = domain.voided(before, command.version, command.reason)
    PAYABLES.save(change.connection, after, change.now)
    change.record(PayableVoided(**domain.told(after), changes=difference(before, after), reason=command.reason))
    return {"payable": after.id}


def remind(run: JobRun) -> None:
    """Payables whose day has passed become overdue; whoever is in charge of what is due is reminded, once for a day."""
    after: Payable | None = None
    while True:
        with run.change() as change:
            day, before = today(change), change.settings.get(PAYABLE_REMIND_DAYS)
            found = store.due(change.connection, day + timedelta(days=before), after, BATCH)
            told = sum(_remind(change, each) for each in found)
        run.report["reminded"] = run.report.get("reminded", 0) + told
        if len(found) < BATCH:
            return
        after = found[-1]


def _remind(change: Change, before: Payable) -> bool:
    day = today(change)
    after = domain.overdue(before, day)
    if after != before:
        change.record(PayableOverdue(**domain.told(after), changes=difference(before, after)))
    reminded_on = reminder(after.due_on, after.reminded_on, day, change.settings.get(PAYABLE_REMIND_DAYS))
    if reminded_on is not None:
        after = domain.reminded(after, reminded_on)
        change.record(PayableDue(**domain.told(after), reminded_on=reminded_on))
    if after != before:
        PAYABLES.save(change.connection, after, change.now)
    return reminded_on is not None


def reached(change: Change, payable_id: UUID, *, field: str = "id") -> Payable:
    """A payable in the caller's data scope, locked."""
    found = PAYABLES.locked(change.connection, payable_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field=field)
    expect_in_reach(change, _SECTION, found.owner_id, field=field)
    return found
