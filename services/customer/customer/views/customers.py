"""Customers as they are shown."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.customer.customers import CustomerView
from crm_common.reading import bind, by_owner
from customer.tables import customer

CUSTOMERS = bind(
    CustomerView,
    customer,
    fields={
        "phone": customer.c.phone_mask,
        "owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id",
        "last_owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.last_owner_id",
    },
    sort={"name": customer.c.name_key},
    scope=by_owner("customer", owner=customer.c.owner_id, people=employee_ref),
    default_order=[customer.c.created_at.desc()],
)
