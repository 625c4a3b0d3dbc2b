"""Sessions and signing keys."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from identity.domain.session import Session
from identity.tables import employee, session, signing_key


def get(connection: sa.Connection, session_id: UUID) -> Session | None:
    """The session, locked."""
    row = connection.execute(sa.select(session).where(session.c.id == session_id).with_for_update()).one_or_none()
    return None if row is None else _session(row)


def open_of(
    connection: sa.Connection, *, employee_id: UUID | None = None, api_client_id: UUID | None = None
) -> list[Session]:
    """The sessions of somebody that have not been ended, locked in one order so that nobody waits in a circle."""
    mine = session.c.employee_id == employee_id if employee_id else session.c.api_client_id == api_client_id
    query = sa.select(session).where(mine, session.c.ended_at.is_(None)).order_by(session.c.id).with_for_update()
    return [_session(row) for row in connection.execute(query)]


def insert_session(connection: sa.Connection, added: Session) -> None:
    """Keep a new session."""
    connection.execute(sa.insert(session).values(**asdict(added)))


def save(connection: sa.Connection, changed: Session) -> None:
    """Keep what changed of a session."""
    connection.execute(sa.update(session).where(session.c.id == changed.id).values(**asdict(changed)))


def note_login(connection: sa.Connection, employee_id: UUID, now: datetime) -> None:
    """Remember when an employee last logged in; no change of his record, so no new version."""
    connection.execute(
        sa.update(employee).where(employee.c.id == employee_id).values(last_login_at=now, last_active_at=now)
    )


def note_activity(connection: sa.Connection, employee_id: UUID, now: datetime) -> None:
    """Remember when an employee was last here: what a rights review shows as the last use."""
    connection.execute(sa.update(employee).where(employee.c.id == employee_id).values(last_active_at=now))


def forget_ended(connection: sa.Connection, before: datetime) -> int:
    """Drop sessions that ended or expired before a moment; the journal keeps their history."""
    gone = sa.or_(session.c.ended_at < before, session.c.expires_at < before)
    return connection.execute(sa.delete(session).where(gone)).rowcount


def add_key(connection: sa.Connection, kid: str, public: bytes, private: bytes, now: datetime) -> bool:
    """Make a key the one that signs; False when there is one already."""
    added = insert(signing_key).values(kid=kid, public_key=public, private_key=private, made_at=now)
    return connection.execute(added.on_conflict_do_nothing()).rowcount == 1


def retire_key(connection: sa.Connection, now: datetime) -> None:
    """Let nothing more be signed with the present key; the same statement keeps two rotations apart."""
    connection.execute(sa.update(signing_key).where(signing_key.c.retired_at.is_(None)).values(retired_at=now))


def drop_keys(connection: sa.Connection, retired_before: datetime) -> None:
    """Forget keys whose tokens have all expired."""
    connection.execute(sa.delete(signing_key).where(signing_key.c.retired_at < retired_before))


def _session(row: Any) -> Session:
    return Session(**{column.name: getattr(row, column.name) for column in session.columns})
