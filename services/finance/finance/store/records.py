"""Records of one table that are each a dataclass of the domain, its fields named as the columns."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion, statement, update

T = TypeVar("T")


class Records(Generic[T]):
    """Reads, adds and saves them by their ids. Columns beside the fields are the moments ``created_at, updated_at``."""

    def __init__(self, table: sa.Table, made: type[T]) -> None:
        self.names = [each.name for each in fields(made)]  # type: ignore[arg-type]
        hints = get_type_hints(made)
        self._enums = {name: kind for name in self.names if (kind := _enum_of(hints[name])) is not None}
        self._lists = [name for name in self.names if getattr(hints[name], "__origin__", None) is tuple]
        self._made, self._moments = made, "updated_at" in table.c
        chosen = sa.select(*(table.c[name] for name in self.names)).where(table.c.id == sa.bindparam("id"))
        self._get, self._lock = statement(chosen), statement(chosen.with_for_update())
        self._insert, self._save = insertion(table), update(table, "created_at")

    def get(self, connection: sa.Connection, record_id: UUID) -> T | None:
        """The record as it stands; None where there is none."""
        return self._one(self._get.first(connection, id=record_id))

    def locked(self, connection: sa.Connection, record_id: UUID) -> T | None:
        """The record, which nobody else changes until the commit; None where there is none."""
        return self._one(self._lock.first(connection, id=record_id))

    def insert(self, connection: sa.Connection, record: T, now: datetime) -> None:
        """Add a record."""
        moments = {"updated_at": now} if self._moments else {}
        self._insert.run(connection, **self._values(record), created_at=now, **moments)

    def save(self, connection: sa.Connection, record: T, now: datetime) -> None:
        """Write a record that is there."""
        self._save.run(connection, **self._values(record), **({"updated_at": now} if self._moments else {}))

    def made(self, row: Any) -> T:
        """The record of a row that has the fields, in whatever order."""
        values = {name: getattr(row, name) for name in self.names}
        values |= {name: kind(values[name]) for name, kind in self._enums.items() if values[name] is not None}
        return self._made(**values | {name: tuple(values[name]) for name in self._lists})

    def _one(self, row: Any) -> T | None:
        return None if row is None else self.made(row)

    def _values(self, record: T) -> dict[str, Any]:
        values = {name: getattr(record, name) for name in self.names}
        values |= {name: values[name].value for name in self._enums if values[name] is not None}
        return values | {name: list(values[name]) for name in self._lists}


def _enum_of(hint: Any) -> type[Enum] | None:
    """The enum that a field holds, or holds if it is not null."""
    kinds = (hint, *get_args(hint))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)), None)
