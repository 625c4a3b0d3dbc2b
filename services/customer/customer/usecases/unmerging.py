"""Taking a merge back (BYD-11): everything goes where it was; what moved on meanwhile stays and is named."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.customer.contacts import ContactDeleted
from crm_common.protocol.customer.merging import (
    CustomerGaveBack,
    CustomerUnmerged,
    MergeConflict,
    MergeConflictKind,
    MergeRules,
    UndoMerge,
)
from crm_common.protocol.declare import Changes
from customer.domain import contact as contacts
from customer.domain import merging as domain
from customer.domain.customer import Held, told
from customer.domain.pool import Moved
from customer.store import contacts as store_contacts
from customer.store import custom as store_custom
from customer.store import customers, held, merging
from customer.store.merging import Merge
from customer.usecases import access
from customer.usecases.customers import DuplicateFoundError
from customer.usecases.merging import note_stage, write_custom

_FIRST = 1
"""The version of a contact that nobody has edited."""


def undo_merge(change: Change, command: UndoMerge) -> dict[str, Any]:
    """MERGED → OWNED, by whom it was before."""
    merge, survivor = _merge(change, command)
    moved = merging.noted(change.connection, merge.id)
    restored, conflicts = _restore(change, merge, survivor)
    given, kept = _take_back(change, merge)
    conflicts += kept
    back = merging.move_back(change.connection, merge)
    conflicts += _left(moved, back)
    conflicts += _forget_number(change, merge, survivor)
    write_custom(change, merge.merged_id, merge.custom["merged"])
    merging.undone(change.connection, merge.id, by=change.context.authenticated().id, now=change.now)
    plain = [{"kind": each.kind.value, "name": each.name, "record_id": each.record_id} for each in conflicts]
    about: dict[str, Any] = {"merge_id": merge.id}
    change.record(
        CustomerUnmerged(**restored.told(), **about, survivor_id=survivor.id, moved=back, conflicts=plain),
        CustomerGaveBack(**told(survivor), changes=given, **about, merged_id=merge.merged_id),
    )
    return {"survivor": survivor.id, "customer": merge.merged_id, "conflicts": conflicts}


def _merge(change: Change, command: UndoMerge) -> tuple[Merge, Held]:
    """The merge and its survivor, both customers locked; the survivor is in the caller's reach."""
    merge = merging.get(change.connection, command.id)
    if merge is None:
        raise CommonRules.the_record_was_not_found(field="id")
    found = {each.id: each for each in held.locked(change.connection, [merge.survivor_id, merge.merged_id])}
    survivor = found[merge.survivor_id]
    access.expect_in_scope(change, survivor)
    # again, as it stands under the locks
    merge = merging.get(change.connection, command.id)
    assert merge is not None
    if merge.undone_at is not None:
        raise MergeRules.a_merge_is_taken_back_once(field="id")
    access.refuse_unless_owned(survivor)
    return merge, survivor


def _restore(change: Change, merge: Merge, survivor: Held) -> tuple[Moved, list[MergeConflict]]:
    """Give the merged one to its owner again, or to the survivor's where that one is not active any more."""
    connection, conflicts = change.connection, []
    twin = customers.twin(connection, merge.merged_id)
    if twin is not None:
        raise DuplicateFoundError(twin, field="id")
    owner = UUID(merging.before(merge.taken)["owner_id"])
    if owner != survivor.owner_id and not held.active(connection, [owner]):
        assert survivor.owner_id is not None  # it is in somebody's name
        conflicts.append(MergeConflict(MergeConflictKind.OWNER, "owner_id", owner))
        owner = survivor.owner_id
    return merging.restore(connection, merge, owner, change.now), conflicts


def _take_back(change: Change, merge: Merge) -> tuple[Changes, list[MergeConflict]]:
    """Take from the survivor what the merge gave it, where that is still so: its changes, and what stays."""
    found = customers.locked(change.connection, merge.survivor_id)
    assert found is not None
    of_record = {name: (pair[0], pair[1]) for name, pair in merge.given.items() if name not in merging.CLOCK}
    after, conflicts = domain.given_back(found[1], of_record)
    if after != found[1]:
        customers.save(change.connection, merge.survivor_id, after, change.now)
    withdrawn = merging.withdraw(change.connection, merge, change.now, counted=after == found[1])
    note_stage(change, withdrawn)
    values = store_custom.values(change.connection, merge.survivor_id)
    custom, edited = domain.custom_given_back(values, merge.custom["given"])
    write_custom(change, merge.survivor_id, custom)
    lost = {f"custom.{key}": (value, None) for key, value in values.items() if key not in custom}
    return withdrawn.changes | difference(found[1], after) | lost, conflicts + edited


def _left(moved: dict[str, list[UUID]], back: dict[str, list[UUID]]) -> list[MergeConflict]:
    """What had moved and did not come back."""
    apart = {"relation", "relation_of_other", "customer_share"}
    return [
        MergeConflict(
            MergeConflictKind.RELATION if kind in apart else MergeConflictKind.RECORD,
            "relation" if kind == "relation_of_other" else kind,
            record,
        )
        for kind, records in moved.items()
        for record in records
        if record not in back.get(kind, ())
    ]


def _forget_number(change: Change, merge: Merge, survivor: Held) -> list[MergeConflict]:
    """Remove the contact that the merge made of the other number, unless somebody has edited it."""
    if merge.contact_id is None:
        return []
    contact = store_contacts.get(change.connection, merge.contact_id)
    if contact is None or contact.version != _FIRST or contact.customer_id != survivor.id:
        return [MergeConflict(MergeConflictKind.CONTACT, "contact", merge.contact_id)]
    store_contacts.delete(change.connection, contact.id, change.now)
    change.record(contacts.told(ContactDeleted, contact, None, survivor.owner_id))
    return []
