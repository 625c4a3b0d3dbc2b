"""Departments (IDN-01, 02, 03): a tree whose siblings have different names and an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.identity.departments import (
    CreateDepartment,
    DepartmentCreated,
    DepartmentDeleted,
    DepartmentHeadChanged,
    DepartmentReordered,
    DepartmentUpdated,
    UpdateDepartment,
)
from crm_common.protocol.identity.rules import OrganisationRules
from identity.domain.names import cleaned, folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department. ``path`` is ``/<uuid>/<uuid>/``: its ancestors, root first, and itself."""

    id: UUID
    name: str
    code: str | None
    description: str | None
    parent_id: UUID | None
    head_id: UUID | None
    path: str
    rank: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How much is left in a department."""

    departments: int
    positions: int
    employees: int


def create(
    command: CreateDepartment, department_id: UUID, parent: Department | None, siblings: Sequence[Department]
) -> tuple[Department, DepartmentCreated]:
    """A new department below ``parent`` (None: a root), last among ``siblings``."""
    name = cleaned(command.name)
    _refuse_a_namesake(name, siblings)
    department = Department(
        id=department_id,
        name=name,
        code=command.code,
        description=command.description,
        parent_id=parent.id if parent else None,
        head_id=None,
        path=path_below(parent, department_id),
        rank=_after(siblings),
        version=1,
    )
    return department, DepartmentCreated(
        department_id=department.id,
        name=department.name,
        parent_id=department.parent_id,
        path=department.path,
        changes=difference(None, department),
    )


def update(
    department: Department, command: UpdateDepartment, parent: Department | None, siblings: Sequence[Department]
) -> tuple[Department, list[DepartmentUpdated]]:
    """The department with other data, below ``parent``; ``siblings`` are the others there."""
    expect_version(department.version, command.version)
    if parent and f"/{department.id}/" in parent.path:
        raise OrganisationRules.a_department_cannot_move_below_itself(field="parent_id", name=department.name)
    name = cleaned(chosen(command.name, department.name))
    parent_id = parent.id if parent else None
    _refuse_a_namesake(name, siblings)
    after = replace(
        department,
        name=name,
        code=chosen(command.code, department.code),
        description=chosen(command.description, department.description),
        parent_id=parent_id,
        path=path_below(parent, department.id),
        rank=department.rank if parent_id == department.parent_id else _after(siblings),
    )
    return _updated(department, after)


def _updated(before: Department, after: Department) -> tuple[Department, list[DepartmentUpdated]]:
    changes = difference(before, after)
    if not changes:
        return before, []
    after = replace(after, version=before.version + 1)
    return after, [
        DepartmentUpdated(
            department_id=after.id, name=after.name, parent_id=after.parent_id, path=after.path, changes=changes
        )
    ]


def reorder(siblings: Sequence[Department], ids: Sequence[UUID]) -> list[tuple[Department, DepartmentReordered]]:
    """Those siblings that get another rank; ``ids`` names all of them in their new order."""
    known = {sibling.id: sibling for sibling in siblings}
    if len(ids) != len(known) or set(ids) != known.keys():
        raise OrganisationRules.an_order_names_every_sibling_once(field="ids")
    moved = []
    for rank, department_id in enumerate(ids):
        before = known[department_id]
        if before.rank != rank:
            after = replace(before, rank=rank, version=before.version + 1)
            moved.append((after, _reordered(before, after)))
    return moved


def _reordered(before: Department, after: Department) -> DepartmentReordered:
    return DepartmentReordered(
        department_id=after.id,
        name=after.name,
        parent_id=after.parent_id,
        path=after.path,
        changes=difference(before, after),
    )


def set_head(
    department: Department, version: int, head_id: UUID | None, *, head_is_active: bool
) -> tuple[Department, list[DepartmentHeadChanged]]:
    """The department under another head, or none. ``head_is_active`` is False also when there is no such employee."""
    expect_version(department.version, version)
    if head_id is not None and not head_is_active:
        raise OrganisationRules.a_head_is_an_active_employee(field="head_id")
    if head_id == department.head_id:
        return department, []
    after = replace(department, head_id=head_id, version=department.version + 1)
    return after, [
        DepartmentHeadChanged(
            department_id=after.id,
            name=after.name,
            parent_id=after.parent_id,
            path=after.path,
            head_id=head_id,
            former_head_id=department.head_id,
            changes=difference(department, after),
        )
    ]


def delete(department: Department, version: int, contents: Contents) -> DepartmentDeleted:
    """The end of an empty department."""
    expect_version(department.version, version)
    if contents.departments or contents.positions or contents.employees:
        raise OrganisationRules.only_an_empty_department_can_be_deleted(
            name=department.name,
            departments=contents.departments,
            positions=contents.positions,
            employees=contents.employees,
        )
    return DepartmentDeleted(
        department_id=department.id,
        name=department.name,
        parent_id=department.parent_id,
        path=department.path,
        changes=difference(department, None),
    )


def path_below(parent: Department | None, department_id: UUID) -> str:
    """The path of a department below ``parent``."""
    return f"{parent.path if parent else '/'}{department_id}/"


def _after(siblings: Sequence[Department]) -> int:
    return max((sibling.rank for sibling in siblings), default=-1) + 1


def _refuse_a_namesake(name: str, siblings: Sequence[Department]) -> None:
    if folded(name) in {folded(sibling.name) for sibling in siblings}:
        raise OrganisationRules.sibling_departments_have_different_names(field="name", name=name)
