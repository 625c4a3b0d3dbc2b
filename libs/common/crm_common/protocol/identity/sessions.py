"""Sessions (IDN-11 … 13): login, refresh, lock, passwords, the second factor; and who stands behind a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Changes, Command, Event, ListQuery, OneQuery, given
from crm_common.protocol.identity.employees import EmployeeView
from crm_common.protocol.identity.service import EmployeeId, LoginName, Password, identity
from crm_common.protocol.policy import ACCOUNT, AUTHENTICATED, INTERNAL, PUBLIC, needs
from crm_common.protocol.views import Ref, shown

SessionId = Annotated[UUID, Ref("Session")]
Code = Annotated[str, Meta(min_length=6, max_length=32)]
Secret = Annotated[str, Meta(min_length=1, max_length=512)]
RESET = needs("org.employee.reset_password")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTokens:
    """What a login or refresh gives: shown once, kept by the client only."""

    session_id: SessionId
    """The session they belong to."""
    access_token: str
    """Sent as ``Authorization: Bearer``; signed by identity, valid for minutes."""
    access_expires_at: datetime
    """When the access token ends."""
    refresh_token: str | None
    """Changed for new tokens once; null for API clients, which log in again."""
    refresh_expires_at: datetime | None
    """When the refresh token ends."""
    must_change_password: bool
    """Whether nothing but changing the password is open now."""


@identity.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class SessionView:
    """One of my sessions: where I am logged in."""

    id: UUID = shown("The id.")
    client: str = shown("What it was begun with: desk, mobile or what the client called itself.", filterable=True)
    address: str | None = shown("The address it was begun from.")
    started_at: datetime = shown("When it began.", filterable=True, sortable=True)
    refreshed_at: datetime = shown("When it last got new tokens.", sortable=True)
    expires_at: datetime = shown("When it ends by itself unless it is refreshed.")
    locked: bool = shown("Whether it is locked.")


@identity.query(AUTHENTICATED, returns=SessionView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MySessions(ListQuery):
    """My sessions that have not ended, latest first."""


@identity.command(PUBLIC, returns={"tokens": SessionTokens})
@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Command):
    """Begin a session. Five failures lock the name for 15 minutes; a refusal never tells whether the name exists."""

    login_name: LoginName = given("The login name; case and width do not count.")
    password: Password = given("The password.")
    code: Code | None = given("The code of the second factor, or a recovery code, where one is set up.", default=None)
    client: Annotated[str, Meta(min_length=1, max_length=40)] = given(
        "desk, mobile or a name of one's own.", default="desk"
    )


@identity.command(PUBLIC, returns={"tokens": SessionTokens})
@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession(Command):
    """Change a refresh token for new ones. The last may be sent again for a short while: the answer may get lost."""

    refresh_token: Secret = given("The latest refresh token.")


@identity.command(ACCOUNT, returns={"ended": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class Logout(Command):
    """End this session; its tokens are dead at once."""


@identity.command(AUTHENTICATED, returns={"ended": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Command):
    """End another session of mine."""

    id: SessionId = given("The session.")


@identity.command(RESET, returns={"ended": int})
@dataclass(frozen=True, slots=True, kw_only=True)
class EndEmployeeSessions(Command):
    """End all sessions of an employee, e.g. when a telephone was lost; answers how many there were."""

    id: EmployeeId = given("The employee.")


@identity.command(AUTHENTICATED, returns={"locked": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class LockSession(Command):
    """Lock this session when leaving the desk; everything else then answers SESSION_LOCKED."""


@identity.command(ACCOUNT, returns={"locked": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockSession(Command):
    """Unlock this session; wrong passwords count as failed logins."""

    password: Password = given("One's password.")


@identity.command(ACCOUNT, returns={"changed": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMyPassword(Command):
    """Change one's password; all other sessions end."""

    old_password: Password = given("The present password.")
    new_password: Password = given("At least 8 characters, with letters and digits; none of the last 3.")


