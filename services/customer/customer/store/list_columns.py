"""The company's choice of columns, as a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from crm_common.store import Store

_READ = "SELECT columns, version FROM list_columns"
_WRITE = "UPDATE list_columns SET columns = %s, version = version + 1, updated_at = %s"


class Kept(NamedTuple):
    """What was chosen; None: nobody has decided."""

    columns: list[str] | None
    version: int


def read(store: Store) -> Kept:
    """The choice of now."""
    return _kept(store.rows(_READ)[0])


def locked(connection: sa.Connection) -> Kept:
    """The choice, locked until the commit."""
    return _kept(connection.exec_driver_sql(f"{_READ} FOR UPDATE").one())


def save(connection: sa.Connection, columns: Sequence[str], now: datetime) -> None:
    """Keep another choice."""
    connection.exec_driver_sql(_WRITE, (Jsonb(list(columns)), now))


def _kept(row: Any) -> Kept:
    return Kept(row[0], row[1])
