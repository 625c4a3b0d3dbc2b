"""Leads, score rules, assignment rules and capture forms as they are shown."""

from __future__ import annotations

from crm_common.context import Actor
from crm_common.projections.employees import employee_ref
from crm_common.protocol.customer.assign_rules import AssignRuleView
from crm_common.protocol.customer.capture import CaptureFormView
from crm_common.protocol.customer.leads import LeadFollowUpView, LeadScoreRuleView, LeadView
from crm_common.reading import bind, by_owner, many, masked
from crm_common.reading.scope import Reach
from customer.domain.phone import comparable
from customer.tables import assign_rule, capture_form, lead, lead_follow_up, lead_score_rule

_OWNED = by_owner("lead", owner=lead.c.owner_id, people=employee_ref)


class Worked:
    """The scope of leads: by owner; those in nobody's name are seen by who entered them, screens them or gives them."""

    def kind(self, actor: Actor | None) -> str | None:
        """``<level>``, with ``+`` for who sees all leads in nobody's name; None for everything."""
        level = _OWNED.kind(actor)
        if actor is None or level is None:
            return level
        return f"{level}+" if actor.may("lead.screen") or actor.may("lead.assign") else level

    def condition(self, kind: str, reach: Reach) -> str:
        """See `crm_common.reading.scope.Scope`."""
        level = kind.removesuffix("+")
        if level == "NOBODY":
            return "false"
        unowned = "{t}.owner_id IS NULL" + ("" if kind.endswith("+") else " AND {t}.created_by = {me}")
        return f"({_OWNED.condition(level, reach)} OR {unowned})"

    def owners(self, kind: str) -> str | None:
        """See `crm_common.reading.scope.Scope`."""
        return _OWNED.owners(kind.removesuffix("+"))


LEADS = bind(
    LeadView,
    lead,
    fields={
        "phone": masked(
            lead.c.phone_cipher,
            lead.c.phone_mask,
            visible="{t}.owner_id = {me} OR ({t}.owner_id IS NOT NULL AND {may:customer.phone.view_all})",
            noted="{may:customer.phone.view_all} AND {t}.owner_id <> {me}",
            index=lead.c.phone_index,
            normalised=comparable,
        ),
        "owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id",
    },
    sort={"name": lead.c.name_key},
    children={"follow_ups": many(lead_follow_up.c.lead_id)},
    scope=Worked(),
    default_order=[lead.c.created_at.desc()],
)

LEAD_FOLLOW_UPS = bind(
    LeadFollowUpView,
    lead_follow_up,
    fields={"author_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.author_id"},
    default_order=[lead_follow_up.c.created_at.desc()],
)
LEAD_SCORE_RULES = bind(LeadScoreRuleView, lead_score_rule, default_order=[lead_score_rule.c.place])
ASSIGN_RULES = bind(AssignRuleView, assign_rule, default_order=[assign_rule.c.kind, assign_rule.c.place])
CAPTURE_FORMS = bind(CaptureFormView, capture_form, default_order=[capture_form.c.created_at.desc()])
