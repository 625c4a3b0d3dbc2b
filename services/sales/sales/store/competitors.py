"""Competitors as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_common.statements import insertion, statement, update, written
from crm_common.text_order import pinyin_key
from sales.domain.competitor import Competitor
from sales.tables.competitors import competitor, lost_order

_LOCKED = statement(
    sa.select(*(competitor.c[each.name] for each in fields(Competitor)))
    .where(competitor.c.id == sa.bindparam("id"))
    .with_for_update()
)
_INSERT = statement(
    postgresql.insert(competitor)
    .values({column.name: sa.bindparam(column.name, type_=column.type) for column in competitor.columns})
    .on_conflict_do_nothing(index_elements=["name_fold"])
    .returning(competitor.c.id)
)
_SAVE, _NOTE = update(competitor, "created_at"), insertion(lost_order)
_TAKEN = written("SELECT id FROM competitor WHERE name_fold = %(name_fold)s::text AND id <> %(id)s::uuid")


def locked(connection: sa.Connection, competitor_id: UUID) -> Competitor | None:
    """The competitor, locked until the commit."""
    found = _LOCKED.first(connection, id=competitor_id)
    return None if found is None else Competitor(**found._asdict())


def insert(connection: sa.Connection, added: Competitor, now: datetime) -> bool:
    """Add a competitor; False when one of this name is there (whoever was first has committed)."""
    return _INSERT.first(connection, **_row(added, now), created_at=now) is not None


def save(connection: sa.Connection, changed: Competitor, now: datetime) -> None:
    """Keep what changed of a competitor."""
    _SAVE.run(connection, **_row(changed, now))


def is_taken(connection: sa.Connection, known: Competitor) -> bool:
    """Whether another competitor has the name."""
    return bool(_TAKEN.rows(connection, id=known.id, name_fold=folded(known.name)))


def note(connection: sa.Connection, **values: Any) -> None:
    """Add an order that went to a competitor."""
    _NOTE.run(connection, **values)


def folded(name: str) -> str:
    """What makes two names the same."""
    return name.casefold()


def _row(known: Competitor, now: datetime) -> dict[str, Any]:
    derived = {"name_fold": folded(known.name), "name_key": pinyin_key(known.name), "updated_at": now}
    return asdict(known) | derived
