"""The tables; the migrations make them."""

from __future__ import annotations

from customer.tables.consents import consent
from customer.tables.credit import credit_evaluation
from customer.tables.customers import customer
from customer.tables.extras import customer_share, dictionary_entry, partner, saved_view, stage_change
from customer.tables.leads import assign_rule, capture_form, lead, lead_follow_up, lead_score_rule
from customer.tables.linking import external_id
from customer.tables.merging import customer_merge, merge_move
from customer.tables.people import (
    caller_card,
    contact,
    contact_phone,
    follow_up,
    important_date,
    interest,
    need,
    relation,
    timeline_entry,
)
from customer.tables.pool import ownership_change, pool
from customer.tables.purchases import purchase, purchased_product
from customer.tables.quality import quality_finding, quality_report
from customer.tables.solutions import solution_comparison, solution_plan

__all__ = [
    "assign_rule",
    "caller_card",
    "capture_form",
    "consent",
    "contact",
    "contact_phone",
    "credit_evaluation",
    "customer",
    "customer_merge",
    "customer_share",
    "dictionary_entry",
    "external_id",
    "follow_up",
    "important_date",
    "interest",
    "lead",
    "lead_follow_up",
    "lead_score_rule",
    "merge_move",
    "need",
    "ownership_change",
    "partner",
    "pool",
    "purchase",
    "purchased_product",
    "quality_finding",
    "quality_report",
    "relation",
    "saved_view",
    "solution_comparison",
    "solution_plan",
    "stage_change",
    "timeline_entry",
]
