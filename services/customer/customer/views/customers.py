"""Customers as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.customers import CustomerView
from crm_common.reading import Terms, bind, many, masked, one, same_row
from customer.domain.names import sought
from customer.domain.phone import comparable
from customer.store.credit import HOLDS
from customer.tables import (
    consent,
    contact,
    customer,
    customer_share,
    external_id,
    follow_up,
    important_date,
    interest,
    need,
    purchase,
    purchased_product,
    relation,
    solution_plan,
    stage_change,
)
from customer.views.hands import Hands
from customer.views.pool import HISTORY, RECLAIM_FIELDS

# of one product the latest
_LATEST_INTEREST = """
NOT EXISTS (SELECT FROM interest n WHERE n.customer_id = {c}.customer_id AND n.name_fold = {c}.name_fold
    AND (n.noted_at, n.id) > ({c}.noted_at, {c}.id))
"""

# the owner, whom he lets (CUS-48), and who may see all; nobody while it is in nobody's name
FULL_PHONE = """
{t}.owner_id = {me} OR ({t}.owner_id IS NOT NULL AND ({may:customer.phone.view_all} OR EXISTS (
    SELECT FROM customer_share s WHERE s.customer_id = {t}.id AND s.employee_id = {me}
    AND s.sees_phone AND s.owned_since = {t}.owned_since)))
"""

# the subject lets the journal's index find its events
_ITS_ENTRIES = "{c}.customer_id = {t}.id AND {c}.subject = 'customer/' || {t}.id"
_SUBSIDIARIES = "{c}.id IN (SELECT r.customer_id FROM relation r WHERE r.other_id = {t}.id AND r.kind = 'PARENT')"

CUSTOMERS_SNAPSHOT = "SELECT c.id, c.name, c.owner_id, c.holding FROM customer c"
"""What neighbours keep of every customer."""

CUSTOMERS = bind(
    CustomerView,
    customer,
    fields={
        "phone": masked(
            customer.c.phone_cipher,
            customer.c.phone_mask,
            visible=FULL_PHONE,
            noted="{may:customer.phone.view_all} AND {t}.owner_id <> {me}",
            index=customer.c.phone_index,
            normalised=comparable,
        ),
        "owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id",
        "last_owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.last_owner_id",
        "merged_into_id": "CASE WHEN {t}.holding = 'MERGED' THEN merge_survivor({t}.id) END",
        **RECLAIM_FIELDS,
    },
    sort={"name": customer.c.name_key},
    terms={"name": Terms(customer.c.name_terms, sought)},
    children={
        "custom": same_row(),
        "credit": one(f"{{c}}.customer_id = {{t}}.id AND {HOLDS.format(c='{c}', now='{now}')}"),
        "solution_plans": many(solution_plan.c.customer_id, part=True),
        "consents": many(consent.c.customer_id, part=True),
        "external_ids": many(external_id.c.customer_id, part=True),
        "merged_into": one("{c}.id = merge_survivor({t}.id) AND {t}.holding = 'MERGED'"),
        "stage_history": many(stage_change.c.customer_id),
        "collaborators": many(customer_share.c.customer_id, where="{c}.owned_since = {t}.owned_since"),
        "ownership_history": HISTORY,
        "contacts": many(contact.c.customer_id, order=[contact.c.created_at], part=True),
        "follow_ups": many(follow_up.c.customer_id, part=True),
        "interests": many(interest.c.customer_id, where=_LATEST_INTEREST, part=True),
        "purchases": many(purchase.c.customer_id, part=True),
        "purchased_products": many(purchased_product.c.customer_id, part=True),
        "important_dates": many(important_date.c.customer_id, part=True),
        "needs": many(need.c.customer_id, part=True),
        "subsidiaries": many(_SUBSIDIARIES),
        "relations": many(relation.c.customer_id, part=True),
        "timeline": many(_ITS_ENTRIES, part=True),
    },
    scope=Hands(),
    default_order=[customer.c.created_at.desc()],
)
