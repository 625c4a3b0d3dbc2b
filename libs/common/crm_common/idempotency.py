"""One effect per key: who asked, for what, with which body; remembered in the transaction of the effect."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec
import sqlalchemy as sa

from crm_common import codec
from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.journal.write import actor_text
from crm_common.protocol.declare import Command

KEPT = timedelta(days=7)
_LONGEST_KEY = 200
_NOT_THE_BODY = frozenset({"select", "idempotency_key"})
_SECRET = re.compile("password|secret|token|code")

# The update changes nothing: it waits for whoever holds the key and then gives back what he left.
_CLAIM = """
INSERT INTO idempotency AS known (actor, operation, key, body, stored_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (actor, operation, key) DO UPDATE SET key = known.key
RETURNING body, answer::text, stored_at
"""
_KEEP = """
UPDATE idempotency SET body = %s, answer = %s, stored_at = %s WHERE actor = %s AND operation = %s AND key = %s
"""
_PRUNE = """
DELETE FROM idempotency WHERE (actor, operation, key) IN (
    SELECT actor, operation, key FROM idempotency WHERE stored_at <= %s ORDER BY stored_at LIMIT %s
)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A command's claim on its key. ``body`` is a hash of the command, salted with the key.

    A password in it goes through scrypt first: from what is kept, it is no easier to guess than from its own hash.
    """

    actor: str
    operation: str
    key: str
    body: bytes

    @classmethod
    def of(cls, context: Context, operation: str, command: Command) -> Self | None:
        """The claim of a command, or None when it carries no key. A key over 200 characters is ``VALIDATION``."""
        key = command.idempotency_key
        if key is None:
            return None
        if not 0 < len(key) <= _LONGEST_KEY:
            problem = f"1 to {_LONGEST_KEY} characters"
            raise CommonRules.a_value_has_the_wrong_shape(field="idempotency_key", problem=problem)
        body = codec.to_builtins(command)
        told = {name: _told(name, value, key) for name, value in body.items() if name not in _NOT_THE_BODY}
        text = key.encode() + b"\0" + msgspec.json.encode(told, order="deterministic")
        return cls(actor_text(context.actor) or "anonymous", operation, key, hashlib.sha256(text).digest())

    def make(self, connection: sa.Connection, now: datetime) -> dict[str, Any] | None:
        """Hold the key until the commit. The payload that was kept under it, or None for the first to come.

        Waits for another transaction that holds it. ``CONFLICT`` when it was kept for another body, within 7 days.
        """
        row = connection.exec_driver_sql(_CLAIM, (self.actor, self.operation, self.key, self.body, now)).one()
        if row.answer is None or row.stored_at <= now - KEPT:
            return None
        if row.body != self.body:
            raise CommonRules.the_key_was_used_for_another_request(field="idempotency_key")
        kept: dict[str, Any] = codec.decode_json(row.answer)
        return kept

    def keep(self, connection: sa.Connection, now: datetime, payload: dict[str, Any]) -> None:
        """Remember the payload (JSON-able, without secrets) with the effect."""
        answer = codec.encode(payload).decode()
        connection.exec_driver_sql(_KEEP, (self.body, answer, now, self.actor, self.operation, self.key))


def _told(name: str, value: Any, key: str) -> Any:
    if not isinstance(value, str) or not _SECRET.search(name):
        return value
    return hashlib.scrypt(value.encode(), salt=key.encode(), n=2**12, r=8, p=1).hex()


def prune(connection: sa.Connection, now: datetime, most: int) -> int:
    """Forget up to ``most`` keys older than 7 days; how many."""
    return connection.exec_driver_sql(_PRUNE, (now - KEPT, most)).rowcount
