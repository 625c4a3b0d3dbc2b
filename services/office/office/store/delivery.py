"""Deliveries as rows: asked for with the message, claimed before they are sent, settled after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.office.delivery import RobotKind

# With the message, in its transaction: whoever chose the kind gets it by letter, and by each of his robots.
_ASK = """
INSERT INTO delivery (id, message_id, receiver_id, channel, robot_id, state, due_at, attempts, created_at)
SELECT gen_random_uuid(), a.id, a.receiver_id, c.channel, c.robot_id, 'WAITING', %(now)s, 0, %(now)s
FROM unnest(%(ids)s::uuid[], %(receivers)s::uuid[]) AS a (id, receiver_id)
JOIN delivery_settings s ON s.id = a.receiver_id
CROSS JOIN LATERAL (
    SELECT 'EMAIL' AS channel, NULL::uuid AS robot_id WHERE %(kind)s = ANY (s.email_kinds)
    UNION ALL SELECT 'ROBOT', r.id FROM robot r WHERE r.owner_id = s.id AND %(kind)s = ANY (s.robot_kinds)) c
"""
_DUE = """
SELECT d.id, d.receiver_id, d.robot_id, d.attempts, d.created_at, m.kind, s.language, s.quiet_from, s.quiet_to,
    CASE s.language WHEN 'zh' THEN m.title_zh ELSE m.title_en END AS title,
    CASE s.language WHEN 'zh' THEN m.text_zh ELSE m.text_en END AS text
FROM delivery d JOIN message m ON m.id = d.message_id JOIN delivery_settings s ON s.id = d.receiver_id
WHERE d.state = 'WAITING' AND d.channel = %(channel)s AND d.due_at <= %(now)s
    AND (%(robot)s::uuid IS NULL OR d.robot_id = %(robot)s)
ORDER BY d.due_at, d.message_id, d.id LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
"""
# Whoever holds the job's lease is alone at it: what is still on its way belongs to a process that died, or is about to
# learn that it lost the lease. It may have been taken, so it is not sent again; who sent it can still say so.
_LEFT = """
UPDATE delivery SET state = 'UNCERTAIN', problem = 'the process ended while it was sent'
WHERE state = 'SENDING' RETURNING id
"""
_LATE = """
UPDATE delivery SET state = 'FAILED', problem = coalesce(problem, 'not delivered within a day')
WHERE state = 'WAITING' AND created_at < %s RETURNING id
"""
_CLAIM = "UPDATE delivery SET state = 'SENDING', claim = %s, attempts = attempts + 1 WHERE id = ANY(%s)"
_PUT_OFF = "UPDATE delivery SET due_at = %s WHERE id = ANY(%s)"
_SETTLE = """
UPDATE delivery SET state = %(state)s, problem = %(problem)s, due_at = coalesce(%(due_at)s, due_at),
    sent_at = CASE WHEN %(state)s = 'SENT' THEN %(now)s::timestamptz END
