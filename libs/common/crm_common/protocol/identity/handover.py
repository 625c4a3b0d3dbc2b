"""Handover (IDN-23): what is in somebody's name, and passing it on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.declare import Command, Event, given
from crm_common.protocol.identity.service import EmployeeId, Text, identity
from crm_common.protocol.policy import needs

HAND_OVER = needs("org.handover", "org.employee.disable")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedKind:
    """How many records of one kind are in an employee's name."""

    service: str
    """The service that keeps them."""
    kind: str
    """The kind of record: department, customer, ticket …"""
    total: int
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """What is in an employee's name."""

    employee_id: EmployeeId
    """The employee."""
    total: int
    """All records of all kinds."""
    kinds: tuple[OwnedKind, ...]
    """The records by kind; kinds of which there are none are left out."""
    unanswered: tuple[str, ...]
    """Services that did not answer, so that their records are not counted."""


@identity.query(HAND_OVER, returns=Ownership)
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRecords:
    """What is in an employee's name: asked of every service."""

    employee_id: EmployeeId = given("The employee.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPart:
    """Who receives the records of one kind."""

    kind: str = given("The kind of record, as ownedRecords names it.")
    to_ids: tuple[EmployeeId, ...] = given("Active employees; several share them evenly.")


@identity.command(HAND_OVER, returns={"passed_on": tuple[OwnedKind, ...], "left": Ownership})
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
