"""Entries of dictionaries as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.dictionaries import Dictionary
from customer.tables import dictionary_entry

_COLUMNS = ("id", "dictionary", "code", "label", "label_en", "rank", "archived", "version")
_OF = f"SELECT {', '.join(_COLUMNS)} FROM dictionary_entry"
_UNKNOWN = """
SELECT given.dictionary, given.code FROM unnest(%s::text[], %s::text[]) AS given (dictionary, code)
WHERE NOT EXISTS (SELECT FROM dictionary_entry d
    WHERE d.dictionary = given.dictionary AND d.code = given.code AND NOT d.archived)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as it stands."""

    id: UUID
    dictionary: Dictionary
    code: str
    label: str
    label_en: str | None
    rank: int
    archived: bool
    version: int


def unknown(connection: sa.Connection, values: Mapping[Dictionary, str]) -> set[Dictionary]:
    """The dictionaries that do not have the value, or have archived it."""
    if not values:
        return set()
    given = ([each.value for each in values], list(values.values()))
    return {Dictionary(row[0]) for row in connection.exec_driver_sql(_UNKNOWN, given)}


def of(connection: sa.Connection, dictionary: Dictionary) -> list[Entry]:
    """All entries of a dictionary in their order, locked: what is added or moved waits for its turn."""
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended('dictionary/' || %s, 0))", (dictionary.value,)
    )
    rows = connection.exec_driver_sql(f"{_OF} WHERE dictionary = %s ORDER BY rank, id FOR UPDATE", (dictionary.value,))
    return _entries(rows)


def get(connection: sa.Connection, entry_id: UUID) -> Entry | None:
    """The entry, locked."""
    found = _entries(connection.exec_driver_sql(f"{_OF} WHERE id = %s FOR UPDATE", (entry_id,)))
    return found[0] if found else None


def has_label(connection: sa.Connection, dictionary: Dictionary, label: str) -> bool:
    """Whether an entry of the dictionary has this label."""
    statement = "SELECT EXISTS (SELECT FROM dictionary_entry WHERE dictionary = %s AND label = %s)"
    return bool(connection.exec_driver_sql(statement, (dictionary.value, label)).scalar_one())


def insert(connection: sa.Connection, entry: Entry, now: datetime) -> None:
    """Add an entry."""
    connection.execute(sa.insert(dictionary_entry).values(asdict(entry) | {"created_at": now, "updated_at": now}))


def save(connection: sa.Connection, entry: Entry, now: datetime) -> None:
    """Write an entry."""
    connection.execute(
        sa.update(dictionary_entry).where(dictionary_entry.c.id == entry.id).values(asdict(entry) | {"updated_at": now})
    )


def _entries(rows: Iterable[sa.Row[tuple[object, ...]]]) -> list[Entry]:
    return [Entry(**dict(row._mapping) | {"dictionary": Dictionary(row._mapping["dictionary"])}) for row in rows]
