"""How sessions end: alone or all that somebody has."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change
from identity.domain import session as domain
from identity.domain.session import Session
from identity.store import sessions


def end_one(change: Change, session: Session, reason: str) -> None:
    """End a session that is locked for change; its tokens are dead with the commit."""
    ended, events = domain.end(session, reason, change.now)
    sessions.save(change.connection, ended)
    change.record(*events)


def end_all(
    change: Change,
    reason: str,
    *,
    employee_id: UUID | None = None,
    api_client_id: UUID | None = None,
    but: UUID | None = None,
) -> int:
    """End the sessions of somebody, ``but`` one; how many there were."""
    found = sessions.open_of(change.connection, employee_id=employee_id, api_client_id=api_client_id)
    ended = [each for each in found if each.id != but]
    for session in ended:
        end_one(change, session, reason)
    return len(ended)
