"""Leaves and overtime as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.office.leave import Compensation, HalfDay, LeaveKind, LeaveState, OvertimeState
from office.domain.leave import Leave, Overtime, Time
from office.store.attendance import Rows

_TIME = tuple(each.name for each in fields(Time))
_PLAIN = ("id", "employee_id", "kind", "days", "state", "reason", "back_day", "back_half", "version")
_COLUMNS = (*_PLAIN, *_TIME, "begins", "ends")
_GET = f"SELECT {', '.join((*_PLAIN, *_TIME))} FROM leave WHERE id = %s FOR UPDATE"
_INSERT = (
    f"INSERT INTO leave ({', '.join(_COLUMNS)}, created_at)"
    f" VALUES ({', '.join(f'%({name})s' for name in _COLUMNS)}, %(now)s)"
)
_SAVE = f"UPDATE leave SET {', '.join(f'{name} = %({name})s' for name in _COLUMNS if name != 'id')} WHERE id = %(id)s"
# two requests at once would both find the time free
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('leave/' || %s::text, 0))"
_COUNTS = "state <> 'REFUSED'"
_OVERLAPPING = f"""
SELECT first_day FROM leave WHERE employee_id = %(of)s AND {_COUNTS} AND begins <= %(ends)s AND ends >= %(begins)s
ORDER BY begins LIMIT 1
"""
_TAKEN = f"""
SELECT kind, sum(days) FROM leave WHERE employee_id = %(of)s AND {_COUNTS}
AND first_day >= %(begin)s AND first_day < %(end)s GROUP BY kind
"""
_GRANTED = f"""
SELECT employee_id, {", ".join(_TIME)} FROM leave WHERE employee_id = ANY(%(people)s::uuid[])
AND state IN ('APPROVED', 'RETURN_REQUESTED', 'RETURNED') AND first_day <= %(last)s AND last_day >= %(first)s
"""
_ALLOW = """
INSERT INTO leave_allowance (id, kind, days_a_year) VALUES (%s, %s, %s)
ON CONFLICT (kind) DO UPDATE SET days_a_year = excluded.days_a_year RETURNING id
"""
_OVERTIME = tuple(each.name for each in fields(Overtime))
_GET_OVERTIME = f"SELECT {', '.join(_OVERTIME)} FROM overtime WHERE id = %s FOR UPDATE"
_ADD_OVERTIME = (
    f"INSERT INTO overtime ({', '.join(_OVERTIME)}, created_at)"
    f" VALUES ({', '.join(f'%({name})s' for name in _OVERTIME)}, %(now)s)"
)
_OVERTIME_IN = """
SELECT 1 FROM overtime WHERE employee_id = %(of)s AND state <> 'REFUSED' AND begins_at < %(end)s AND ends_at > %(begin)s
"""
_WORKED = """
SELECT employee_id, sum(extract(epoch FROM ends_at - begins_at) / 3600)::numeric(8, 2) FROM overtime
WHERE employee_id = ANY(%(people)s::uuid[]) AND state = 'APPROVED' AND begins_at >= %(begin)s AND begins_at < %(end)s
GROUP BY employee_id
"""


def one_at_a_time(connection: sa.Connection, employee_id: UUID) -> None:
    """Nobody else asks in this person's name until the commit."""
    connection.exec_driver_sql(_LOCK, (employee_id,))


def locked(connection: sa.Connection, leave_id: UUID) -> Leave | None:
    """The leave, locked."""
    row = connection.exec_driver_sql(_GET, (leave_id,)).mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = {name: row[name] for name in _PLAIN}
    values |= {"kind": LeaveKind(row["kind"]), "state": LeaveState(row["state"])}
    values["back_half"] = HalfDay(row["back_half"]) if row["back_half"] else None
    return Leave(**values, time=_time([row[name] for name in _TIME]))


def insert(connection: sa.Connection, made: Leave, now: datetime) -> None:
    """Keep a new leave."""
    connection.exec_driver_sql(_INSERT, _values(made) | {"now": now})


