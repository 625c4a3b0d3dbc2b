"""What an approval flow is made of (OFC-24, 25): its form, its nodes, who is asked, which way it goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.custom_fields import CustomFieldType, CustomOption
from crm_common.protocol.declare import given
from crm_common.protocol.office.service import DepartmentId, EmployeeId
from crm_common.protocol.views import Ref

Key = Annotated[str, Meta(pattern="^[a-z][a-zA-Z0-9_]{0,39}$")]
Label = Annotated[str, Meta(min_length=1, max_length=100)]
RoleId = Annotated[UUID, Ref("Role")]


class NodeWay(StrEnum):
    """How many of a node's approvers must say yes."""

    ANY = "ANY"
    """Any one of them: the first decision counts."""
    SEQUENCE = "SEQUENCE"
    """All of them, one after the other."""
    ALL = "ALL"
    """All of them, in whatever order (countersigning)."""


class ApproverBy(StrEnum):
    """By what an approver is found, when his node begins."""

    PERSON = "PERSON"
    """An employee."""
    ROLE = "ROLE"
    """Everybody who has a role."""
    SUPERIOR = "SUPERIOR"
    """The initiator's superior, ``level`` steps above him; 1 is the nearest."""
    TOP = "TOP"
    """Who stands at the top of the initiator's line of superiors."""
    HEAD = "HEAD"
    """The head of a department; without one, of the initiator's own."""


class FlowAllowance(StrEnum):
    """What a flow lets people do beside deciding."""

    TRANSFER = "TRANSFER"
    """An approver passes his task on to somebody else."""
    ADD_SIGN = "ADD_SIGN"
    """An approver asks somebody else to decide before him."""
    DELEGATE = "DELEGATE"
    """Who is absent is represented by his delegate."""
    WITHDRAW = "WITHDRAW"
    """The initiator takes it back before the first decision."""
    RETURN = "RETURN"
    """An approver sends it back to the initiator, who edits it."""


class Resumption(StrEnum):
    """Where an approval goes on that was returned and is submitted again."""

    START = "START"
    """At the first node."""
    NODE = "NODE"
    """At the node that returned it, where the changed form still leads there by the same nodes."""


class FlowOperator(StrEnum):
    """How a condition compares."""

    EQ = "EQ"
    """Is the value."""
    NE = "NE"
    """Is another value, or empty."""
    LT = "LT"
    """Is less or earlier."""
    LTE = "LTE"
    """Is less, earlier or the same."""
    GT = "GT"
    """Is greater or later."""
    GTE = "GTE"
    """Is greater, later or the same."""
    IN = "IN"
    """Is one of the values."""
    NOT_IN = "NOT_IN"
    """Is none of the values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowApprover:
    """Who is asked: exactly what ``by`` needs is given."""

    by: ApproverBy = given("By what he is found.")
    employee_id: EmployeeId | None = given("The person.", default=None)
    role_id: RoleId | None = given("The role.", default=None)
    role_code: Annotated[str, Meta(max_length=40)] | None = given(
        "The code of a preset role, instead of its id.", default=None
    )
    level: Annotated[int, Meta(ge=1, le=20)] = given("How many steps above the initiator.", default=1)
    department_id: DepartmentId | None = given("The department whose head is meant.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCondition:
    """A condition on a field of the form, or on the initiator's department: exactly one of the two is given."""

    field: Annotated[str, Meta(max_length=40)] | None = given("The key of a field of the form.", default=None)
    values: Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(max_length=100)] = given(
        "With what the field is compared: one value, or for IN and NOT_IN several; numbers and days as texts.",
        default=(),
    )
    department_ids: Annotated[tuple[DepartmentId, ...], Meta(max_length=100)] = given(
        "Departments, each with all below it: the initiator's is IN or NOT_IN them.", default=()
    )
    operator: FlowOperator = given("How it compares.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBranch:
    """A way on: taken when all of its conditions hold and no branch before it was taken."""

    to: Annotated[str, Meta(max_length=40)] | None = given("The node it leads to; null: the end.", default=None)
    conditions: Annotated[tuple[FlowCondition, ...], Meta(max_length=20)] = given(
        "All of them must hold; none: always.", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """A step of a flow: who is asked, how many must say yes, where it goes on."""

    key: Key = given("Its name within the flow.")
    name: Label = given("What people read, in Chinese or in the only language there is.")
    name_en: Label | None = given("What people read in English.", default=None)
    way: NodeWay = given("How many must say yes.")
    approvers: Annotated[tuple[FlowApprover, ...], Meta(max_length=50)] = given("Who is asked, in their order.")
    next: Annotated[tuple[FlowBranch, ...], Meta(max_length=20)] = given(
        "The ways on; exactly the last one has no condition.", default=(FlowBranch(),)
    )


ADMINISTRATORS = FlowApprover(by=ApproverBy.ROLE, role_code="ADMIN")
EVERYTHING = tuple(FlowAllowance)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPlan:
    """The graph of a flow and its rules."""

    start: Annotated[tuple[FlowBranch, ...], Meta(min_length=1, max_length=20)] = given(
        "Where it begins; exactly the last branch has no condition."
    )
    nodes: Annotated[tuple[FlowNode, ...], Meta(min_length=1, max_length=50)] = given("Its nodes.")
    allows: tuple[FlowAllowance, ...] = given("What it lets people do beside deciding.", default=EVERYTHING)
    resumes: Resumption = given("Where it goes on when it is submitted again.", default=Resumption.START)
    asks_again: bool = given(
        "Whether somebody who said yes at the node before is asked again; if not, his yes counts there too.",
        default=False,
    )
    copies: Annotated[tuple[FlowApprover, ...], Meta(max_length=50)] = given(
        "Who gets a copy when it is approved.", default=()
    )
    admin: FlowApprover = given("Who decides where nobody else can.", default=ADMINISTRATORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowField:
    """A field of the form that is approved; values are checked as those of custom fields are (CFD-01)."""

    key: Key = given("Its name within the form.")
    type: CustomFieldType = given("What it holds.")
    name: Label = given("What people read, in Chinese or in the only language there is.")
    name_en: Label | None = given("What people read in English.", default=None)
    required: bool = given("Whether it must be filled in.", default=False)
    max_length: Annotated[int, Meta(ge=1, le=20_000)] | None = given("The greatest number of characters.", default=None)
    options: Annotated[tuple[CustomOption, ...], Meta(max_length=200)] = given("What can be chosen.", default=())
