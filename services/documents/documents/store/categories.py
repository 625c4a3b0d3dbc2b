"""Categories as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion, statement, update
from documents.domain.category import Category
from documents.tables import document_category

_COLUMNS = [document_category.c[each.name] for each in fields(Category)]
_GET = statement(sa.select(*_COLUMNS).where(document_category.c.id == sa.bindparam("id")))
_INSERT, _SAVE = insertion(document_category), update(document_category, "created_at")
# one at a time: two moves that are fine each could make a circle together
_TREE = "LOCK TABLE document_category IN SHARE ROW EXCLUSIVE MODE"
_ABOVE = """
WITH RECURSIVE above (id, parent_id, level) AS (
    SELECT id, parent_id, 1 FROM document_category WHERE id = %s
    UNION ALL SELECT c.id, c.parent_id, a.level + 1 FROM document_category c JOIN above a ON c.id = a.parent_id)
SELECT id FROM above ORDER BY level
"""
_DEPTH = """
WITH RECURSIVE below (id, level) AS (
    SELECT %s::uuid, 1
    UNION ALL SELECT c.id, b.level + 1 FROM document_category c JOIN below b ON c.parent_id = b.id)
SELECT max(level) FROM below
"""
_FILLED = """
SELECT EXISTS (SELECT FROM document WHERE category_id = %(id)s)
    OR EXISTS (SELECT FROM document_category WHERE parent_id = %(id)s)
"""
_SAME = """
SELECT EXISTS (SELECT FROM document_category WHERE parent_id IS NOT DISTINCT FROM %s AND name = %s AND id <> %s)
"""


def lock_tree(connection: sa.Connection) -> None:
    """Hold the tree."""
    connection.exec_driver_sql(_TREE)


def get(connection: sa.Connection, category_id: UUID) -> Category | None:
    """A category."""
    found = _GET.first(connection, id=category_id)
    return None if found is None else Category(**found._asdict())


def above(connection: sa.Connection, category_id: UUID) -> list[UUID]:
    """The category and everything above it; nothing where there is none."""
    return list(connection.exec_driver_sql(_ABOVE, (category_id,)).scalars())


def depth(connection: sa.Connection, category_id: UUID) -> int:
    """Levels from the category downwards, itself included."""
    return int(connection.exec_driver_sql(_DEPTH, (category_id,)).scalar_one())


def is_named_alike(connection: sa.Connection, category: Category) -> bool:
    """Whether a neighbour has its name."""
    values = (category.parent_id, category.name, category.id)
    return bool(connection.exec_driver_sql(_SAME, values).scalar_one())


def is_filled(connection: sa.Connection, category_id: UUID) -> bool:
    """Whether anything lies in it, in the recycle bin too."""
    return bool(connection.exec_driver_sql(_FILLED, {"id": category_id}).scalar_one())


def insert(connection: sa.Connection, made: Category, now: datetime) -> None:
    """Keep a new one."""
    _INSERT.run(connection, **asdict(made), created_at=now, updated_at=now)


def save(connection: sa.Connection, changed: Category, now: datetime) -> None:
    """Keep what changed."""
    _SAVE.run(connection, **asdict(changed), updated_at=now)


def delete(connection: sa.Connection, category_id: UUID) -> None:
    """Remove it."""
    connection.exec_driver_sql("DELETE FROM document_category WHERE id = %s", (category_id,))
