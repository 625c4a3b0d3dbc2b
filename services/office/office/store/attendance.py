"""When people work, where they were, and what their months came to, as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.identity.company import Weekday
from crm_common.protocol.office.checkins import CheckInKind, CheckInMade
from crm_common.text_order import pinyin_key
from office.domain.attendance import Month, Rule, Seen
from office.domain.work_calendar import SpecialDay

Rows = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]
"""Runs a statement that reads: a store's, or an open transaction's (`within`)."""

_RULE = tuple(each.name for each in fields(Rule))
_MONTH = tuple(each.name for each in fields(Month))
_GET_RULE = f"SELECT {', '.join(_RULE)} FROM attendance_rule"
_SAVE_RULE = f"UPDATE attendance_rule SET {', '.join(f'{name} = %({name})s' for name in _RULE)}, updated_at = %(now)s"
_SET_SPECIAL = """
INSERT INTO special_day (id, day, working, name) VALUES (%s, %s, %s, %s)
ON CONFLICT (day) DO UPDATE SET working = excluded.working, name = excluded.name RETURNING id
"""
_ADD_OFFICE = "INSERT INTO company_office (id, name, name_key, latitude, longitude) VALUES (%s, %s, %s, %s, %s)"
_CHECK_IN = """
INSERT INTO checkin (id, employee_id, kind, at, latitude, longitude, accuracy, office_id, distance, outside,
    customer_id, photo_id, note)
VALUES (%(check_in_id)s, %(employee_id)s, %(kind)s, %(at)s, %(latitude)s, %(longitude)s, %(accuracy)s, %(office_id)s,
    %(distance)s, %(outside)s, %(customer_id)s, %(photo_id)s, %(note)s)
"""
_SEEN = """
SELECT employee_id, kind, at, outside FROM checkin
WHERE at >= %(begin)s AND at < %(end)s AND employee_id = ANY(%(people)s::uuid[]) ORDER BY at
"""
_CLOSE = (
    f"INSERT INTO attendance_month (id, month, employee_id, {', '.join(_MONTH)}, closed_at)"
    f" VALUES (%(id)s, %(month)s, %(employee_id)s, {', '.join(f'%({name})s' for name in _MONTH)}, %(now)s)"
    " ON CONFLICT (month, employee_id) DO NOTHING"
)
# whoever had left before the month began has no record of it
_UNCLOSED = """
SELECT p.id FROM employee_ref p WHERE p.active
AND NOT EXISTS (SELECT FROM attendance_month m WHERE m.month = %s AND m.employee_id = p.id) ORDER BY p.id
"""


def within(connection: sa.Connection) -> Rows:
    """Reading in an open transaction."""
    return lambda sql, values: [tuple(row) for row in connection.exec_driver_sql(sql, dict(values))]


def rule(rows: Rows) -> Rule:
    """When people work."""
    [found] = rows(_GET_RULE, {})
    values = dict(zip(_RULE, found, strict=True))
    return Rule(**values | {"rest_days": tuple(Weekday(each) for each in values["rest_days"])})


def locked_rule(connection: sa.Connection) -> tuple[UUID, Rule]:
    """The same, locked, with its id."""
    identifier = connection.exec_driver_sql("SELECT id FROM attendance_rule FOR UPDATE").scalar_one()
    return identifier, rule(within(connection))


def save_rule(connection: sa.Connection, changed: Rule, now: datetime) -> None:
    """Keep when people work."""
    values = asdict(changed) | {"rest_days": [each.value for each in changed.rest_days], "now": now}
    connection.exec_driver_sql(_SAVE_RULE, values)


def special_days(rows: Rows, first: date, last: date) -> dict[date, SpecialDay]:
    """The special days of a period."""
    found = rows(
        "SELECT day, working, name FROM special_day WHERE day BETWEEN %(first)s AND %(last)s",
        {"first": first, "last": last},
    )
    return {day: SpecialDay(day=day, working=working, name=name) for day, working, name in found}


def set_special_day(connection: sa.Connection, identifier: UUID, day: SpecialDay) -> UUID:
    """Keep a special day; the id it has."""
    found = connection.exec_driver_sql(_SET_SPECIAL, (identifier, day.day, day.working, day.name))
    return UUID(str(found.scalar_one()))


def remove_special_day(connection: sa.Connection, identifier: UUID) -> SpecialDay | None:
    """Forget a special day; what it was."""
    statement = "DELETE FROM special_day WHERE id = %s RETURNING day, working, name"
    row = connection.exec_driver_sql(statement, (identifier,)).mappings().one_or_none()
    return None if row is None else SpecialDay(**dict(row))


def offices(rows: Rows) -> list[tuple[UUID, float, float]]:
    """Where people work: id, latitude, longitude."""
    return [(row[0], row[1], row[2]) for row in rows("SELECT id, latitude, longitude FROM company_office", {})]


def add_office(connection: sa.Connection, identifier: UUID, name: str, place: tuple[float, float]) -> None:
    """Keep an office."""
    connection.exec_driver_sql(_ADD_OFFICE, (identifier, name, pinyin_key(name), *place))


def remove_office(connection: sa.Connection, identifier: UUID) -> tuple[str, float, float] | None:
    """Forget an office; what it was."""
    statement = "DELETE FROM company_office WHERE id = %s RETURNING name, latitude, longitude"
    row = connection.exec_driver_sql(statement, (identifier,)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def check_in(connection: sa.Connection, made: CheckInMade, **further: Any) -> None:
    """Keep a check-in."""
    connection.exec_driver_sql(_CHECK_IN, asdict(made) | {"kind": made.kind.value} | further)


def seen(rows: Rows, people: Sequence[UUID], begin: datetime, end: datetime) -> dict[UUID, list[Seen]]:
    """The check-ins of people in a period, each one's in their order."""
    found: dict[UUID, list[Seen]] = {}
    for person, kind, at, outside in rows(_SEEN, {"people": list(people), "begin": begin, "end": end}):
        found.setdefault(person, []).append(Seen(kind=CheckInKind(kind), at=at, outside=outside))
    return found


def unclosed(connection: sa.Connection, month: str, most: int) -> list[UUID]:
    """Some of those whose month has not been counted."""
    return list(connection.exec_driver_sql(f"{_UNCLOSED} LIMIT {most:d}", (month,)).scalars())


def close(connection: sa.Connection, rows: Sequence[tuple[UUID, UUID, Month]], month: str, now: datetime) -> None:
    """Keep what a month came to: id, employee, month."""
    values = [
        asdict(each) | {"id": identifier, "employee_id": employee, "month": month, "now": now}
        for identifier, employee, each in rows
    ]
    if values:
        connection.exec_driver_sql(_CLOSE, values)
