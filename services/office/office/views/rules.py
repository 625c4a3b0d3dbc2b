"""Workflow rules and what fired, as they are shown."""

from __future__ import annotations

from crm_common.protocol.office.rules import RuleFiringView, RuleView
from crm_common.reading import bind
from office.tables import rule, rule_firing

RULES = bind(
    RuleView,
    rule,
    fields={"owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id"},
    sort={"name": rule.c.name_key},
    default_order=[rule.c.name_key],
)
RULE_FIRINGS = bind(
    RuleFiringView,
    rule_firing,
    fields={"values": rule_firing.c.found},
    default_order=[rule_firing.c.fired_at.desc()],
)
