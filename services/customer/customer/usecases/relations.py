"""Commands about relations (CUS-37), needs (CUS-34) and important dates (CUS-28), and the reminders of dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.editing import difference, expect_version
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.customer.people_rules import PeopleRules
from crm_common.protocol.customer.relations import (
    AddImportantDate,
    AddNeed,
    AddRelation,
    DateKind,
    ImportantDateAdded,
    ImportantDateDue,
    ImportantDateRemoved,
    NeedAdded,
    NeedStatus,
    NeedUpdated,
    RelationAdded,
    RelationKind,
    RelationRemoved,
    RemoveImportantDate,
    RemoveRelation,
    UpdateNeed,
)
from customer.domain import relation as domain
from customer.domain.relation import UNTOLD, ImportantDate, Need
from customer.store import held, relations
from customer.usecases import access

_BATCH = 500


def add_relation(change: Change, command: AddRelation) -> dict[str, Any]:
    """A relation of a customer to another one that the caller sees."""
    if command.customer_id == command.other_id:
        raise PeopleRules.a_company_is_not_its_own_relative(field="other_id")
    # both at once, in one order: two who relate the same pair the other way round wait instead of meeting
    locked = {each.id: each for each in held.locked(change.connection, [command.customer_id, command.other_id])}
    access.owned(change, command.customer_id, field="customer_id")
    if command.other_id not in locked or not access.sees(change, locked[command.other_id]):
        raise CommonRules.the_record_was_not_found(field="other_id")
    connection = change.connection
    if command.kind is RelationKind.PARENT:
        domain.refuse_a_circle(command.customer_id, relations.above(connection, command.other_id))
    remark = (command.remark or "").strip() or None
    relation_id, by = change.new_id(), change.context.authenticated().id
    row = (relation_id, command.customer_id, command.kind.value, command.other_id, remark, by, change.now)
    if not relations.relate(connection, row):
        if command.kind is RelationKind.PARENT and relations.has_parent(connection, command.customer_id):
            raise PeopleRules.a_company_has_one_parent(field="kind")
        raise PeopleRules.two_customers_are_related_once(field="other_id")
    change.record(
        RelationAdded(
            customer_id=command.customer_id,
            relation_id=relation_id,
            kind=command.kind,
            other_id=command.other_id,
            remark=remark,
        )
    )
    return {"relation": relation_id}


def remove_relation(change: Change, command: RemoveRelation) -> dict[str, Any]:
    """The end of a relation."""
    row = _of_owned(change, "relation", command.id)
    relations.remove(change.connection, "relation", command.id)
    change.record(
        RelationRemoved(
            customer_id=row["customer_id"],
            relation_id=command.id,
            kind=RelationKind(row["kind"]),
            other_id=row["other_id"],
            remark=row["remark"],
        )
    )
    return {"removed_id": command.id}


def add_need(change: Change, command: AddNeed) -> dict[str, Any]:
    """A new need of a customer."""
    access.owned(change, command.customer_id, field="customer_id")
    need = domain.needed(change.new_id(), command.customer_id, command.content, command.remark)
    by = change.context.authenticated().id
    row = (need.id, need.customer_id, need.content, need.status.value, need.remark, by)
    relations.add_need(change.connection, row, change.now)
    change.record(
        NeedAdded(customer_id=need.customer_id, need_id=need.id, changes=difference(None, need, without=UNTOLD))
    )
    return {"need": need.id}


def update_need(change: Change, command: UpdateNeed) -> dict[str, Any]:
    """Other words or another status of a need."""
    row = _of_owned(change, "need", command.id)
    known = {name: row[name] for name in ("id", "customer_id", "content", "remark", "version")}
    before = Need(**known, status=NeedStatus(row["status"]))
    after = domain.changed(before, command)
    if after != before:
        relations.save_need(change.connection, (after.content, after.status.value, after.remark, after.id), change.now)
        changes = difference(before, after, without=UNTOLD)
        change.record(NeedUpdated(customer_id=after.customer_id, need_id=after.id, changes=changes))
    return {"need": after.id}


def add_important_date(change: Change, command: AddImportantDate) -> dict[str, Any]:
    """A new day to think of."""
    access.owned(change, command.customer_id, field="customer_id")
    added = domain.dated(change.new_id(), command)
    contact = added.contact_id
    if contact is not None and not relations.is_contact_of(change.connection, contact, added.customer_id):
        raise PeopleRules.a_contact_is_of_this_customer(field="contact_id")
    by = change.context.authenticated().id
    row = (added.id, added.customer_id, contact, added.kind.value, added.title, added.day, added.yearly, by)
    relations.add_date(change.connection, row, change.now)
    changes = difference(None, added, without=UNTOLD)
    change.record(ImportantDateAdded(important_date_id=added.id, customer_id=added.customer_id, changes=changes))
    return {"important_date": added.id}


def remove_important_date(change: Change, command: RemoveImportantDate) -> dict[str, Any]:
    """The end of a day to think of."""
    row = _of_owned(change, "important_date", command.id)
    expect_version(row["version"], command.version)
    names = ("id", "customer_id", "contact_id", "title", "day", "yearly")
    removed = ImportantDate(**{name: row[name] for name in names}, kind=DateKind(row["kind"]))
    relations.remove(change.connection, "important_date", command.id)
    changes = difference(removed, None, without=UNTOLD)
    change.record(ImportantDateRemoved(important_date_id=command.id, customer_id=removed.customer_id, changes=changes))
    return {"removed_id": command.id}


def tell_due_dates(run: JobRun) -> None:
    """One event for each date and birthday that is tomorrow, in the company's zone."""
    told = _BATCH
    while told == _BATCH:
        with run.change() as change:
            tomorrow = today(change) + timedelta(days=1)
            due = relations.take_due(change.connection, tomorrow, _BATCH)
            change.record(*(ImportantDateDue(due_on=tomorrow, **(each | _kind(each))) for each in due))
        told = len(due)
        run.report["told"] = run.report.get("told", 0) + told
        if run.dry_run:
            return


def _kind(row: dict[str, Any]) -> dict[str, DateKind]:
    return {"kind": DateKind(row["kind"])}


def _of_owned(change: Change, table: str, record: UUID) -> dict[str, Any]:
    """The row, under the lock of its customer, which the caller may change."""
    found = relations.one(change.connection, table, record)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    access.owned(change, found["customer_id"])
    # again, as it stands under the lock
    found = relations.one(change.connection, table, record)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
