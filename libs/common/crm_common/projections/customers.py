"""Customers as sales, finance and documents know them: what they are called, and in whose hands they are."""

from __future__ import annotations

from crm_common.projections.declare import Projection
from crm_common.projections.tables import create_customer_ref, customer_ref
from crm_common.protocol.customer import customer
from crm_common.protocol.customer.customers import CustomerEvent
from crm_common.protocol.customer.exchange import CustomerDeleted

__all__ = ["CUSTOMERS", "create_customer_ref", "customer_ref"]

CUSTOMERS = Projection(
    name="customers",
    owner="customer",
    table="customer_ref",
    columns=("name", "owner_id", "holding"),
    # an erasure is one of them: its name is what stands where somebody was forgotten (CUS-26)
    events=tuple(
        event for event in customer.events.values() if issubclass(event, CustomerEvent) and event is not CustomerDeleted
    ),
    deletes=(CustomerDeleted,),
)
"""For names in lists; a rule that decides never reads one, it asks the customer service.

Every event that tells a customer's name puts the row. The service lists it in ``projections``, a migration of its own
calls `create_customer_ref`.
"""
