"""Rights on files (DOC-03): given to people, departments and roles, beside what owner, scope and record give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import ListQuery, given
from crm_common.protocol.documents.service import (
    SEE,
    DepartmentId,
    DocumentId,
    EmployeeId,
    RoleId,
    documents,
)
from crm_common.protocol.views import Ref, shown


class DocumentRight(StrEnum):
    """What one may do with a file."""

    VIEW = "VIEW"
    """See that it is there, and what it says."""
    DOWNLOAD = "DOWNLOAD"
    """Take it."""
    EDIT = "EDIT"
    """Bring another version, call or classify it otherwise."""
    SHARE = "SHARE"
    """Give rights on it to others."""


class RightRules(Rules):
    """Refusals of rights."""

    a_right_is_given_to_one = Rule(
        Code.VALIDATION,
        en="Name a person, a department or a role: exactly one of them.",
        zh="每条授权只能指定人员、部门或角色之一。",
    )
    a_right_is_given_by_who_has_it = Rule(
        Code.FORBIDDEN, en="You cannot give more rights than you have.", zh="不能授予超出您自身的权限。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRights:
    """Rights for one person, one department with those below it, or one role."""

    employee_id: EmployeeId | None = None
    """A person."""
    department_id: DepartmentId | None = None
    """A department, with all below it."""
    role_id: RoleId | None = None
    """A role."""
    rights: Annotated[tuple[DocumentRight, ...], Meta(min_length=1, max_length=4)] = (DocumentRight.VIEW,)
    """What they may do; everything but VIEW includes VIEW."""


@documents.view(SEE)
@dataclass(slots=True, kw_only=True)
class DocumentGrantView:
    """Rights that were given on a file; seen by who may share it."""

    id: UUID = shown("The id.")
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] | None = shown("A person.")
    department_id: Annotated[UUID, Ref("Department", record="department")] | None = shown("A department.")
    role_id: Annotated[UUID, Ref("Role", record="role")] | None = shown("A role.")
    rights: list[DocumentRight] = shown("What they may do.")
    created_at: datetime = shown("When they were given.", sortable=True)


@documents.query(SEE, returns=DocumentGrantView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentGrants(ListQuery):
    """To whom rights on a file were given; for its owner and those who may share it."""

    id: DocumentId = given("The file.")
