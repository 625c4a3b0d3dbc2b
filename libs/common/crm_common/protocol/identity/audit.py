"""Audit log (AUD-01): every write with who, when, what, from where, before and after. Nobody can edit it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import ListQuery, given
from crm_common.protocol.history import HistoryEntryView
from crm_common.protocol.identity.service import EmployeeId, identity
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import shown

SEE = needs("audit.view")
RecordId = Annotated[str, Meta(min_length=1, max_length=200)]
RecordType = Annotated[str, Meta(min_length=1, max_length=50, pattern="^[A-Za-z_]+$")]


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class AuditEntryView:
    """One event of the journal: who changed what, when and from where, with the values before and after."""

    id: UUID = shown("The event's id.", filterable=True)
    occurred_at: datetime = shown("When.", filterable=True, sortable=True)
    type: str = shown("What happened: department.created.", filterable=True, sortable=True)
    subject: str = shown("The record: department/<uuid>.", filterable=True)
    actor: str | None = shown("Who: employee:<uuid>, api_client:<uuid> or system:<service>.", filterable=True)
    actor_name: str | None = shown("The actor's name when it happened.", filterable=True)
    address: str | None = shown("From which address.", filterable=True)
    correlation_id: str | None = shown("The request it belongs to.", filterable=True)
    changes: dict[str, Any] | None = shown(
        "Each changed field with its values before and after; phone numbers are masked."
    )
    data: Any = shown("The whole event; phone numbers are masked.")


@identity.query(SEE, returns=AuditEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog(ListQuery):
    """The audit log; without an order the latest first."""

    record_id: RecordId | None = given("Only what happened to this record: its id.", default=None)
    record_type: RecordType | None = given("Only what happened to records of this type: Department.", default=None)
    employee_id: EmployeeId | None = given("Only what this employee did.", default=None)
    since: datetime | None = given("Not before this moment.", default=None)
    until: datetime | None = given("Before this moment.", default=None)


@identity.query(AUTHENTICATED, returns=HistoryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHistory(ListQuery):
    """The changes of a department, position, employee, role or the company, latest first, for who may edit such."""

    record_id: RecordId = given("The record's id.")
