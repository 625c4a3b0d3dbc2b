"""The sales journal (SAL-35): written, changed and deleted by its author."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.sales.sales_log import (
    CreateSalesLog,
    DeleteSalesLog,
    SalesLogCreated,
    SalesLogDeleted,
    SalesLogEvent,
    SalesLogRules,
    SalesLogUpdated,
    UpdateSalesLog,
)
from sales.domain import sales_log as domain
from sales.domain.sales_log import SalesLog
from sales.store import people
from sales.store import sales_logs as store


def create_sales_log(change: Change, command: CreateSalesLog) -> dict[str, Any]:
    """A day of one's own journal."""
    me = change.context.authenticated().id
    made = domain.created(command, change.new_id(), me, day_of(change.settings, change.now))
    if store.is_there(change.connection, me, made.day):
        raise SalesLogRules.a_day_has_one_journal(field="day")
    store.insert(change.connection, made, change.now)
    change.record(_told(SalesLogCreated, None, made))
    return {"sales_log": made.id}


def update_sales_log(change: Change, command: UpdateSalesLog) -> dict[str, Any]:
    """Other words."""
    before = _own(change, command.id)
    after = domain.updated(before, command)
    if after != before:
        store.save(change.connection, after, change.now)
        change.record(_told(SalesLogUpdated, before, after))
    return {"sales_log": after.id}


def delete_sales_log(change: Change, command: DeleteSalesLog) -> dict[str, Any]:
    """It is gone."""
    before = _own(change, command.id)
    store.delete(change.connection, before.id)
    change.record(_told(SalesLogDeleted, before, None))
    return {"deleted": True}


def _own(change: Change, log_id: UUID) -> SalesLog:
    """The caller's own; a superior, who reads it, is told that he does not change it."""
    found, actor = store.get(change.connection, log_id), change.context.authenticated()
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    if found.author_id != actor.id:
        if people.leads(change.connection, actor.id, found.author_id):
            raise SalesLogRules.only_its_author_changes_a_journal(field="id")
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _told(kind: type[SalesLogEvent], before: SalesLog | None, after: SalesLog | None) -> SalesLogEvent:
    of = after or before
    assert of is not None
    changes = difference(before, after, without=("id", "version", "author_id"))
    # what somebody wrote of his customers is not told further
    said = {name: changed for name, changed in changes.items() if name == "day"}
    return kind(log_id=of.id, author_id=of.author_id, day=of.day, changes=said)
