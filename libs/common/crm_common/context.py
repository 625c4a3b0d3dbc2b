"""Who asks, until when and in which language: travels in headers beside every call, never as an argument."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self
from uuid import UUID, uuid5

import msgspec

from crm_common.errors import CommonRules

# Key + scope of features §2, from narrow to wide.
SCOPES = ("SELF", "TEAM", "DEPT", "DEPT_TREE", "ALL")


class ActorKind(StrEnum):
    """What stands behind a call."""

    EMPLOYEE = "EMPLOYEE"
    API_CLIENT = "API_CLIENT"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one who acts, as identity described him at most 30 s ago.

    ``permissions`` are keys ``<module>.<operation>``; ``scopes`` maps a module to one of ``SCOPES`` (absent = SELF);
    ``hidden`` are modules whose entries are closed to him. ``restricted`` is None, or the name of the rule that allows
    nothing but account matters (``the_password_must_be_changed_first``, ``the_session_is_locked``).
    """

    kind: ActorKind
    id: UUID
    name: str
    session_id: UUID | None = None
    department_id: UUID | None = None
    permissions: frozenset[str] = frozenset()
    scopes: dict[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    restricted: str | None = None

    def may(self, permission: str) -> bool:
        """Whether the key is held and its module is not hidden."""
        if permission not in self.permissions:
            return False
        return not self.hidden or permission.partition(".")[0] not in self.hidden

    def scope(self, module: str) -> str:
        """The data scope for a module, one of ``SCOPES``."""
        return self.scopes.get(module, "SELF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What accompanies a call. ``deadline`` is epoch seconds; ``traceparent`` is W3C; ``address`` the client's IP."""

    actor: Actor | None
    correlation_id: str
    deadline: float
    language: str = "en"
    causation_id: str | None = None
    traceparent: str | None = None
    address: str | None = None
    client: str | None = None

    def remaining(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self.deadline - time.time()

    def authenticated(self) -> Actor:
        """The actor, or ``UNAUTHENTICATED``."""
        if self.actor is None:
            raise CommonRules.a_valid_session_is_needed()
        return self.actor

    def caused_by(self, event_id: UUID | str) -> Self:
        """The same context for what an event brings about."""
        return replace(self, causation_id=str(event_id))


# Actors whose texts and signatures are remembered.
_KEPT = 4096


class Seal:
    """Turns a context into headers and back. The actor is authenticated with the cluster secret (HMAC-SHA256)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the cluster secret needs at least 32 bytes")
        self._secret = secret
        self._read = lru_cache(maxsize=_KEPT)(self._read_actor)
        self._write = lru_cache(maxsize=_KEPT)(self._write_actor_text)
        self._written: dict[int, tuple[Actor, str]] = {}

    def to_headers(self, context: Context) -> dict[str, str]:
        """String headers for a message; empty values are left out."""
        headers = {
            "correlation_id": context.correlation_id,
            "deadline": f"{context.deadline:.3f}",
            "language": context.language,
            "causation_id": context.causation_id,
            "traceparent": context.traceparent,
            "address": context.address,
            "client": context.client,
        }
        if context.actor is not None:
            headers["actor"] = self._sealed(context.actor)
        return {name: value for name, value in headers.items() if value}

    def from_headers(self, headers: dict[str, Any], *, default_timeout: float = 5.0) -> Context:
        """The context again. A forged actor is ``UNAUTHENTICATED``; a missing deadline starts now."""
        sealed = headers.get("actor")
        deadline = headers.get("deadline")
        return Context(
            actor=self._read(sealed) if sealed else None,
            correlation_id=str(headers.get("correlation_id") or headers.get("call_id") or ""),
            deadline=float(deadline) if deadline else time.time() + default_timeout,
            language=str(headers.get("language") or "en"),
            causation_id=headers.get("causation_id"),
            traceparent=headers.get("traceparent"),
            address=headers.get("address"),
            client=headers.get("client"),
        )

    def _sealed(self, actor: Actor) -> str:
        # a session's actor is one object for half a minute: its text is not made anew with every call
        known = self._written.get(id(actor))
        if known is not None and known[0] is actor:
            return known[1]
        sealed = self._write(msgspec.json.encode(_actor_to_plain(actor)).decode())
        if len(self._written) >= _KEPT:
            self._written.clear()
        self._written[id(actor)] = (actor, sealed)
        return sealed

    def _write_actor_text(self, text: str) -> str:
        return f"{self._sign(text)}.{text}"

    def _read_actor(self, sealed: str) -> Actor:
        signature, _, text = sealed.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(text).encode()):
            raise CommonRules.a_valid_session_is_needed()
        return msgspec.json.decode(text, type=Actor)

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()


def _actor_to_plain(actor: Actor) -> dict[str, Any]:
    # sorted, so that one actor has one text and the caches hit
    plain: dict[str, Any] = msgspec.to_builtins(actor)
    return plain | {"permissions": sorted(actor.permissions), "hidden": sorted(actor.hidden)}


# Fixed ids, so that a system actor is recognisable in every journal.
_SYSTEM_NAMESPACE = UUID("6f1c0f0e-6a52-5c6f-9a53-3d4c1f2b7a10")


def system_context(
    service: str, *, correlation_id: str, timeout: float = 60.0, causation_id: str | None = None
) -> Context:
    """The context in which events and jobs run: actor ``system:<service>``, which every policy lets pass."""
    actor = Actor(
        kind=ActorKind.SYSTEM,
        id=uuid5(_SYSTEM_NAMESPACE, service),
        name=f"system:{service}",
        scopes={},
        session_id=None,
    )
    return Context(
        actor=actor, correlation_id=correlation_id, deadline=time.time() + timeout, causation_id=causation_id
    )
