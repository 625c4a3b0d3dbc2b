"""Keeps where departments and employees stand right after the tree or its heads changed: set-based, at any size."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.editing import plain
from crm_common.protocol.declare import Changes
from identity.domain.line import Place

# The given departments and all below them as they should stand. The walk begins at those that no other given one is
# above of: the rest are met on the way, below parents that are right already.
_DEPARTMENTS = sa.text("""
WITH RECURSIVE wanted AS (
    SELECT d.id, coalesce(p.path, '/') || d.id || '/' AS path, coalesce(p.depth + 1, 0) AS depth,
        coalesce(p.tree_order, '') || lpad(d.rank::text, 6, '0') || '/' AS tree_order,
        CASE WHEN h.active THEN ARRAY[h.id] ELSE '{}'::uuid[] END || coalesce(p.heads, '{}') AS heads
    FROM department d LEFT JOIN department p ON p.id = d.parent_id LEFT JOIN employee h ON h.id = d.head_id
    WHERE d.id = ANY(:ids) AND NOT EXISTS (
        SELECT FROM department a WHERE a.id = ANY(:ids) AND a.id <> d.id AND starts_with(d.path, a.path))
    UNION ALL
    SELECT d.id, w.path || d.id || '/', w.depth + 1, w.tree_order || lpad(d.rank::text, 6, '0') || '/',
        CASE WHEN h.active THEN ARRAY[h.id] ELSE '{}'::uuid[] END || w.heads
    FROM wanted w JOIN department d ON d.parent_id = w.id LEFT JOIN employee h ON h.id = d.head_id
)
UPDATE department d SET path = w.path, depth = w.depth, tree_order = w.tree_order, heads = w.heads
FROM wanted w
WHERE d.id = w.id AND (d.path, d.depth, d.tree_order, d.heads) IS DISTINCT FROM (w.path, w.depth, w.tree_order, w.heads)
RETURNING d.id, d.name, d.parent_id, old.path AS old_path, new.path AS new_path
""")

_EMPLOYEES = sa.text("""
UPDATE employee e SET department_path = d.path, line = superiors(e.id, d.heads)
FROM department d
WHERE e.department_id = d.id AND d.id = ANY(:ids)
    AND (d.id = ANY(:renamed)
        OR (e.department_path, e.line) IS DISTINCT FROM (d.path, superiors(e.id, d.heads)))
RETURNING e.id, e.name, e.active, d.id AS department_id, d.name AS department_name,
    old.department_path AS old_path, new.department_path AS new_path, old.line AS old_line, new.line AS new_line
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDepartment:
    """A department that stands elsewhere now."""

    id: UUID
    name: str
    parent_id: UUID | None
    old_path: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEmployee:
    """An employee whose surroundings are other ones now."""

    id: UUID
    name: str
    active: bool
    place: Place
    changes: Changes


def settle(
    connection: sa.Connection, department_ids: Collection[UUID], *, renamed: Mapping[UUID, str] | None = None
) -> tuple[list[MovedDepartment], list[PlacedEmployee]]:
    """Bring the given departments and all below them to where they stand now, and everybody in them.

    ``renamed``: former names of departments; everybody directly in them is told. Needs `guards.tree`.
    """
    renamed = renamed or {}
    changed = connection.execute(_DEPARTMENTS, {"ids": list(department_ids)}).all()
    affected = {row.id for row in changed} | renamed.keys()
    if not affected:
        return [], []
    employees = connection.execute(_EMPLOYEES, {"ids": list(affected), "renamed": list(renamed)}).all()
    moved = [
        MovedDepartment(id=row.id, name=row.name, parent_id=row.parent_id, old_path=row.old_path, path=row.new_path)
        for row in changed
        if row.old_path != row.new_path
    ]
    return sorted(moved, key=lambda each: each.path), [_placed(row, renamed) for row in employees]


def _placed(row: Any, renamed: Mapping[UUID, str]) -> PlacedEmployee:
    changes: Changes = {}
    if row.old_path != row.new_path:
        changes["department_path"] = (row.old_path, row.new_path)
    if row.old_line != row.new_line:
        changes["line"] = (plain(row.old_line), plain(row.new_line))
    if row.department_id in renamed:
        changes["department_name"] = (renamed[row.department_id], row.department_name)
    place = Place(
        department_id=row.department_id,
        department_name=row.department_name,
        department_path=row.new_path,
        line=tuple(row.new_line),
    )
    return PlacedEmployee(id=row.id, name=row.name, active=row.active, place=place, changes=changes)
