"""The ledger's surroundings and callers, as the runtime would make them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from crm_common.clock import Clock, SystemClock
from crm_common.context import Actor, ActorKind, Context
from crm_common.ids import Ids, Uuid7
from crm_common.store import Store

SERVICE = "ledger"


@dataclass(frozen=True)
class LedgerHost:
    """What changes and inbox need; the ledger reads no settings."""

    store: Store
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=Uuid7)
    settings: Any = None
    service: str = SERVICE

    def at(self, clock: Clock) -> LedgerHost:
        """The same place at another time."""
        return replace(self, clock=clock)


def caller(name: str = "anna", *permissions: str, seconds: float = 30.0) -> Context:
    """The context of an employee's call."""
    actor = Actor(kind=ActorKind.EMPLOYEE, id=uuid5(UUID(int=0), name), name=name, permissions=frozenset(permissions))
    return Context(
        actor=actor,
        correlation_id=f"call-of-{name}",
        deadline=time.time() + seconds,
        address="192.0.2.7",
        client="test",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
