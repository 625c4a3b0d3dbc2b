"""Handover (IDN-23): what is in somebody's name, and passing it on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.declare import Command, Event, OneQuery, given
from crm_common.protocol.identity.service import EmployeeId, Text, identity
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

HAND_OVER = needs("org.handover", "org.employee.disable")


@identity.view(HAND_OVER)
@dataclass(slots=True, kw_only=True)
class OwnedRecordsView:
    """How many records of one kind are in an employee's name."""

    service: str = shown("The service that keeps them.")
    kind: str = shown("The kind of record: department, customer, ticket …")
    total: int | None = shown("How many; null when the service does not answer right now.")


@identity.view(HAND_OVER)
@dataclass(slots=True, kw_only=True)
class OwnershipView:
    """Everything that is in an employee's name."""

    employee_id: EmployeeId = shown("The employee.")
    total: int = shown("All of it, over the services that answered.")
    complete: bool = shown("False when a service did not answer.")
    records: list[OwnedRecordsView] = child("The records by kind.", limit=100)


@identity.query(HAND_OVER, returns=OwnershipView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRecords(OneQuery):
    """What is in an employee's name: asked of every service that keeps owned records."""

    employee_id: EmployeeId = given("The employee.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPart:
    """Who receives the records of one kind."""

    kind: str = given("The kind of record, as ownedRecords names it.")
    to_ids: tuple[EmployeeId, ...] = given("Active employees; several share them evenly.")


@identity.command(HAND_OVER, returns={"passed_on": list[OwnedRecordsView], "left": list[OwnedRecordsView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Command):
    """Pass on everything that is in an employee's name, to one or several people."""

    from_id: EmployeeId = given("The employee who leaves or moves; may be disabled.")
    to_ids: tuple[EmployeeId, ...] = given("Active employees; several share the records evenly.")
    parts: tuple[HandoverPart, ...] = given("Kinds that go to other people than toIds.", default=())
    reason: Text | None = given("Why; kept in the history of both.", default=None)


@identity.event("handover.completed", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverCompleted(Event):
    """Records of an employee were passed on; the history of every receiver names it too."""

    employee_id: UUID
    to_ids: tuple[UUID, ...]
    passed_on: dict[str, int]
    """``<service>.<kind>`` → how many."""
    reason: str | None
