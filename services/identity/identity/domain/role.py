"""Roles (IDN-14 … 19): made of keys, visibility and scopes; given in person or by position."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.editing import chosen, difference, expect_version, plain
from crm_common.protocol.identity.permissions import permissions, sections_named
from crm_common.protocol.identity.roles import (
    CreateRole,
    RoleAssigned,
    RoleCreated,
    RoleDeleted,
    RoleEvent,
    RoleUpdated,
    ScopeGrant,
    UpdateRole,
)
from crm_common.protocol.identity.rules import EmployeeRules, RoleRules
from identity.domain.names import cleaned
from identity.domain.rights import Rights, RoleRights

E = TypeVar("E", bound=RoleEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role. ``permissions`` are in the catalogue's order, ``scopes`` are (module or section, scope)."""

    id: UUID
    name: str
    code: str | None
    description: str | None
    permissions: tuple[str, ...]
    hidden: tuple[str, ...]
    scope: str
    scopes: tuple[tuple[str, str], ...]
    version: int

    def rights(self) -> RoleRights:
        """What it gives."""
        return RoleRights(
            permissions=frozenset(self.permissions),
            hidden=frozenset(self.hidden),
            scope=self.scope,
            scopes=dict(self.scopes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much a role is in use; employees are those it was given to in person, active or not."""

    employees: int
    positions: int


def create(
    command: CreateRole, role_id: UUID, model: Role | None, *, code: str | None = None
) -> tuple[Role, RoleCreated]:
    """A new role; what the command leaves empty is taken from ``model``."""
    role = Role(
        id=role_id,
        name=cleaned(command.name),
        code=code,
        description=command.description,
        permissions=_keys(command.permissions) or (model.permissions if model else ()),
        hidden=_hidden(command.hidden) or (model.hidden if model else ()),
        scope=model.scope if model and not command.permissions else command.scope.value,
        scopes=_scopes(command.scopes) or (model.scopes if model else ()),
        version=1,
    )
    return role, _event(RoleCreated, None, role)


def update(role: Role, command: UpdateRole) -> tuple[Role, list[RoleUpdated]]:
    """The role with other rights; its lists are replaced as a whole."""
    expect_version(role.version, command.version)
    after = replace(
        role,
        name=cleaned(chosen(command.name, role.name)),
        description=chosen(command.description, role.description),
        permissions=_keys(chosen(command.permissions, role.permissions)),
        hidden=_hidden(chosen(command.hidden, role.hidden)),
        scope=role.scope if isinstance(command.scope, UnsetType) else command.scope.value,
        scopes=role.scopes if command.scopes is UNSET else _scopes(command.scopes),
    )
    if after == role:
        return role, []
    after = replace(after, version=role.version + 1)
    return after, [_event(RoleUpdated, role, after)]


def delete(role: Role, version: int, use: Use, replacement: Role | None) -> RoleDeleted:
    """The end of a role that nobody has, or that ``replacement`` takes the place of."""
    expect_version(role.version, version)
    if replacement is not None and replacement.id == role.id:
        raise RoleRules.a_role_is_not_replaced_by_itself(field="replace_with")
    if replacement is None and (use.employees or use.positions):
        raise RoleRules.a_role_in_use_needs_a_replacement(
            field="replace_with", name=role.name, employees=use.employees, positions=use.positions
        )
    return RoleDeleted(
        role_id=role.id,
        name=role.name,
        replaced_with=replacement.id if replacement else None,
        changes=difference(role, None),
    )


def assign(
    employee_id: UUID, present: Collection[UUID], add: Iterable[UUID], remove: Iterable[UUID]
) -> tuple[frozenset[UUID], list[RoleAssigned]]:
    """The roles an employee has in person after giving ``add`` and taking ``remove``."""
    add, remove = frozenset(add), frozenset(remove)
    if add & remove:
        raise RoleRules.a_role_is_given_or_taken(field="remove")
    before = frozenset(present)
    after = (before | add) - remove
    return after, changed_roles(employee_id, before, after, by_position=False)


def changed_roles(
    employee_id: UUID, before: Collection[UUID], after: Collection[UUID], *, by_position: bool
) -> list[RoleAssigned]:
    """The event of an employee whose roles are other ones now; none when they are the same."""
    old, new = frozenset(before), frozenset(after)
    if old == new:
        return []
    field = "position_role_ids" if by_position else "role_ids"
    return [
        RoleAssigned(
            employee_id=employee_id,
            added=tuple(sorted(new - old)),
            removed=tuple(sorted(old - new)),
            by_position=by_position,
            changes={field: (plain(old), plain(new))},
        )
    ]


def keep_an_administrator(everybody: Iterable[Rights]) -> None:
    """Refuse a change after which no active employee could give rights back."""
    if not any(rights.administers() for rights in everybody):
        raise EmployeeRules.one_administrator_remains()


def _keys(given: Sequence[str]) -> tuple[str, ...]:
    wanted = set(given)
    for key in given:
        if key not in permissions():
            raise RoleRules.a_permission_is_in_the_catalogue(field="permissions", key=key)
    return tuple(key for key in permissions() if key in wanted)


def _hidden(given: Sequence[str]) -> tuple[str, ...]:
    for name in given:
        if name not in permissions() and not sections_named(name):
            raise RoleRules.a_module_is_in_the_catalogue(field="hidden", name=name)
    return tuple(dict.fromkeys(given))


def _scopes(given: Sequence[ScopeGrant]) -> tuple[tuple[str, str], ...]:
    seen: dict[str, str] = {}
    for grant in given:
        if not sections_named(grant.module):
            raise RoleRules.a_module_is_in_the_catalogue(field="scopes", name=grant.module)
        if grant.module in seen:
            raise RoleRules.a_scope_is_given_once(field="scopes", name=grant.module)
        seen[grant.module] = grant.scope.value
    return tuple(sorted(seen.items()))


def _event(kind: type[E], before: Role | None, after: Role) -> E:
    return kind(role_id=after.id, name=after.name, changes=difference(before, after))
