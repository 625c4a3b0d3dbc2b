"""Merges as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.merging import CustomerMergeView
from crm_common.reading import Where, bind, one
from customer.tables import customer_merge
from customer.views.through import AS_ITS_SURVIVOR

MERGES = bind(
    CustomerMergeView,
    customer_merge,
    fields={
        "merged_name": "SELECT m.name FROM customer m WHERE m.id = {t}.merged_id",
        "merged_by_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.merged_by",
    },
    children={"survivor": one(customer_merge.c.survivor_id)},
    scope=AS_ITS_SURVIVOR,
    default_order=[customer_merge.c.merged_at.desc()],
)

EVERY = Where("true", selective=True)
"""All of them: few, and seen record by record, as a survivor may be merged itself by now."""
