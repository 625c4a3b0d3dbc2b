"""Journals as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion, statement, update, written
from sales.domain.sales_log import SalesLog
from sales.tables.sales_logs import sales_log

_COLUMNS = [sales_log.c[each.name] for each in fields(SalesLog)]
_GET = statement(sa.select(*_COLUMNS).where(sales_log.c.id == sa.bindparam("id")).with_for_update())
_INSERT, _SAVE = insertion(sales_log), update(sales_log, "created_at")
_DELETE = written("DELETE FROM sales_log WHERE id = %(id)s::uuid")
_THERE = "SELECT EXISTS (SELECT FROM sales_log WHERE author_id = %s AND day = %s)"


def get(connection: sa.Connection, log_id: UUID) -> SalesLog | None:
    """The journal, locked."""
    found = _GET.first(connection, id=log_id)
    return None if found is None else SalesLog(**found._asdict())


def is_there(connection: sa.Connection, author_id: UUID, day: date) -> bool:
    """Whether somebody has a journal of the day."""
    return bool(connection.exec_driver_sql(_THERE, (author_id, day)).scalar_one())


def insert(connection: sa.Connection, made: SalesLog, now: datetime) -> None:
    """Keep a new journal."""
    _INSERT.run(connection, **asdict(made), created_at=now, updated_at=now)


def save(connection: sa.Connection, changed: SalesLog, now: datetime) -> None:
    """Keep what changed of a journal."""
    _SAVE.run(connection, **asdict(changed), updated_at=now)


def delete(connection: sa.Connection, log_id: UUID) -> None:
    """Remove a journal."""
    _DELETE.run(connection, id=log_id)
