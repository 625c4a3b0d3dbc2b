"""Who may see which part of an answer."""

from __future__ import annotations

from crm_common.context import Actor, ActorKind
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.policy import Policy


def allowed(policy: Policy, actor: Actor | None) -> bool:
    """Whether the actor meets the policy of a field or view; a system actor meets every one."""
    return (actor is not None and actor.kind is ActorKind.SYSTEM) or policy.allows(actor)


def refused(policy: Policy, field: str) -> CrmError:
    """The refusal of a filter or order by a field whose policy is not met."""
    permission = policy.permissions[0] if policy.permissions else policy.kind.value
    return CommonRules.the_right_is_missing(field=field, permission=permission)
