"""Rules by which leads and customers are given out by themselves (CUS-39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.customer.service import VERSION_DOC, Code, EmployeeId, Name, Version, customer
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

EDIT_RULES = needs("assign_rule.edit")
AssignRuleId = Annotated[UUID, Ref("AssignRule")]
Codes = Annotated[tuple[Code, ...], Meta(max_length=200)]
Receivers = Annotated[tuple[EmployeeId, ...], Meta(max_length=200)]
Place = Annotated[int, Meta(ge=0, le=100_000)]


class AssignedKind(StrEnum):
    """What a rule gives out."""

    LEAD = "LEAD"
    """Leads, when they are screened."""
    CUSTOMER = "CUSTOMER"
    """Customers, when they come into the pool."""


class AssignWay(StrEnum):
    """To whom of its employees a rule gives."""

    PERSON = "PERSON"
    """To the one it names."""
    TURN = "TURN"
    """To each in turn."""
    LEAST_LOAD = "LEAST_LOAD"
    """To him who has the fewest."""


@customer.view(EDIT_RULES)
@dataclass(slots=True, kw_only=True)
class AssignRuleView:
    """A rule: the first active one that fits, by place, decides. An empty list of codes fits whatever is there."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name.", filterable=True)
    place: int = shown("Its place among the rules; the smallest is asked first.", sortable=True)
    active: bool = shown("Whether it is asked.", filterable=True)
    kind: AssignedKind = shown("What it gives out.", filterable=True)
    regions: list[str] = shown("Regions that fit.")
    industries: list[str] = shown("Industries that fit.")
    sources: list[str] = shown("Sources that fit.")
    levels: list[str] = shown("Levels that fit.")
    way: AssignWay = shown("To whom of its employees it gives.")
    employee_ids: list[EmployeeId] = shown("Who receives.")
    updated_at: datetime = shown("When it was last changed.")
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(EDIT_RULES, returns=AssignRuleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRules(ListQuery):
    """Assignment rules, in the order in which they are asked."""


@customer.query(EDIT_RULES, returns=AssignRuleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRulesByIds(GetQuery):
    """Assignment rules by id."""


@customer.command(EDIT_RULES, returns={"assign_rule": AssignRuleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAssignRule(Command):
    """Add a rule."""

    name: Name = given("Its name.")
    kind: AssignedKind = given("What it gives out.")
    place: Place = given("Its place among the rules; the smallest is asked first.", default=0)
    active: bool = given("Whether it is asked.", default=True)
    regions: Codes = given("Regions that fit; none: any.", default=())
    industries: Codes = given("Industries that fit; none: any.", default=())
    sources: Codes = given("Sources that fit; none: any.", default=())
    levels: Codes = given("Levels that fit; none: any.", default=())
    way: AssignWay = given("To whom of its employees it gives.")
    employee_ids: Receivers = given("Who receives.")


@customer.command(EDIT_RULES, returns={"assign_rule": AssignRuleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAssignRule(Command):
    """Change a rule. Fields that are left out stay as they are."""

    id: AssignRuleId = given("The rule.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its name.", default=UNSET)
    place: Place | UnsetType = given("Its place among the rules.", default=UNSET)
    active: bool | UnsetType = given("Whether it is asked.", default=UNSET)
    regions: Codes | UnsetType = given("Regions that fit; none: any.", default=UNSET)
    industries: Codes | UnsetType = given("Industries that fit; none: any.", default=UNSET)
    sources: Codes | UnsetType = given("Sources that fit; none: any.", default=UNSET)
    levels: Codes | UnsetType = given("Levels that fit; none: any.", default=UNSET)
    way: AssignWay | UnsetType = given("To whom of its employees it gives.", default=UNSET)
    employee_ids: Receivers | UnsetType = given("Who receives.", default=UNSET)


@customer.command(EDIT_RULES, returns={"deleted_id": AssignRuleId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAssignRule(Command):
    """Delete a rule."""

    id: AssignRuleId = given("The rule.")
    version: Version = given(VERSION_DOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRuleEvent(Event):
    """What every event of a rule tells."""

    rule_id: UUID
    name: str
    changes: Changes


@customer.event("assign_rule.created", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRuleCreated(AssignRuleEvent):
    """A rule was added."""


@customer.event("assign_rule.updated", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRuleUpdated(AssignRuleEvent):
    """A rule was changed."""


@customer.event("assign_rule.deleted", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRuleDeleted(AssignRuleEvent):
    """A rule was deleted."""
