"""What the customer service shows: each view bound to its table."""

from __future__ import annotations

from crm_common.custom_fields import reading
from crm_common.exports import export_binding
from crm_common.imports import import_binding
from crm_common.journal.told import history_binding
from crm_common.protocol.customer.exchange import EXPORTS, IMPORTS
from customer.store.custom import CUSTOM
from customer.views.consents import CONSENTS
from customer.views.contacts import CONTACT_PHONES, CONTACTS
from customer.views.credit import CREDITS
from customer.views.customers import CUSTOMERS
from customer.views.extras import COLLABORATORS, ENTRIES, STAGES
from customer.views.follow_ups import FOLLOW_UPS, INTERESTS
from customer.views.leads import ASSIGN_RULES, CAPTURE_FORMS, LEAD_FOLLOW_UPS, LEAD_SCORE_RULES, LEADS
from customer.views.linking import EXTERNAL_IDS
from customer.views.merging import MERGES
from customer.views.partners import PARTNERS
from customer.views.pool import OWNERSHIP, POOLS
from customer.views.purchases import PURCHASED_PRODUCTS, PURCHASES
from customer.views.quality import FINDINGS, REPORTS
from customer.views.relations import IMPORTANT_DATES, NEEDS, RELATIONS
from customer.views.saved import SAVED
from customer.views.solutions import COMPARISONS, PLANS
from customer.views.timeline import CALLER_CARDS, TIMELINE

BINDINGS = (
    CUSTOMERS,
    COLLABORATORS,
    STAGES,
    ENTRIES,
    SAVED,
    PARTNERS,
    history_binding(sealed=True),
    import_binding(IMPORTS),
    export_binding(EXPORTS),
    *reading.bindings(CUSTOM),
    CONTACTS,
    CONTACT_PHONES,
    FOLLOW_UPS,
    INTERESTS,
    POOLS,
    PURCHASES,
    PURCHASED_PRODUCTS,
    OWNERSHIP,
    TIMELINE,
    CALLER_CARDS,
    RELATIONS,
    NEEDS,
    IMPORTANT_DATES,
    EXTERNAL_IDS,
    CONSENTS,
    CREDITS,
    PLANS,
    COMPARISONS,
    MERGES,
    FINDINGS,
    REPORTS,
    LEADS,
    LEAD_FOLLOW_UPS,
    LEAD_SCORE_RULES,
    ASSIGN_RULES,
    CAPTURE_FORMS,
)
