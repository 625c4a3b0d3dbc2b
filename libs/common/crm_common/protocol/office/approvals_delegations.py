"""Delegation while absent (委托, OFC-28): somebody else sees one's approvals for a time and decides on one's behalf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Command, GetQuery, ListQuery, given
from crm_common.protocol.office.flows import Kind
from crm_common.protocol.office.service import EmployeeId, Text, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

DelegationId = Annotated[UUID, Ref("ApprovalDelegation")]


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ApprovalDelegationView:
    """A delegation: seen by who gave it and who holds it."""

    id: UUID = shown("Its id.")
    from_id: EmployeeId = shown("Who is represented.", filterable=True)
    from_name: str | None = shown("His name.")
    to_id: EmployeeId = shown("Who represents him.", filterable=True)
    to_name: str | None = shown("His name.")
    kinds: list[str] = shown("For which kinds of approvals; none: for all.")
    starts_at: datetime = shown("From when.", filterable=True, sortable=True)
    ends_at: datetime = shown("Until when.", filterable=True, sortable=True)
    reason: str | None = shown("Why.")
    is_active: bool = shown("Whether it holds right now.")


@office.query(AUTHENTICATED, returns=ApprovalDelegationView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDelegations(ListQuery):
    """Delegations that the viewer gave or holds, those that end last first."""


@office.query(AUTHENTICATED, returns=ApprovalDelegationView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDelegationsByIds(GetQuery):
    """Delegations by id."""


@office.command(AUTHENTICATED, returns={"delegation": ApprovalDelegationView})
@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateApprovals(Command):
    """Let somebody see and decide one's approvals for a time; oneself may still decide too."""

    to_id: EmployeeId = given("An active colleague.")
    kinds: Annotated[tuple[Kind, ...], Meta(max_length=50)] = given("For which kinds; none: for all.", default=())
    starts_at: datetime | None = given("From when; absent: now.", default=None)
    ends_at: datetime = given("Until when; at most 366 days after its beginning.")
    reason: Text | None = given("Why.", default=None)


@office.command(AUTHENTICATED, returns={"delegation": ApprovalDelegationView})
@dataclass(frozen=True, slots=True, kw_only=True)
class EndApprovalDelegation(Command):
    """End one's delegation now."""

    id: DelegationId = given("The delegation.")
