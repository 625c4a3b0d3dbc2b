"""What tests hold of running services: a client, a feed, and the services' databases."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.context import Actor, ActorKind, Context, Seal
from crm_common.runtime.client import Client, Feed
from crm_common.store import Store
from probe.running import SECRET, Loop

SEAL = Seal(SECRET.encode())


def asking(*permissions: str, seconds: float = 10.0, actor: bool = True, **more: Any) -> Context:
    """The context of an employee's call; ``actor=False``: of nobody's."""
    who = Actor(kind=ActorKind.EMPLOYEE, id=UUID(int=1), name="王小明", permissions=frozenset(permissions))
    given: dict[str, Any] = {"correlation_id": "c-1", "language": "zh", "deadline": time.time() + seconds}
    return Context(actor=who if actor else None, **(given | more))


@dataclass
class House:
    """Running services of one mode, with what a gateway would hold."""

    mode: str
    loop: Loop
    client: Client
    feed: Feed
    stores: dict[str, Store]

    def begin(self, service: str, method: str, payload: dict[str, Any], context: Context) -> Callable[[float], bytes]:
        """Begin a call; the answer waits for its result."""
        return self.loop.begin(self.client.call(service, method, payload, context))

    def call(
        self, service: str, method: str, payload: dict[str, Any] | None = None, context: Context | None = None
    ) -> Any:
        """The decoded result of a call."""
        raw = self.begin(service, method, payload or {}, context or asking())(60)
        return codec.decode_json(raw)
