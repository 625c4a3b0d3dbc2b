"""What the customer service says to others: customers and the public pool, contacts, follow-ups, leads."""

from __future__ import annotations

from crm_common.protocol.customer import (
    assign_rules,
    capture,
    contacts,
    course,
    customers,
    demo,
    dictionaries,
    duplicates,
    follow_ups,
    holding,
    lead_rules,
    leads,
    people_rules,
    pool,
    pool_rules,
    reclaim,
    relations,
    rules,
    sharing,
    timeline,
    views_saved,
)
from crm_common.protocol.customer.service import customer

__all__ = [
    "assign_rules",
    "capture",
    "contacts",
    "course",
    "customer",
    "customers",
    "demo",
    "dictionaries",
    "duplicates",
    "follow_ups",
    "holding",
    "lead_rules",
    "leads",
    "people_rules",
    "pool",
    "pool_rules",
    "reclaim",
    "relations",
    "rules",
    "sharing",
    "timeline",
    "views_saved",
]
