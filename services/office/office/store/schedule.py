"""Entries of schedules as rows."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.office.schedule import EntryKind, EntryStatus, InvitationAnswer
from crm_common.text_order import pinyin_key
from office.domain.repeats import Span
from office.domain.schedule import Entry

_SPAN = ("starts_at", "ends_at", "all_day", "zone", "repeat", "left_out")
_PLAIN = ("id", "owner_id", "kind", "status", "title", "place", "body", "private", "about", "source", "version")
FIELDS = (*_PLAIN, *_SPAN)
COLUMNS = ", ".join(f"e.{name}" for name in FIELDS)
"""The columns that an entry is made of, of the row ``e``."""
_GUESTS = "ARRAY(SELECT g.employee_id FROM schedule_guest g WHERE g.entry_id = e.id) AS guests"
_GET = f"SELECT {COLUMNS}, {_GUESTS} FROM schedule_entry e"
_WRITTEN = (*FIELDS, "title_key", "last_end")
_INSERT = (
    f"INSERT INTO schedule_entry ({', '.join(_WRITTEN)}, created_at, updated_at)"
    f" VALUES ({', '.join(f'%({name})s' for name in _WRITTEN)}, %(now)s, %(now)s)"
)
_SAVE = (
    f"UPDATE schedule_entry SET {', '.join(f'{name} = %({name})s' for name in _WRITTEN if name != 'id')},"
    " updated_at = %(now)s WHERE id = %(id)s"
)
_UNINVITE = "DELETE FROM schedule_guest WHERE entry_id = %s AND NOT employee_id = ANY(%s::uuid[])"
_INVITE = """
INSERT INTO schedule_guest (entry_id, employee_id, answer) SELECT %s, id, 'PENDING' FROM unnest(%s::uuid[]) AS g (id)
ON CONFLICT DO NOTHING
"""
_ANSWER = """
UPDATE schedule_guest SET answer = %(answer)s, answered_at = %(now)s
WHERE entry_id = %(entry_id)s AND employee_id = %(employee_id)s AND answer <> %(answer)s
"""


def locked(connection: sa.Connection, entry_id: UUID) -> Entry | None:
    """The entry, locked."""
    return _one(connection, f"{_GET} WHERE e.id = %s FOR UPDATE OF e", entry_id)


def of_source(connection: sa.Connection, source: str) -> Entry | None:
    """The entry that was made of this, locked."""
    return _one(connection, f"{_GET} WHERE e.source = %s FOR UPDATE OF e", source)


def contacts_before(connection: sa.Connection, about: str, source: str) -> list[Entry]:
    """The planned contacts with a customer that other follow-ups named, locked."""
    where = "e.about = %s AND e.kind = 'CONTACT' AND e.status = 'PLANNED' AND e.source <> %s ORDER BY e.id"
    rows = connection.exec_driver_sql(f"{_GET} WHERE {where} FOR UPDATE OF e", (about, source))
    return [entry_of(dict(row)) for row in rows.mappings()]


def contacts_with(connection: sa.Connection, about: str) -> list[Entry]:
    """Every contact with a customer that follow-ups named, locked."""
    where = "e.about = %s AND e.kind = 'CONTACT' AND e.source IS NOT NULL ORDER BY e.id FOR UPDATE OF e"
    rows = connection.exec_driver_sql(f"{_GET} WHERE {where}", (about,))
    return [entry_of(dict(row)) for row in rows.mappings()]


def insert(connection: sa.Connection, made: Entry, now: datetime) -> None:
    """Keep a new entry."""
    connection.exec_driver_sql(_INSERT, _values(made, now))
    _invite(connection, made)


def save(connection: sa.Connection, changed: Entry, now: datetime) -> None:
    """Keep what changed of an entry."""
    connection.exec_driver_sql(_SAVE, _values(changed, now))
    connection.exec_driver_sql(_UNINVITE, (changed.id, list(changed.guests)))
    _invite(connection, changed)


def ask_anew(connection: sa.Connection, entry_id: UUID) -> None:
    """Let the guests answer again."""
    connection.exec_driver_sql(
        "UPDATE schedule_guest SET answer = 'PENDING', answered_at = NULL WHERE entry_id = %s", (entry_id,)
    )


def answer(connection: sa.Connection, entry_id: UUID, employee_id: UUID, said: InvitationAnswer, now: datetime) -> bool:
    """Note what a guest says; whether it is something else than before."""
    values = {"entry_id": entry_id, "employee_id": employee_id, "answer": said.value, "now": now}
    return connection.exec_driver_sql(_ANSWER, values).rowcount > 0


def exists(connection: sa.Connection) -> bool:
    """Whether anybody has entered anything."""
    found = connection.exec_driver_sql("SELECT EXISTS (SELECT FROM schedule_entry WHERE source IS NULL)")
    return bool(found.scalar_one())


def delete(connection: sa.Connection, entry_id: UUID) -> None:
    """Forget an entry and its guests."""
    connection.exec_driver_sql("DELETE FROM schedule_entry WHERE id = %s", (entry_id,))


def entry_of(row: dict[str, Any]) -> Entry:
    """The entry of a row of `COLUMNS` and ``guests``."""
    values = {name: row[name] for name in _PLAIN}
    values |= {"kind": EntryKind(row["kind"]), "status": EntryStatus(row["status"])}
    return Entry(**values, span=span_of(row), guests=frozenset(row["guests"]))


def span_of(row: dict[str, Any]) -> Span:
    """When the entry of a row takes place."""
    return Span(**{each.name: row[each.name] for each in fields(Span)} | {"left_out": tuple(row["left_out"])})


def _one(connection: sa.Connection, sql: str, value: UUID | str) -> Entry | None:
    row = connection.exec_driver_sql(sql, (value,)).mappings().one_or_none()
    return None if row is None else entry_of(dict(row))


def _invite(connection: sa.Connection, entry: Entry) -> None:
    if entry.guests:
        connection.exec_driver_sql(_INVITE, (entry.id, list(entry.guests)))


def _values(entry: Entry, now: datetime) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in _PLAIN}
    values |= {name: getattr(entry.span, name) for name in _SPAN}
    return values | {
        "kind": entry.kind.value,
        "status": entry.status.value,
        "left_out": list(entry.span.left_out),
        "title_key": pinyin_key(entry.title),
        "last_end": entry.span.last_end(),
        "now": now,
    }
