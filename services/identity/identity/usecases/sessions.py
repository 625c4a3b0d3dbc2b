"""Commands about sessions (IDN-12, 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Once
from crm_common.context import Actor, ActorKind
from crm_common.errors import CommonRules
from crm_common.protocol.identity import session_rules as numbers
from crm_common.protocol.identity.session_rules import SessionRules
from crm_common.protocol.identity.sessions import EndEmployeeSessions, EndSession, Login, RefreshSession, SessionTokens
from crm_common.vault import Vault
from identity.adapters.passwords import random_token, token_hash
from identity.domain import session as domain
from identity.domain.session import Presented, Session
from identity.store import credentials, sessions
from identity.usecases.authentication import Check, password_is_wrong, proven
from identity.usecases.employees import visible
from identity.usecases.ending import end_all, end_one
from identity.usecases.keys import Signer


def login(change: Change, command: Login, *, check: Check, signer: Signer, vault: Vault) -> dict[str, Any]:
    """A session for whoever proved himself; otherwise a counted failure, see `Check`."""
    found = proven(change, check, code=command.code, vault=vault)
    if found is None:
        return {"tokens": None}
    act_as(change, Actor(kind=ActorKind.EMPLOYEE, id=found.employee_id, name=found.name))
    secret = random_token()
    begun, event = domain.begin(
        Session(
            id=change.new_id(),
            employee_id=found.employee_id,
            api_client_id=None,
            client=command.client,
            address=change.context.address,
            started_at=change.now,
            refreshed_at=change.now,
            expires_at=change.now + _lifetime(change),
            refresh_hash=token_hash(secret),
        )
    )
    sessions.insert_session(change.connection, begun)
    sessions.note_login(change.connection, found.employee_id, change.now)
    change.record(event)
    tokens = tokens_of(change, begun, signer, secret, must_change_password=found.must_change_password)
    return {"tokens": Once(tokens)}


def refresh(
    change: Change, command: RefreshSession, *, signer: Signer, vault: Vault, reused: list[Session]
) -> dict[str, Any]:
    """New tokens for a refresh token. A stolen one ends the session: ``reused`` then holds it, to be refused after."""
    session, secret = _presented(change, command.refresh_token)
    found = credentials.get(change.connection, session.employee_id, lock=False) if session.employee_id else None
    if found is None or not found.active or not session.lives(change.now):
        raise SessionRules.the_refresh_token_is_not_valid()
    successor = _successor(vault, session.id, secret)
    match domain.judge(session, token_hash(secret), change.now):
        case Presented.STOLEN:
            end_one(change, session, "token_reused")
            reused.append(session)
            return {"tokens": None}
        case Presented.LATEST:
            grace = timedelta(seconds=change.settings.get(numbers.REFRESH_GRACE))
            session = domain.carry_on(
                session, token_hash(successor), change.now, lifetime=_lifetime(change), grace=grace
            )
            sessions.save(change.connection, session)
            sessions.note_activity(change.connection, found.employee_id, change.now)
    tokens = tokens_of(change, session, signer, successor, must_change_password=found.must_change_password)
    return {"tokens": Once(tokens)}


def logout(change: Change, _command: Any) -> dict[str, Any]:
    """The end of the caller's session."""
    session = own_session(change)
    end_one(change, session, "logout")
    return {"ended": True}


def end_session(change: Change, command: EndSession) -> dict[str, Any]:
    """The end of another session of one's own."""
    session = sessions.get(change.connection, command.id)
    if session is None or session.employee_id != change.context.authenticated().id or not session.lives(change.now):
        raise CommonRules.the_record_was_not_found(field="id")
    end_one(change, session, "ended_elsewhere")
    return {"ended": True}


def end_employee_sessions(change: Change, command: EndEmployeeSessions) -> dict[str, Any]:
    """The end of all sessions of an employee in the caller's scope."""
    visible(change, command.id)
    return {"ended": end_all(change, "ended_by_administrator", employee_id=command.id)}


def lock_session(change: Change, _command: Any) -> dict[str, Any]:
    """The caller's session locked."""
    _set_locked(change, own_session(change), locked=True)
    return {"locked": True}


def unlock_session(change: Change, _command: Any, *, check: Check) -> dict[str, Any]:
    """The caller's session open again, if the password was right."""
    session = own_session(change)
    if proven(change, check, wrong=password_is_wrong("password")) is None:
        return {"locked": session.locked}
    _set_locked(change, session, locked=False)
    return {"locked": False}


def forget(change: Change) -> None:
    """Drop sessions that ended a month ago and failures that lock nobody out any more; the journal remembers both."""
    sessions.forget_ended(change.connection, change.now - timedelta(days=30))
    credentials.forget_old_attempts(change.connection, change.now, age=timedelta(days=2))


def own_session(change: Change) -> Session:
    """The caller's session, locked for change; API clients and systems have none that this is for."""
    actor = change.context.authenticated()
    session = sessions.get(change.connection, actor.session_id) if actor.session_id else None
    if session is None or session.employee_id != actor.id:
        raise SessionRules.only_a_session_can_do_this()
    if not session.lives(change.now):
        raise CommonRules.a_valid_session_is_needed()
    return session


def act_as(change: Change, actor: Actor) -> None:
    """From here on the change is his who has just proved who he is: the journal names him, not nobody."""
    change.context = replace(change.context, actor=actor)


def tokens_of(
    change: Change, session: Session, signer: Signer, secret: str | None, *, must_change_password: bool = False
) -> SessionTokens:
    """What a client gets to go on with."""
    until = min(change.now + timedelta(minutes=change.settings.get(numbers.ACCESS_MINUTES)), session.expires_at)
    subject = session.employee_id or session.api_client_id
    if subject is None:
        raise AssertionError("a session is somebody's")
    return SessionTokens(
        session_id=session.id,
        access_token=signer.token(subject, session.id, session.client, change.now, until),
        access_expires_at=until,
        refresh_token=f"{session.id}.{secret}" if secret else None,
        refresh_expires_at=session.expires_at if secret else None,
        must_change_password=must_change_password,
    )


def _presented(change: Change, token: str) -> tuple[Session, str]:
    session_id, _, secret = token.partition(".")
    try:
        session = sessions.get(change.connection, UUID(session_id))
    except ValueError:
        session = None
    if session is None or not secret:
        raise SessionRules.the_refresh_token_is_not_valid()
    return session, secret


def _successor(vault: Vault, session_id: UUID, secret: str) -> str:
    # made from its predecessor: sending that one again gives the same token, so parallel requests stay one family
    return vault.fingerprint(f"refresh/{session_id}/{secret}".encode()).hex()


def _set_locked(change: Change, session: Session, *, locked: bool) -> None:
    after, events = domain.set_locked(session, locked=locked)
    if events:
        sessions.save(change.connection, after)
        change.record(*events)


def _lifetime(change: Change) -> timedelta:
    return timedelta(days=change.settings.get(numbers.REFRESH_DAYS))
