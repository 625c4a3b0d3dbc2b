"""Who may call what: declared once beside the operation, refused early by the gateway, decided by the service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm_common.context import Actor, ActorKind, Context
from crm_common.errors import CommonRules, Rule


class PolicyKind(StrEnum):
    """How much is asked of the caller."""

    PUBLIC = "public"
    ACCOUNT = "account"
    AUTHENTICATED = "authenticated"
    PERMISSION = "permission"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Policy:
    """A declared policy. ``permissions``: any one of them is enough."""

    kind: PolicyKind
    permissions: tuple[str, ...] = ()

    def check(self, context: Context) -> None:
        """Return, or raise ``UNAUTHENTICATED``, ``SESSION_LOCKED`` or ``FORBIDDEN``."""
        if self.kind is PolicyKind.PUBLIC:
            return
        actor = context.authenticated()
        if actor.kind is ActorKind.SYSTEM:
            return
        if self.kind is PolicyKind.INTERNAL:
            raise CommonRules.the_right_is_missing(permission="system")
        if actor.restricted and self.kind is not PolicyKind.ACCOUNT:
            rule: Rule = getattr(CommonRules, actor.restricted)
            raise rule()
        if self.kind is PolicyKind.PERMISSION:
            self._check_permission(actor)

    def allows(self, actor: Actor | None) -> bool:
        """Whether ``actor`` holds what the policy asks, restrictions of the session aside."""
        if self.kind is PolicyKind.PUBLIC:
            return True
        if actor is None or self.kind is PolicyKind.INTERNAL:
            return actor is not None and actor.kind is ActorKind.SYSTEM
        return self.kind is not PolicyKind.PERMISSION or any(actor.may(key) for key in self.permissions)

    def _check_permission(self, actor: Actor) -> None:
        for key in self.permissions:
            if actor.may(key):
                return
        module = self.permissions[0].partition(".")[0]
        if module in actor.hidden:
            raise CommonRules.the_module_is_hidden(module=module)
        raise CommonRules.the_right_is_missing(permission=self.permissions[0])


PUBLIC = Policy(PolicyKind.PUBLIC)
"""Anybody, without a session: login and what it needs."""
ACCOUNT = Policy(PolicyKind.ACCOUNT)
"""Any session, also one that is locked or must change its password: unlock, change password, log out, me."""
AUTHENTICATED = Policy(PolicyKind.AUTHENTICATED)
"""Any unrestricted session: what concerns only oneself."""
INTERNAL = Policy(PolicyKind.INTERNAL)
"""Services among themselves; never in the public schema."""


def needs(*permissions: str) -> Policy:
    """Any one of the permission keys."""
    if not permissions:
        raise ValueError("needs() names at least one permission key")
    return Policy(PolicyKind.PERMISSION, permissions)
