"""Audit log (AUD-01): every write with who, when, what, from where, before and after. Nobody can edit it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_common.protocol.declare import ListQuery, given
from crm_common.protocol.identity.service import identity
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown

SEE = needs("audit.view")


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class AuditEntryView:
    """One event of the journal: who changed what, when and from where, with the values before and after."""

    id: UUID = shown("The event's id.", filterable=True)
    occurred_at: datetime = shown("When.", filterable=True, sortable=True)
    type: str = shown("What happened: department.created.", filterable=True, sortable=True)
    subject: str = shown("The record: aggregate/uuid.", filterable=True)
    actor: str | None = shown("Who: employee:<uuid>, api_client:<uuid> or system:<service>.", filterable=True)
    actor_name: str | None = shown("His name when he did it.")
    address: str | None = shown("From which address.", filterable=True)
    correlation_id: str | None = shown("The request it belongs to.", filterable=True)
    changes: str | None = shown("JSON text: field to [before, after].")
    data: str = shown("JSON text: the whole event.")


@identity.query(SEE, returns=AuditEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog(ListQuery):
    """The audit log; without an order the latest first."""

    record_type: str | None = given("Only events of records of this type: department.", default=None)
    record_id: UUID | None = given("Only events of this record.", default=None)
    employee_id: UUID | None = given("Only what this employee did.", default=None)
    since: datetime | None = given("Not before this moment.", default=None)
    until: datetime | None = given("Before this moment.", default=None)
