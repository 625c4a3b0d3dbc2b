"""Roles as rows; who has them; what everybody may do by them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from identity.domain.names import folded
from identity.domain.rights import ADMINISTRATION, Rights, RoleRights, effective
from identity.domain.role import Role, Use
from identity.tables import employee, employee_role, position_role, role, role_holder, role_scope

_SCOPES = (
    sa.select(sa.func.coalesce(sa.func.json_object_agg(role_scope.c.module, role_scope.c.scope), sa.text("'{}'::json")))
    .where(role_scope.c.role_id == role.c.id)
    .scalar_subquery()
)
_COLUMNS = (
    role.c.id,
    role.c.name,
    role.c.code,
    role.c.description,
    role.c.permissions,
    role.c.hidden,
    role.c.scope,
    role.c.version,
    _SCOPES.label("scopes"),
)


def get(connection: sa.Connection, role_id: UUID) -> Role | None:
    """The role, locked."""
    connection.execute(sa.select(role.c.id).where(role.c.id == role_id).with_for_update())
    found = connection.execute(sa.select(*_COLUMNS).where(role.c.id == role_id)).one_or_none()
    return None if found is None else _role(found)


def existing(connection: sa.Connection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of ``ids`` that are roles; they cannot be deleted before the commit."""
    found = (
        sa.select(role.c.id).where(role.c.id.in_(ids)).order_by(role.c.id).with_for_update(read=True, key_share=True)
    )
    return frozenset(connection.scalars(found))


def by_code(connection: sa.Connection) -> dict[str, UUID]:
    """The preset roles by their codes."""
    found = connection.execute(sa.select(role.c.code, role.c.id).where(role.c.code.is_not(None)))
    return {row.code: row.id for row in found}


def name_is_taken(connection: sa.Connection, name: str, *, by_other_than: UUID) -> bool:
    """Whether another role has this name."""
    same = sa.and_(role.c.name_fold == folded(name), role.c.id != by_other_than)
    return connection.scalar(sa.select(sa.exists().where(same))) is True


def use_of(connection: sa.Connection, role_id: UUID) -> Use:
    """How much a role is in use, in person and by positions."""

    def count(column: sa.Column[UUID]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(column == role_id).scalar_subquery()

    found = connection.execute(
        sa.select(count(employee_role.c.role_id).label("employees"), count(position_role.c.role_id).label("positions"))
    ).one()
    return Use(**found._mapping)


def given_in_person(connection: sa.Connection, role_id: UUID) -> list[UUID]:
    """Everybody whom a role was given to in person."""
    found = sa.select(employee_role.c.employee_id).where(employee_role.c.role_id == role_id)
    return list(connection.scalars(found.order_by(employee_role.c.employee_id)))


def insert(connection: sa.Connection, added: Role, now: datetime) -> None:
    """Add a role."""
    connection.execute(sa.insert(role).values(_row(added) | {"created_at": now, "updated_at": now}))
    _write_scopes(connection, added)


def save(connection: sa.Connection, changed: Role, now: datetime) -> None:
    """Write a role."""
    connection.execute(sa.update(role).where(role.c.id == changed.id).values(_row(changed) | {"updated_at": now}))
    connection.execute(sa.delete(role_scope).where(role_scope.c.role_id == changed.id))
    _write_scopes(connection, changed)


def delete(connection: sa.Connection, role_id: UUID) -> None:
    """Remove a role that nobody has."""
    connection.execute(sa.delete(role).where(role.c.id == role_id))


def rights_of_administrators(connection: sa.Connection) -> list[Rights]:
    """The rights of every active employee who may be an administrator."""
    candidates = (
        sa.select(role_holder.c.employee_id)
        .join(role, role.c.id == role_holder.c.role_id)
        .join(employee, employee.c.id == role_holder.c.employee_id)
        .where(role.c.permissions.overlap(sorted(ADMINISTRATION)), employee.c.active)
    )
    return list(rights_of(connection, set(connection.scalars(candidates))).values())


def rights_of(connection: sa.Connection, employee_ids: Collection[UUID]) -> dict[UUID, Rights]:
    """What each of the employees may do by his roles, in person and by position."""
    roles: dict[UUID, list[RoleRights]] = {employee_id: [] for employee_id in employee_ids}
    found = connection.execute(
        sa.select(role_holder.c.employee_id, role.c.permissions, role.c.hidden, role.c.scope, _SCOPES.label("scopes"))
        .join(role, role.c.id == role_holder.c.role_id)
        .where(role_holder.c.employee_id.in_(employee_ids))
    )
    for row in found:
        roles[row.employee_id].append(
            RoleRights(
                permissions=frozenset(row.permissions),
                hidden=frozenset(row.hidden),
                scope=row.scope,
                scopes=row.scopes,
            )
        )
    return {employee_id: effective(held) for employee_id, held in roles.items()}


def _write_scopes(connection: sa.Connection, of: Role) -> None:
    rows = [{"role_id": of.id, "module": module, "scope": scope} for module, scope in of.scopes]
    if rows:
        connection.execute(sa.insert(role_scope), rows)


def _row(of: Role) -> dict[str, Any]:
    row = asdict(of) | {"name_fold": folded(of.name), "name_key": pinyin_key(of.name)}
    del row["scopes"]
    return row | {"permissions": list(of.permissions), "hidden": list(of.hidden)}


def _role(row: Any) -> Role:
    return Role(
        **dict(row._mapping)
        | {
            "permissions": tuple(row.permissions),
            "hidden": tuple(row.hidden),
            "scopes": tuple(sorted(row.scopes.items())),
        }
    )
