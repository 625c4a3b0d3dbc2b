"""The seam below the gateway in tests that rotate keys, end sessions and stop services at chosen moments.

Tokens, keys and actors are real ones; tests with the real identity service are in test_whole.py.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crm_common.context import Actor, ActorKind, Context
from crm_common.errors import CommonRules
from crm_common.ids import Uuid7
from crm_common.protocol.declare import Envelope
from crm_common.runtime.feed import LocalFeed

ORGANISATION = frozenset({"org.view", "org.edit"})
Answering = Callable[[dict[str, Any], Context], Awaitable[Any] | Any]


class Desk:
    """A ``Client``: issues tokens, knows who stands behind a session, and answers what a test tells it to."""

    def __init__(self) -> None:
        self.feed = LocalFeed()
        self.calls: list[tuple[str, dict[str, Any], Context]] = []
        self.away = False
        self.actors: dict[UUID, Actor] = {}
        self.keys: dict[str, Ed25519PrivateKey] = {"first": Ed25519PrivateKey.generate()}
        self.departments = {uuid4(): f"Department {n}" for n in range(3)}
        self._new_id = Uuid7()
        self.answers: dict[str, Answering] = {
            "signing_keys": lambda _payload, _context: self._jwks(),
            "actor_of_session": self._actor_of_session,
            "departments": self._departments,
            "departments_by_ids": self._departments_by_ids,
            "login": lambda _payload, _context: {"tokens": None},
        }

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As ``crm_common.runtime.client.Client``."""
        self.calls.append((method, payload, context))
        if self.away or method not in self.answers:
            raise CommonRules.the_service_is_unavailable(service=service)
        answer = self.answers[method](payload, context)
        if asyncio.iscoroutine(answer):
            answer = await answer
        return msgspec.json.encode(answer)

    def called(self, method: str) -> int:
        """How often the method was asked."""
        return sum(name == method for name, _, _ in self.calls)

    # --- sessions ---------------------------------------------------------------------------------------------

    def begin(self, *, permissions: frozenset[str] = ORGANISATION, **more: Any) -> UUID:
        """A session of a new employee; answers its id."""
        session_id = uuid4()
        self.actors[session_id] = Actor(
            kind=ActorKind.EMPLOYEE, id=uuid4(), name="A", session_id=session_id, permissions=permissions, **more
        )
        return session_id

    def token(self, session_id: UUID, *, seconds: float = 900, kid: str = "first", **claims: Any) -> str:
        """An access token of the session, as identity signs them."""
        now = time.time()
        actor = self.actors.get(session_id)
        content = {"sub": str(actor.id if actor else uuid4()), "sid": str(session_id), "iat": now, "exp": now + seconds}
        return jwt.encode(content | claims, self.keys[kid], algorithm="EdDSA", headers={"kid": kid})

    def bearer(self, session_id: UUID | None = None, **more: Any) -> dict[str, str]:
        """The header of a session (of a new one when none is named)."""
        return {"authorization": f"Bearer {self.token(session_id or self.begin(), **more)}"}

    def end(self, session_id: UUID) -> None:
        """End the session and say so."""
        actor = self.actors.pop(session_id)
        self.tell("session.ended", session_id, {"employee_id": str(actor.id)})

    def tell(self, type_: str, subject: UUID, data: dict[str, Any] | None = None) -> None:
        """Let an event of identity happen."""
        aggregate = type_.partition(".")[0]
        self.feed.publish(
            Envelope(
                id=self._new_id(),
                type=type_,
                source="/crm/identity",
                subject=f"{aggregate}/{subject}",
                seq=1,
                time=datetime.now(UTC),
                data={f"{aggregate}_id": str(subject), "changes": {}, **(data or {})},
            )
        )

    # --- what identity answers --------------------------------------------------------------------------------

    def _jwks(self) -> dict[str, Any]:
        algorithm = jwt.algorithms.OKPAlgorithm
        keys = [json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid} for kid, key in self.keys.items()]
        return {"keys": keys}

    def _actor_of_session(self, payload: dict[str, Any], context: Context) -> Actor | None:
        assert context.actor is not None
        assert context.actor.kind is ActorKind.SYSTEM
        return self.actors.get(UUID(payload["session_id"]))

    def _departments(self, payload: dict[str, Any], context: Context) -> dict[str, Any]:
        context.authenticated()
        rows = [{"id": str(key), "name": name} for key, name in self.departments.items()]
        return {
            "nodes": [_selected(row, payload["select"]) for row in rows][: payload.get("first") or 20],
            "cursors": [],
            "has_next": False,
            "has_previous": False,
            "total": None,
            "total_at_least": None,
        }

    def _departments_by_ids(self, payload: dict[str, Any], context: Context) -> list[Any]:
        actor = context.authenticated()
        if not actor.may("org.view"):
            return [None for _ in payload["ids"]]
        rows = [{"id": each, "name": self.departments.get(UUID(each))} for each in payload["ids"]]
        return [_selected(row, payload["select"]) if row["name"] else None for row in rows]


def _selected(row: dict[str, Any], select: str) -> dict[str, Any]:
    return {key: row[name] for key, name, *_ in json.loads(select) if name in row}
