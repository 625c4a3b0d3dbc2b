"""Sessions and API clients as they are shown; and the actor behind a session."""

from __future__ import annotations

from uuid import UUID

from crm_common.context import Actor, ActorKind
from crm_common.protocol.identity.api_clients import ApiClientView
from crm_common.protocol.identity.sessions import SessionView
from crm_common.reading import Where, bind
from crm_common.runtime.host import ServiceHost
from identity.store import roles
from identity.tables import api_client, session

SESSIONS = bind(
    SessionView,
    session,
    default_order=[session.c.started_at.desc()],
)

API_CLIENTS = bind(
    ApiClientView,
    api_client,
    fields={"active": "({t}.revoked_at IS NULL AND ({t}.expires_at IS NULL OR {t}.expires_at > {now}))"},
    sort={"name": api_client.c.name_key},
    default_order=[api_client.c.name_key],
)

_SESSION = """
SELECT s.employee_id, s.api_client_id, s.locked,
    e.name, e.department_id, e.must_change_password,
    c.name, c.permissions
FROM session s
LEFT JOIN employee e ON e.id = s.employee_id
LEFT JOIN api_client c ON c.id = s.api_client_id
WHERE s.id = %s AND s.ended_at IS NULL AND s.expires_at > %s
    AND (e.active OR (c.id IS NOT NULL AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > %s)))
"""


def actor_of(host: ServiceHost, session_id: UUID) -> Actor | None:
    """Who acts in a session and what he may do now; None when it has ended."""
    now = host.clock.now()
    rows = host.store.rows(_SESSION, (session_id, now, now))
    if not rows:
        return None
    employee_id, client_id, locked, name, department_id, must_change, client_name, permissions = rows[0]
    if employee_id is None:
        return _program(client_id, client_name, permissions, session_id)
    with host.store.transaction() as connection:
        rights = roles.rights_of(connection, [employee_id])[employee_id]
    return Actor(
        kind=ActorKind.EMPLOYEE,
        id=employee_id,
        name=name,
        session_id=session_id,
        department_id=department_id,
        permissions=rights.permissions,
        scopes=rights.scopes,
        hidden=rights.hidden,
        restricted=_restriction(locked=locked, must_change=must_change),
    )


def actor_of_employee(host: ServiceHost, employee_id: UUID) -> Actor | None:
    """An employee and what he may do now, outside of any session; None when his account is disabled."""
    rows = host.store.rows("SELECT name, department_id FROM employee WHERE id = %s AND active", (employee_id,))
    if not rows:
        return None
    with host.store.transaction() as connection:
        rights = roles.rights_of(connection, [employee_id])[employee_id]
    return Actor(
        kind=ActorKind.EMPLOYEE,
        id=employee_id,
        name=rows[0][0],
        department_id=rows[0][1],
        permissions=rights.permissions,
        scopes=rights.scopes,
        hidden=rights.hidden,
    )


MINE = Where("{t}.employee_id = {me} AND {t}.ended_at IS NULL AND {t}.expires_at > {now}")
"""Only the caller's own sessions, and those that go on."""


def _program(client_id: UUID, name: str, permissions: list[str], session_id: UUID) -> Actor:
    # a program has no place in the organisation: what it may see is what its keys open
    sections = {key.partition(".")[0] for key in permissions}
    return Actor(
        kind=ActorKind.API_CLIENT,
        id=client_id,
        name=name,
        session_id=session_id,
        permissions=frozenset(permissions),
        scopes=dict.fromkeys(sorted(sections), "ALL"),
    )


def _restriction(*, locked: bool, must_change: bool) -> str | None:
    if locked:
        return "the_session_is_locked"
    return "the_password_must_be_changed_first" if must_change else None
