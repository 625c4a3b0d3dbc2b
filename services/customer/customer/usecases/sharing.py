"""Sharing customers with colleagues (CUS-48)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.customer.sharing import (
    CustomerShared,
    CustomerUnshared,
    ShareCustomer,
    SharingRules,
    UnshareCustomer,
)
from crm_common.protocol.declare import Changes
from customer.domain.customer import told
from customer.store import held, sharing
from customer.store.sharing import Share
from customer.usecases import access


def share_customer(change: Change, command: ShareCustomer) -> dict[str, Any]:
    """A colleague sees the customer from now on, or may something else with it."""
    customer = access.owned(change, command.id, managers=False)
    if command.employee_id == customer.owner_id:
        raise SharingRules.a_customer_is_not_shared_with_its_owner(field="employee_id")
    if not held.active(change.connection, [command.employee_id]):
        raise SharingRules.a_customer_is_shared_with_active_colleagues(field="employee_id")
    before = sharing.of(change.connection, customer.id, command.employee_id)
    after = Share(right=command.right, sees_phone=command.sees_phone)
    if before != after:
        assert customer.owned_since is not None  # it is in somebody's name
        sharing.save(
            change.connection,
            change.new_id(),
            customer.id,
            command.employee_id,
            after,
            owned_since=customer.owned_since,
            now=change.now,
        )
        event = CustomerShared(
            **told(customer),
            changes=_changes(before, after, str(command.employee_id)),
            employee_id=command.employee_id,
            right=after.right,
            sees_phone=after.sees_phone,
        )
        change.record(event)
    return {"customer": customer.id}


def unshare_customer(change: Change, command: UnshareCustomer) -> dict[str, Any]:
    """The colleague sees it no longer."""
    customer = access.owned(change, command.id, managers=False)
    before = sharing.of(change.connection, customer.id, command.employee_id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="employee_id")
    sharing.delete(change.connection, customer.id, command.employee_id)
    changes = _changes(before, None, str(command.employee_id))
    change.record(CustomerUnshared(**told(customer), changes=changes, employee_id=command.employee_id))
    return {"customer": customer.id}


def _changes(before: Share | None, after: Share | None, employee: str) -> Changes:
    return {f"collaborators.{employee}": (_plain(before), _plain(after))}


def _plain(share: Share | None) -> dict[str, Any] | None:
    return None if share is None else {"right": share.right.value, "sees_phone": share.sees_phone}
