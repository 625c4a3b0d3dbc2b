"""Merging two customers, and taking a merge back (CUS-45, BYD-11). Both customers are locked first, in one order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.custom_fields import writing
from crm_common.custom_fields.values import Checked
from crm_common.editing import difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.contacts import ContactCreated
from crm_common.protocol.customer.merging import (
    CustomerAbsorbed,
    CustomerMerged,
    MergeCustomers,
    MergeRules,
)
from crm_common.protocol.customer.service import Stage
from crm_common.protocol.declare import Changes
from customer.adapters.phones import Phones
from customer.domain import contact as contacts
from customer.domain import merging as domain
from customer.domain.contact import Contact, Number
from customer.domain.customer import Held
from customer.domain.pool import Moved
from customer.store import contacts as store_contacts
from customer.store import course, customers, held, merging, moves, pool
from customer.store import custom as store_custom
from customer.store.custom import CUSTOM
from customer.usecases import access

_LABEL = "合并"
"""How the merged customer's number is called among its contact's."""


def merge_customers(phones: Phones) -> Usecase:
    """OWNED → MERGED: all that belongs to one customer belongs to the other."""

    def run(change: Change, command: MergeCustomers) -> dict[str, Any]:
        survivor, merged = _both(change, command)
        merge_id, connection = change.new_id(), change.connection
        merging.begin(
            connection, merge_id, survivor.id, merged.id, by=change.context.authenticated().id, now=change.now
        )
        number = _number(change, phones, merged.id)
        moved = merging.move(connection, merge_id, merged=merged.id, survivor=survivor.id)
        if merging.in_a_circle(connection, survivor.id):
            raise MergeRules.a_merge_would_make_a_circle_of_parents(field="merged_id")
        contact = _note_number(change, phones, survivor, merged, number)
        given, custom = _fill(change, survivor, merged)
        gone = moves.move(connection, moves.TO_MERGED, [merged.id], survivor=survivor.id, now=change.now)[merged.id]
        merging.finish(connection, merge_id, taken=gone.changes, given=given, custom=custom, contact=contact)
        told = given | {f"custom.{key}": (None, value) for key, value in custom["given"].items()}
        change.record(
            CustomerMerged(**gone.told(), merge_id=merge_id, survivor_id=survivor.id, moved=moved),
            CustomerAbsorbed(**_told(survivor, told), merge_id=merge_id, merged_id=merged.id),
        )
        return {"survivor": survivor.id, "merged": merged.id, "merge": merge_id}

    return run


def _both(change: Change, command: MergeCustomers) -> tuple[Held, Held]:
    """The two customers, locked and in the caller's reach; nothing of the second is open."""
    if command.survivor_id == command.merged_id:
        raise MergeRules.a_customer_is_not_merged_into_itself(field="merged_id")
    found = {each.id: each for each in held.locked(change.connection, [command.survivor_id, command.merged_id])}
    for field, wanted, version in (
        ("survivor_id", command.survivor_id, command.survivor_version),
        ("merged_id", command.merged_id, command.merged_version),
    ):
        if wanted not in found:
            raise CommonRules.the_record_was_not_found(field=field)
        access.expect_in_scope(change, found[wanted], field=field)
        access.refuse_unless_owned(found[wanted], field=field)
        expect_version(found[wanted].version, version)
    reasons = pool.holds(change.connection, [command.merged_id]).get(command.merged_id, ())
    if reasons:
        told = ", ".join(sorted(set(reasons)))
        raise MergeRules.something_depends_on_the_merged_customer(field="merged_id", reasons=told)
    return found[command.survivor_id], found[command.merged_id]


def _number(change: Change, phones: Phones, customer_id: UUID) -> str:
    return phones.opened(customers.phone_cipher(change.connection, customer_id), "customer", customer_id)


def _note_number(change: Change, phones: Phones, survivor: Held, merged: Held, number: str) -> UUID | None:
    """The merged one's phone as a contact of the survivor (CUS-06), unless the survivor has the number."""
    if customers.has_number(change.connection, survivor.id, phones.index(number)):
        return None
    numbers = [Number(_LABEL, number)]
    known: dict[str, Any] = dict.fromkeys(contacts.FIELDS) | {"name": merged.name, "social": ()}
    added = Contact(id=change.new_id(), customer_id=survivor.id, phones=contacts.masks(numbers), **known)
    store_contacts.insert(change.connection, added, by=change.context.authenticated().id, now=change.now)
    store_contacts.write_numbers(change.connection, added, numbers, phones, change.new_id)
    change.record(contacts.told(ContactCreated, None, added, survivor.owner_id))
    return added.id


def _fill(change: Change, survivor: Held, merged: Held) -> tuple[Changes, dict[str, Any]]:
    """Give the survivor what it lacks: its changes, and the custom values ``{"merged", "given"}``."""
    connection = change.connection
    (_, known), (_, lost) = _profile(change, survivor.id), _profile(change, merged.id)
    after = domain.filled(known, lost)
    if after != known:
        customers.save(connection, survivor.id, after, change.now)
    both = {"merged": merged.id, "survivor": survivor.id}
    advanced = merging.advance(connection, **both, now=change.now, counted=after == known)
    note_stage(change, advanced)
    of_merged = store_custom.values(connection, merged.id)
    given = domain.custom_filled(store_custom.values(connection, survivor.id), of_merged)
    store_custom.save(connection, merged.id, {})
    store_custom.forget(connection, [merged.id])
    write_custom(change, survivor.id, store_custom.values(connection, survivor.id) | given)
    return advanced.changes | difference(known, after), {"merged": of_merged, "given": given}


def write_custom(change: Change, customer_id: UUID, after: Mapping[str, Any]) -> None:
    """Write custom values that were checked when they were first given, and their index."""
    before = store_custom.values(change.connection, customer_id)
    changes = {
        f"custom.{key}": (before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }
    if not changes:
        return
    definitions = writing.current(change, CUSTOM)
    store_custom.save(change.connection, customer_id, dict(after))
    writing.write(change, CUSTOM, definitions, {customer_id: Checked(dict(after), before, changes)})


def note_stage(change: Change, moved: Moved) -> None:
    """Write down the step, if the customer is in another stage now."""
    if "stage" in moved.changes:
        before, after = (Stage(each) for each in moved.changes["stage"])
        by = change.context.authenticated().id
        step = change.new_id()
        course.step(change.connection, step, moved.id, before, after, by=by, reason=None, now=change.now)


def _profile(change: Change, customer_id: UUID) -> Any:
    found = customers.locked(change.connection, customer_id)
    assert found is not None  # it is locked
    return found


def _told(held: Held, changes: Changes) -> dict[str, Any]:
    return {
        "customer_id": held.id,
        "name": held.name,
        "owner_id": held.owner_id,
        "holding": held.holding,
        "changes": changes,
    }