def save(connection: sa.Connection, changed: Leave) -> None:
    """Keep what changed of a leave."""
    connection.exec_driver_sql(_SAVE, _values(changed))


def overlapping(connection: sa.Connection, employee_id: UUID, time: Time) -> date | None:
    """The first day of another leave in this time."""
    values = {"of": employee_id, "begins": time.begins, "ends": time.ends}
    found: date | None = connection.exec_driver_sql(_OVERLAPPING, values).scalar_one_or_none()
    return found


def taken(rows: Rows, employee_id: UUID, year: int) -> dict[LeaveKind, Decimal]:
    """Days of each kind that begin in the year, granted or asked for."""
    values = {"of": employee_id, "begin": date(year, 1, 1), "end": date(year + 1, 1, 1)}
    return {LeaveKind(kind): days for kind, days in rows(_TAKEN, values)}


def allowances(rows: Rows) -> dict[LeaveKind, Decimal | None]:
    """How many days of each kind the company gives in a year; absent or None: no limit."""
    return {LeaveKind(kind): days for kind, days in rows("SELECT kind, days_a_year FROM leave_allowance", {})}


def allow(connection: sa.Connection, identifier: UUID, kind: LeaveKind, days: int | None) -> UUID:
    """Keep how many days of a kind there are; the id that this has."""
    return UUID(str(connection.exec_driver_sql(_ALLOW, (identifier, kind.value, days)).scalar_one()))


def granted(rows: Rows, people: list[UUID], first: date, last: date) -> dict[UUID, list[Time]]:
    """When people are on leave in a period."""
    found: dict[UUID, list[Time]] = {}
    for person, *time in rows(_GRANTED, {"people": people, "first": first, "last": last}):
        found.setdefault(person, []).append(_time(time))
    return found


def worked_over(rows: Rows, people: list[UUID], begin: datetime, end: datetime) -> dict[UUID, Decimal]:
    """Hours of overtime that were confirmed, of a period."""
    return dict(rows(_WORKED, {"people": people, "begin": begin, "end": end}))


def overtime(connection: sa.Connection, overtime_id: UUID) -> Overtime | None:
    """Overtime, locked."""
    row = connection.exec_driver_sql(_GET_OVERTIME, (overtime_id,)).mappings().one_or_none()
    if row is None:
        return None
    known = {"compensation": Compensation(row["compensation"]), "state": OvertimeState(row["state"])}
    return Overtime(**dict(row) | known)


def overtime_in(connection: sa.Connection, employee_id: UUID, begin: datetime, end: datetime) -> bool:
    """Whether there is other overtime in this time."""
    values = {"of": employee_id, "begin": begin, "end": end}
    return connection.exec_driver_sql(_OVERTIME_IN, values).first() is not None


def add_overtime(connection: sa.Connection, made: Overtime, now: datetime) -> None:
    """Keep new overtime."""
    connection.exec_driver_sql(_ADD_OVERTIME, asdict(made) | {
        "compensation": made.compensation.value, "state": made.state.value, "now": now,
    })  # fmt: skip


def decide_overtime(connection: sa.Connection, overtime_id: UUID, state: OvertimeState) -> None:
    """Keep what became of overtime."""
    connection.exec_driver_sql("UPDATE overtime SET state = %s WHERE id = %s", (state.value, overtime_id))


def _time(row: list[Any]) -> Time:
    values = dict(zip(_TIME, row, strict=True))
    halves = {name: HalfDay(values[name]) for name in ("first_half", "last_half")}
    return Time(**values | halves)


def _values(leave: Leave) -> dict[str, Any]:
    values = {name: getattr(leave, name) for name in _PLAIN} | {name: getattr(leave.time, name) for name in _TIME}
    plain = {name: value.value for name, value in values.items() if isinstance(value, LeaveKind | LeaveState | HalfDay)}
    return values | plain | {"begins": leave.time.begins, "ends": leave.time.ends}
