"""The actors of sessions, asked of identity and kept for at most 30 s; identity's events drop them at once."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from crm_common.context import Actor, system_context
from crm_common.errors import Code, CommonRules, CrmError
from crm_common.protocol.declare import Envelope, services
from crm_common.runtime.client import Client
from gateway.authentication.tokens import Claims, SigningKeys, Tokens

# What identity's events are about when they change what an actor may do; all else leaves the cache alone.
_OF_SESSION = frozenset({"session"})
_OF_EMPLOYEE = frozenset({"employee"})
_OF_ANYBODY = frozenset({"role", "api_client", "department", "position", "company"})
_HARMLESS = frozenset({"session.started", "session.failed", "department.reordered"})


@dataclass(frozen=True, slots=True)
class Session:
    """An authenticated caller: his actor as of now, and the token's own facts."""

    actor: Actor
    claims: Claims


@dataclass(slots=True)
class _Kept:
    actor: Actor
    until: float


def events_that_matter() -> frozenset[str]:
    """Types of identity's events after which an actor may be another."""
    identity = services().get("identity")
    concerned = _OF_SESSION | _OF_EMPLOYEE | _OF_ANYBODY
    types = identity.events if identity else {}
    # what is new concerns nobody yet: were it otherwise, every creation would ask for all actors again
    return frozenset(t for t in types if t.partition(".")[0] in concerned and not t.endswith(".created")) - _HARMLESS


class Actors:
    """Sessions by access token. One look-up per session at a time; nothing read before a drop survives it."""

    def __init__(self, client: Client, *, seconds: float = 30.0, kept: int = 20_000) -> None:
        self.keys = SigningKeys(client)
        self.tokens = Tokens(self.keys)
        self._client = client
        self._seconds = seconds
        self._limit = kept
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()
        self._ended: OrderedDict[UUID, float] = OrderedDict()
        self._asking: dict[UUID, tuple[int, asyncio.Task[Actor]]] = {}
        self._generation = 0
        self.on_drop: Callable[[Callable[[Claims], bool]], None] = lambda _concerns: None
        """Told after a drop, with a test that says which sessions it concerns: open sockets are judged again."""

    async def session(self, token: str) -> Session:
        """The caller of this token; ``UNAUTHENTICATED`` when there is none any more, ``UNAVAILABLE`` if unknown."""
        claims = await self.tokens.claims(token)
        return Session(await self.actor(claims), claims)

    async def actor(self, claims: Claims) -> Actor:
        """The actor of the session as of at most 30 s ago."""
        if claims.expires_at <= time.time():
            raise CommonRules.a_valid_session_is_needed()
        known = self._kept.get(claims.session_id)
        if known is not None and known.until > time.monotonic():
            return known.actor
        if claims.session_id in self._ended:
            raise CommonRules.a_valid_session_is_needed()
        return await self._ask_once(claims)

    def heard(self, event: Envelope) -> None:
        """Drop what the event may have changed."""
        about, _, id_ = event.subject.partition("/")
        if about == "session":
            session_id = UUID(id_)
            self._drop(lambda claims: claims.session_id == session_id, lambda key, _kept: key == session_id)
        elif about == "employee":
            employee_id = UUID(id_)
            self._drop(
                lambda claims: claims.employee_id == employee_id, lambda _key, kept: kept.actor.id == employee_id
            )
        else:
            self.drop_all()

    def changed_itself(self, session_id: UUID) -> None:
        """Drop the actor of a session that has just changed what it may do, ahead of the event that tells so."""
        self._drop(lambda claims: claims.session_id == session_id, lambda key, _kept: key == session_id)

    def drop_all(self) -> None:
        """Forget every actor: events may have been missed, or one changed what many may do."""
        self._drop(lambda _claims: True, lambda _key, _kept: True)
        self.keys.forget()

    def _drop(self, concerns: Callable[[Claims], bool], held: Callable[[UUID, _Kept], bool]) -> None:
        self._generation += 1
        for key in [key for key, kept in self._kept.items() if held(key, kept)]:
            del self._kept[key]
        self.on_drop(concerns)

    async def _ask_once(self, claims: Claims) -> Actor:
        asked = self._asking.get(claims.session_id)
        if asked is None or asked[0] != self._generation:  # an answer from before a drop is not shared
            asked = (self._generation, asyncio.create_task(self._ask(claims, self._generation)))
            self._asking[claims.session_id] = asked
            asked[1].add_done_callback(lambda done: self._asked(claims.session_id, done))
        return await asyncio.shield(asked[1])

    def _asked(self, session_id: UUID, task: asyncio.Task[Actor]) -> None:
        if session_id in self._asking and self._asking[session_id][1] is task:
            del self._asking[session_id]
        if not task.cancelled():
            task.exception()  # those who waited have seen it; with nobody left waiting it is no event

    async def _ask(self, claims: Claims, generation: int) -> Actor:
        context = system_context("gateway", correlation_id=f"session-{claims.session_id}", timeout=5.0)
        try:
            answer = await self._client.call(
                "identity", "actor_of_session", {"session_id": str(claims.session_id)}, context
            )
            actor = msgspec.json.decode(answer, type=Actor | None)
        except CrmError as refused:
            if refused.code in (Code.UNAUTHENTICATED, Code.NOT_FOUND):
                actor = None
            else:
                raise
        if actor is None:
            # an ended session never comes back: whoever goes on using its token costs identity nothing
            self._remember_end(claims)
            raise CommonRules.a_valid_session_is_needed()
        if generation == self._generation:
            if len(self._kept) >= self._limit:
                self._kept.popitem(last=False)
            self._kept[claims.session_id] = _Kept(actor, time.monotonic() + self._seconds)
        return actor

    def _remember_end(self, claims: Claims) -> None:
        if len(self._ended) >= self._limit:
            self._ended.popitem(last=False)
        self._ended[claims.session_id] = claims.expires_at