WHERE id = ANY(%(ids)s) AND claim = %(claim)s
"""
_POSTED = """
SELECT count(DISTINCT claim) FROM delivery
WHERE robot_id = %s AND state IN ('SENT', 'SENDING', 'UNCERTAIN') AND coalesce(sent_at, due_at) > %s
"""
_WAITING_ROBOTS = """
SELECT DISTINCT r.id, r.kind, r.sealed FROM delivery d JOIN robot r ON r.id = d.robot_id
WHERE d.state = 'WAITING' AND d.channel = 'ROBOT' AND d.due_at <= %s ORDER BY r.id
"""
_SETTINGS = "SELECT language, email_kinds, robot_kinds, quiet_from, quiet_to FROM delivery_settings WHERE id = %s"
_CHOOSE = """
INSERT INTO delivery_settings (id, language, email_kinds, robot_kinds, quiet_from, quiet_to, updated_at)
VALUES (%(id)s, %(language)s, %(email_kinds)s, %(robot_kinds)s, %(quiet_from)s, %(quiet_to)s, %(now)s)
ON CONFLICT (id) DO UPDATE SET language = EXCLUDED.language, email_kinds = EXCLUDED.email_kinds,
    robot_kinds = EXCLUDED.robot_kinds, quiet_from = EXCLUDED.quiet_from, quiet_to = EXCLUDED.quiet_to,
    updated_at = EXCLUDED.updated_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A delivery whose turn has come, with what its message says in its receiver's language."""

    id: UUID
    receiver_id: UUID
    robot_id: UUID | None
    attempts: int
    created_at: datetime
    kind: str
    language: str
    quiet_from: str | None
    quiet_to: str | None
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How somebody gets his messages."""

    language: str = "zh"
    email_kinds: tuple[str, ...] = ()
    robot_kinds: tuple[str, ...] = ()
    quiet_from: str | None = None
    quiet_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRobot:
    """A robot with its token and secret still sealed."""

    id: UUID
    kind: RobotKind
    sealed: bytes


def ask(connection: sa.Connection, kind: str, arrived: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    """Ask for the deliveries of messages, given as ``(id, receiver)``, that their receivers chose."""
    ids, receivers = ([each[place] for each in arrived] for place in (0, 1))
    connection.exec_driver_sql(_ASK, {"ids": ids, "receivers": receivers, "kind": kind, "now": now})


def due(
    connection: sa.Connection, channel: str, now: datetime, most: int, *, robot_id: UUID | None = None
) -> list[Due]:
    """Whose turn has come, locked."""
    values = {"channel": channel, "now": now, "most": most, "robot": robot_id}
    return [Due(**dict(row)) for row in connection.exec_driver_sql(_DUE, values).mappings()]


def leave(connection: sa.Connection) -> int:
    """Settle what somebody else left on its way; how many."""
    return len(connection.exec_driver_sql(_LEFT).all())


def give_up(connection: sa.Connection, before: datetime) -> int:
    """Give up what was asked for before; how many."""
    return len(connection.exec_driver_sql(_LATE, (before,)).all())


def claim(connection: sa.Connection, claim_id: UUID, ids: Sequence[UUID]) -> None:
    """They are on their way from now on, together."""
    connection.exec_driver_sql(_CLAIM, (claim_id, list(ids)))


def put_off(connection: sa.Connection, ids: Sequence[UUID], until: datetime) -> None:
    """Try them then."""
    connection.exec_driver_sql(_PUT_OFF, (until, list(ids)))


def settle(connection: sa.Connection, claim_id: UUID, ids: Sequence[UUID], **values: Any) -> None:
    """What became of them: ``state``, ``problem``, ``due_at`` of another try, ``now``."""
    connection.exec_driver_sql(_SETTLE, {"claim": claim_id, "ids": list(ids), **values})


def posted(connection: sa.Connection, robot_id: UUID, since: datetime) -> int:
    """How many posts the robot has made since."""
    return int(connection.exec_driver_sql(_POSTED, (robot_id, since)).scalar_one())


def waiting_robots(connection: sa.Connection, now: datetime) -> list[KeptRobot]:
    """Robots that have something to say."""
    found = connection.exec_driver_sql(_WAITING_ROBOTS, (now,))
    return [KeptRobot(id=row.id, kind=RobotKind(row.kind), sealed=bytes(row.sealed)) for row in found]


def chosen(connection: sa.Connection, employee_id: UUID) -> Chosen:
    """How he gets his messages; in the application only, as long as he has chosen nothing."""
    row = connection.exec_driver_sql(_SETTINGS, (employee_id,)).mappings().one_or_none()
    typed: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in (row or {}).items()
    }
    return Chosen(**typed)


def choose(connection: sa.Connection, employee_id: UUID, given: Chosen, now: datetime) -> None:
    """Keep how he gets them."""
    values = {
        "id": employee_id,
        "language": given.language,
        "email_kinds": list(given.email_kinds),
        "robot_kinds": list(given.robot_kinds),
        "quiet_from": given.quiet_from,
        "quiet_to": given.quiet_to,
        "now": now,
    }
    connection.exec_driver_sql(_CHOOSE, values)


def robots_of(connection: sa.Connection, owner_id: UUID) -> dict[UUID, RobotKind]:
    """Somebody's robots."""
    found = connection.exec_driver_sql("SELECT id, kind FROM robot WHERE owner_id = %s", (owner_id,))
    return {row.id: RobotKind(row.kind) for row in found}


def insert_robot(connection: sa.Connection, robot: KeptRobot, *, owner_id: UUID, name: str, now: datetime) -> None:
    """Keep a robot."""
    sql = "INSERT INTO robot (id, owner_id, kind, name, sealed, created_at) VALUES (%s, %s, %s, %s, %s, %s)"
    connection.exec_driver_sql(sql, (robot.id, owner_id, robot.kind.value, name, robot.sealed, now))


def delete_robot(connection: sa.Connection, robot_id: UUID) -> None:
    """Forget a robot; what waited for it is refused for good."""
    sql = "UPDATE delivery SET state = 'FAILED', problem = 'disconnected' WHERE robot_id = %s AND state = 'WAITING'"
    connection.exec_driver_sql(sql, (robot_id,))
    connection.exec_driver_sql("DELETE FROM robot WHERE id = %s", (robot_id,))
