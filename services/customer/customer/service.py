"""The customer service: customers and the public pool, contacts, follow-ups, leads."""

from __future__ import annotations

from crm_common.projections.employees import EMPLOYEES
from customer.operations.contacts import ContactOperations
from customer.operations.customers import CustomerOperations
from customer.operations.follow_ups import FollowUpOperations
from customer.operations.pool import PoolOperations


class CustomerService(CustomerOperations, ContactOperations, FollowUpOperations, PoolOperations):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "customer"
    projections = (EMPLOYEES,)
