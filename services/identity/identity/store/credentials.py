"""Passwords and second factors of employees, and failed logins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from identity.domain.session import Attempts
from identity.tables import credential, employee, login_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What proves who an employee is. ``hashes``: the present password's, then the former ones', latest first."""

    employee_id: UUID
    name: str
    login_name: str
    active: bool
    must_change_password: bool
    hashes: tuple[str, ...]
    second_factor: bytes | None
    second_factor_begun: bytes | None
    second_factor_step: int | None
    recovery_hashes: tuple[str, ...]


def get(connection: sa.Connection, employee_id: UUID, *, lock: bool = True) -> Credential | None:
    """The credential of an employee; locked, so that a password is not checked while it is being changed."""
    query = _query().where(credential.c.employee_id == employee_id)
    row = connection.execute(query.with_for_update(of=credential) if lock else query).one_or_none()
    return None if row is None else _credential(row)


def set_first_password(connection: sa.Connection, employee_id: UUID, password_hash: str, now: datetime) -> None:
    """Give a new account its password."""
    connection.execute(
        sa.insert(credential).values(
            employee_id=employee_id, password_hash=password_hash, former_hashes=[], changed_at=now, recovery_hashes=[]
        )
    )


def set_password(
    connection: sa.Connection, of: Credential, password_hash: str, now: datetime, *, kept: int, must_change: bool
) -> None:
    """Replace the password; of the former ones ``kept`` hashes stay."""
    connection.execute(
        sa.update(credential)
        .where(credential.c.employee_id == of.employee_id)
        .values(password_hash=password_hash, former_hashes=list(of.hashes[:kept]), changed_at=now)
    )
    connection.execute(
        sa.update(employee).where(employee.c.id == of.employee_id).values(must_change_password=must_change)
    )


def strengthen(connection: sa.Connection, employee_id: UUID, password_hash: str) -> None:
    """Put the same password's hash with today's parameters in its place."""
    connection.execute(
        sa.update(credential).where(credential.c.employee_id == employee_id).values(password_hash=password_hash)
    )


def set_second_factor(connection: sa.Connection, employee_id: UUID, **values: Any) -> None:
    """Change columns of the second factor."""
    connection.execute(sa.update(credential).where(credential.c.employee_id == employee_id).values(**values))


def attempts(connection: sa.Connection, name_hash: bytes) -> Attempts:
    """Failed logins on a name; the row is made and locked, so that parallel failures count one by one."""
    empty = insert(login_attempt).values(name_hash=name_hash, failures=0)
    row = connection.execute(
        empty.on_conflict_do_update(
            index_elements=[login_attempt.c.name_hash], set_={"failures": login_attempt.c.failures}
        ).returning(login_attempt.c.failures, login_attempt.c.last_failure_at, login_attempt.c.locked_until)
    ).one()
    return Attempts(failures=row.failures, last_failure_at=row.last_failure_at, locked_until=row.locked_until)


def set_attempts(connection: sa.Connection, name_hash: bytes, value: Attempts) -> None:
    """Note how many logins on a name failed."""
    connection.execute(
        sa.update(login_attempt)
        .where(login_attempt.c.name_hash == name_hash)
        .values(failures=value.failures, last_failure_at=value.last_failure_at, locked_until=value.locked_until)
    )


def forget_old_attempts(connection: sa.Connection, now: datetime, *, age: timedelta) -> int:
    """Drop what no longer locks anybody out; how many names that were."""
    old = sa.func.coalesce(login_attempt.c.last_failure_at, sa.text("'-infinity'::timestamptz")) < now - age
    return connection.execute(sa.delete(login_attempt).where(old)).rowcount


def _query() -> sa.Select[Any]:
    of_employee = (employee.c.name, employee.c.login_name, employee.c.active, employee.c.must_change_password)
    return sa.select(credential, *of_employee).join(employee, employee.c.id == credential.c.employee_id)


def _credential(row: Any) -> Credential:
    return Credential(
        employee_id=row.employee_id,
        name=row.name,
        login_name=row.login_name,
        active=row.active,
        must_change_password=row.must_change_password,
        hashes=(row.password_hash, *row.former_hashes),
        second_factor=row.second_factor,
        second_factor_begun=row.second_factor_begun,
        second_factor_step=row.second_factor_step,
        recovery_hashes=tuple(row.recovery_hashes),
    )
