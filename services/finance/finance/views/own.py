"""Scopes in which it matters what somebody has to do with the records: his own are there, or he pays them."""

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


class OrByPaying:
    """Rows by ``first``, for whoever meets the policy; for who only pays them, by his data scope of payments.

    Both are of the same owner's column.
    """

    def __init__(self, policy: Policy, first: Scope, paying: Scope) -> None:
        self._policy = policy
        self._first = first
        self._paying = paying

    def kind(self, actor: Actor | None) -> str | None:
        chosen = self._first if actor is None or self._policy.allows(actor) else self._paying
        return chosen.kind(actor)

    def condition(self, kind: str, reach: Reach) -> str:
        return self._first.condition(kind, reach)

    def owners(self, kind: str) -> str | None:
        return self._first.owners(kind)
