"""Saved views as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from crm_common.custom_fields.definitions import Definition
from crm_common.protocol.custom_fields import CustomFieldUse
from crm_common.protocol.customer.views_saved import SavedList
from crm_common.store import Store

_READ = "SELECT id, employee_id, list, name, filter, order_by, columns, version FROM saved_view"
_WRITE = """
INSERT INTO saved_view (id, employee_id, list, name, filter, order_by, columns, version, created_at, updated_at)
VALUES (%(id)s, %(employee)s, %(list)s, %(name)s, %(filter)s, %(order_by)s, %(columns)s, %(version)s, %(now)s, %(now)s)
ON CONFLICT (id) DO UPDATE SET (name, filter, order_by, columns, version, updated_at)
    = ROW (EXCLUDED.name, EXCLUDED.filter, EXCLUDED.order_by, EXCLUDED.columns, EXCLUDED.version, EXCLUDED.updated_at)
"""
# a condition at any depth, a step of the order, a column
_USING = """
SELECT name FROM saved_view
WHERE jsonb_path_exists(filter, ('$.**.custom.' || to_json(%(key)s::text)::text)::jsonpath)
    OR order_by @> jsonb_build_array(jsonb_build_object('field', 'custom.' || %(key)s::text))
    OR columns ? ('custom.' || %(key)s::text)
ORDER BY name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved view as it stands."""

    id: UUID
    employee_id: UUID
    list: SavedList
    name: str
    filter: dict[str, Any]
    order_by: tuple[dict[str, Any], ...]
    columns: tuple[str, ...]
    version: int


def of(connection: sa.Connection, employee_id: UUID) -> list[Saved]:
    """Everything that somebody saved, locked; two of his commands wait for one another."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended('saved_view/' || %s::text, 0))"
    connection.exec_driver_sql(lock, (employee_id,))
    rows = connection.exec_driver_sql(f"{_READ} WHERE employee_id = %s ORDER BY id FOR UPDATE", (employee_id,))
    return [_saved(dict(row._mapping)) for row in rows]


def save(connection: sa.Connection, view: Saved, now: datetime) -> None:
    """Write a view."""
    values = {
        "id": view.id,
        "employee": view.employee_id,
        "list": view.list,
        "name": view.name,
        "filter": Jsonb(view.filter),
        "order_by": Jsonb(list(view.order_by)),
        "columns": Jsonb(list(view.columns)),
        "version": view.version,
        "now": now,
    }
    connection.exec_driver_sql(_WRITE, values)


def delete(connection: sa.Connection, view_id: UUID) -> None:
    """Forget a view."""
    connection.exec_driver_sql("DELETE FROM saved_view WHERE id = %s", (view_id,))


def using(store: Store, definition: Definition) -> Sequence[CustomFieldUse]:
    """The saved views, of whomever, that a custom field is in."""
    rows = store.rows(_USING, {"key": definition.key})
    return [CustomFieldUse(kind="saved view", name=name) for (name,) in rows]


def _saved(row: dict[str, Any]) -> Saved:
    typed = {"list": SavedList(row["list"]), "order_by": tuple(row["order_by"]), "columns": tuple(row["columns"])}
    return Saved(**row | typed)
