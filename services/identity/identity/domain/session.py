"""Sessions (IDN-12, 13): begun by a login, carried on by refresh tokens that change, locked, ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from crm_common.protocol.identity.sessions import (
    SessionEnded,
    SessionEvent,
    SessionLocked,
    SessionStarted,
    SessionUnlocked,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session. Of refresh tokens only hashes are known: the present one, and its predecessor for a short while."""

    id: UUID
    employee_id: UUID | None
    api_client_id: UUID | None
    client: str
    address: str | None
    started_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    locked: bool = False
    refresh_hash: bytes | None = None
    previous_hash: bytes | None = None
    previous_until: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    def lives(self, now: datetime) -> bool:
        """Whether its tokens are worth anything."""
        return self.ended_at is None and now < self.expires_at


def begin(session: Session) -> tuple[Session, SessionStarted]:
    """A new session."""
    event = SessionStarted(
        session_id=session.id,
        employee_id=session.employee_id,
        api_client_id=session.api_client_id,
        client=session.client,
        address=session.address,
        changes={"started_at": (None, session.started_at.isoformat())},
    )
    return session, event


class Presented(Enum):
    """What a refresh token that was sent turned out to be."""

    LATEST = auto()
    REPEATED = auto()
    """The one before, sent again: the answer with its successor was lost, or two tabs asked at once."""
    STOLEN = auto()
    """An older one: two parties hold tokens of this session, and one of them should not."""


def judge(session: Session, presented: bytes, now: datetime) -> Presented:
    """What the hash of a refresh token says about who sent it."""
    if presented == session.refresh_hash:
        return Presented.LATEST
    if presented == session.previous_hash and session.previous_until is not None and now <= session.previous_until:
        return Presented.REPEATED
    return Presented.STOLEN


def carry_on(session: Session, successor: bytes, now: datetime, *, lifetime: timedelta, grace: timedelta) -> Session:
    """The session with its next refresh token; the one it replaces may be sent again for a while."""
    return replace(
        session,
        refreshed_at=now,
        expires_at=now + lifetime,
        refresh_hash=successor,
        previous_hash=session.refresh_hash,
        previous_until=now + grace,
    )


def end(session: Session, reason: str, now: datetime) -> tuple[Session, list[SessionEvent]]:
    """The session without worth; ended once, it stays as it was ended."""
    if session.ended_at is not None:
        return session, []
    event = SessionEnded(
        session_id=session.id,
        employee_id=session.employee_id,
        api_client_id=session.api_client_id,
        client=session.client,
        reason=reason,
        changes={"ended_at": (None, now.isoformat())},
    )
    return replace(session, ended_at=now, end_reason=reason), [event]


def set_locked(session: Session, *, locked: bool) -> tuple[Session, list[SessionEvent]]:
    """The session locked or open; nothing is said when it was so already."""
    if session.locked is locked:
        return session, []
    kind = SessionLocked if locked else SessionUnlocked
    event = kind(
        session_id=session.id,
        employee_id=session.employee_id,
        client=session.client,
        changes={"locked": (session.locked, locked)},
    )
    return replace(session, locked=locked), [event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Failed logins on one name, whether anybody has that name or not."""

    failures: int = 0
    last_failure_at: datetime | None = None
    locked_until: datetime | None = None

    def minutes_locked(self, now: datetime) -> int:
        """Whole minutes until the name is open again, 0 when it is."""
        if self.locked_until is None or now >= self.locked_until:
            return 0
        return -int((now - self.locked_until) // timedelta(minutes=1))


def failed(attempts: Attempts, now: datetime, *, allowed: int, lock: timedelta) -> Attempts:
    """One more failure; the last allowed one locks the name. Old failures are forgotten after the time of a lock."""
    stale = attempts.last_failure_at is None or now - attempts.last_failure_at >= lock
    failures = 1 if stale else attempts.failures + 1
    return Attempts(failures=failures, last_failure_at=now, locked_until=now + lock if failures >= allowed else None)
