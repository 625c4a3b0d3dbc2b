"""Delegations (OFC-28): for how long, and whether one still holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from crm_common.protocol.office.approval_rules import DelegationRules
from crm_common.protocol.office.approvals_delegations import DelegateApprovals

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """Somebody represents somebody for a time."""

    id: UUID
    from_id: UUID
    to_id: UUID
    kinds: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str | None


def delegated(delegation_id: UUID, from_id: UUID, command: DelegateApprovals, now: datetime) -> Delegation:
    """A new delegation."""
    starts_at = command.starts_at or now
    if command.to_id == from_id:
        raise DelegationRules.a_delegate_is_a_colleague(field="to_id")
    if not starts_at < command.ends_at <= starts_at + LONGEST or command.ends_at <= now:
        raise DelegationRules.a_delegation_lasts_up_to_a_year(field="ends_at")
    return Delegation(
        id=delegation_id, from_id=from_id, to_id=command.to_id, kinds=tuple(dict.fromkeys(command.kinds)),
        starts_at=starts_at, ends_at=command.ends_at, reason=command.reason,
    )  # fmt: skip


def ended(before: Delegation, now: datetime) -> Delegation:
    """The delegation ended now, also one that has not begun."""
    if before.ends_at <= now:
        raise DelegationRules.an_ended_delegation_stays_as_it_is(field="id")
    return replace(before, ends_at=now)
