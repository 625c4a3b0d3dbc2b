"""Who owes money, as the customer service says now: finance knows whom it collects from without seeing customers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.context import Context, system_context
from crm_common.errors import CommonRules
from crm_common.protocol.selection import names
from crm_common.runtime.providers import BoundPeer
from finance.adapters.customers import KnownCustomer


def debtor(customers: BoundPeer, context: Context, customer_id: UUID) -> KnownCustomer:
    """The customer, asked for in this service's own name; NOT_FOUND when there is none."""
    left = max(0.0, context.remaining())
    asking = system_context("finance", correlation_id=context.correlation_id, timeout=left)
    asked: dict[str, Any] = {"ids": [str(customer_id)], "select": names("id", "name", "owner_id")}
    [found] = customers.call("customers_by_ids", asked, context=asking)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="customer_id")
    return KnownCustomer(customer_id, found["name"], UUID(found["owner_id"]) if found["owner_id"] else None)
