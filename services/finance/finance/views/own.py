"""A scope in which everybody sees his own, and only some see what belongs to others."""

from __future__ import annotations

from crm_common.context import Actor
from crm_common.protocol.policy import Policy
from crm_common.reading import Scope
from crm_common.reading.scope import Reach


class OwnOr:
    """One's own rows; those of others by ``others``, for whoever meets the policy."""

    def __init__(self, policy: Policy, others: Scope) -> None:
        self._policy = policy
        self._others = others

    def kind(self, actor: Actor | None) -> str | None:
        return self._others.kind(actor) if actor is None or self._policy.allows(actor) else "SELF"

    def condition(self, kind: str, reach: Reach) -> str:
        return self._others.condition(kind, reach)

    def owners(self, kind: str) -> str | None:
        return self._others.owners(kind)
