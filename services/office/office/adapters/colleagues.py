"""What identity knows of colleagues now: asked before a transaction, and not of the copy here."""

from __future__ import annotations

from uuid import UUID

import msgspec

from crm_common.context import Actor, Context, system_context
from crm_common.runtime.providers import BoundPeer


class Colleagues:
    """Asks identity, in this service's own name but within the caller's deadline."""

    def __init__(self, identity: BoundPeer, context: Context) -> None:
        self._identity = identity
        self._context = context

    def actor(self, employee_id: UUID) -> Actor | None:
        """Somebody with his rights of now; None when his account is disabled."""
        left = max(0.0, self._context.remaining())
        asking = system_context("office", correlation_id=self._context.correlation_id, timeout=left)
        found = self._identity.call("actor_of_employee", {"employee_id": str(employee_id)}, context=asking)
        return msgspec.convert(found, Actor | None)