@identity.command(RESET, returns={"employee": EmployeeView, "temporary_password": str})
@dataclass(frozen=True, slots=True, kw_only=True)
class ResetEmployeePassword(Command):
    """Give an employee a new password; his sessions end and the next login demands another one."""

    id: EmployeeId = given("The employee.")
    new_password: Password | None = given("The password; absent, one is made and answered once.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorSecret:
    """What an authenticator app needs, shown once."""

    secret: str
    """Base32, for typing in."""
    uri: str
    """``otpauth://``, for a QR code."""


@identity.command(AUTHENTICATED, returns={"enrolment": SecondFactorSecret})
@dataclass(frozen=True, slots=True, kw_only=True)
class StartSecondFactor(Command):
    """Get a secret for an authenticator app; nothing changes before a code of it is confirmed."""

    password: Password = given("One's password.")


@identity.command(AUTHENTICATED, returns={"recovery_codes": list[str]})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSecondFactor(Command):
    """Switch the second factor on; answers recovery codes, each good for one login, once."""

    code: Code = given("A code of the app.")


@identity.command(AUTHENTICATED, returns={"enabled": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class DisableSecondFactor(Command):
    """Switch one's second factor off."""

    password: Password = given("One's password.")
    code: Code = given("A code of the app, or a recovery code.")


@identity.command(RESET, returns={"employee": EmployeeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ResetEmployeeSecondFactor(Command):
    """Switch an employee's second factor off, e.g. when he lost his telephone; his sessions end."""

    id: EmployeeId = given("The employee.")


@identity.query(INTERNAL, returns=dict, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class ActorOfSession(OneQuery):
    """The actor behind a session as `crm_common.context.Actor`, or null when it has ended."""

    session_id: UUID


@identity.query(INTERNAL, returns=dict, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class ActorOfToken(OneQuery):
    """The actor behind an access token, or null when it is not valid: for plain Nameko clients."""

    token: str


@identity.query(INTERNAL, returns=dict, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class ActorOfEmployee(OneQuery):
    """An employee with his rights of now, without a session; null when his account is disabled.

    For what is done in his name while he is not there (rules), and to find out what he sees (mentions).
    """

    employee_id: UUID


@identity.query(INTERNAL, returns=dict, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys(OneQuery):
    """The public keys that access tokens are verified with, as a JWK set: ``{"keys": [{kid, kty, crv, x, …}]}``."""


@identity.command(INTERNAL, returns={"kid": str}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSigningKey(Command):
    """Sign with a new key from now on; tokens of the old one stay valid until they expire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent(Event):
    """What every event of a session tells."""

    session_id: UUID
    employee_id: UUID | None
    """Null for the session of an API client."""
    api_client_id: UUID | None = None
    client: str
    changes: Changes


@identity.event("session.started", subject="session_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(SessionEvent):
    """Somebody logged in."""

    address: str | None = None


@identity.event("session.ended", subject="session_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(SessionEvent):
    """A session ended; its tokens are dead."""

    reason: str
    """``logout``, ``ended_elsewhere``, ``password_changed``, ``password_reset``, ``disabled``, ``token_reused``, …"""


@identity.event("session.locked", subject="session_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLocked(SessionEvent):
    """A session was locked."""


@identity.event("session.unlocked", subject="session_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUnlocked(SessionEvent):
    """A session was unlocked."""


@identity.event("session.failed", subject="attempt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFailed(Event):
    """A login was refused. The name is not told: people type passwords into that field."""

    attempt_id: UUID
    """Made from the name that was tried, so that attempts on one name stand together."""
    employee_id: UUID | None
    failures: int
    locked_until: datetime | None
    address: str | None
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialEvent(Event):
    """What every event of an employee's credentials tells; never a secret."""

    employee_id: UUID
    changes: Changes


@identity.event("employee.password_changed", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeePasswordChanged(CredentialEvent):
    """An employee changed his password."""


@identity.event("employee.password_reset", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeePasswordReset(CredentialEvent):
    """An employee was given a new password."""


@identity.event("employee.second_factor_changed", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeSecondFactorChanged(CredentialEvent):
    """An employee's second factor was switched on or off."""

    enabled: bool
