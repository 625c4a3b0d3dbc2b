"""Customers as they were (BYD-06): what their events tell of their fields."""

from __future__ import annotations

from crm_common.journal.past import Below, Past
from crm_common.journal.told import Told
from crm_common.protocol.customer.customers import CustomerView
from customer.domain.contact import FIELDS as CONTACT_FIELDS
from customer.domain.customer import FIELDS

_HELD = (
    "holding",
    "owner_id",
    "queue_department_id",
    "owned_since",
    "pool_entered_at",
    "pool_reason",
    "times_in_pool",
    "last_owner_id",
    "merged_into_id",
)
TOLD = Told(view=CustomerView, aggregates=("customer",), policy=None)
PAST = Past(
    view=CustomerView,
    aggregate="customer",
    # of the phone the events have the mask: nobody reads it in full in the past
    recorded=(*FIELDS, *_HELD, "phone", "stage", "customer_class", "hot"),
    unchanging=("id", "created_at", "created_by"),
    below={
        "contacts": Below(
            aggregate="contact",
            candidates="SELECT id, customer_id FROM contact WHERE customer_id = ANY(%(ids)s) ORDER BY created_at, id",
            recorded=CONTACT_FIELDS,
        )
    },
    custom=True,
    absent={"tags": [], "hot": False, "times_in_pool": 0},
)
