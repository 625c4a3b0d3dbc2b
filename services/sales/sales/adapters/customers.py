"""The customer service: whose a customer is, and that it stays where it is while an order waits for review."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common import codec
from crm_common.context import Context, system_context
from crm_common.errors import CommonRules
from crm_common.protocol.customer.holding import HoldReason
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.sales.orders_rules import OrderRules
from crm_common.protocol.selection import names
from crm_common.runtime.client import PeerClient

_READ_ONLY = {
    Holding.POOL: CustomerRules.a_customer_in_the_pool_is_read_only,
    Holding.TRASH: CustomerRules.a_customer_in_the_trash_is_read_only,
    Holding.DEPT_QUEUE: CustomerRules.a_customer_waits_for_its_head,
}


@dataclass(frozen=True, slots=True)
class Customers:
    """Asks in the caller's own name what he may see, and in the name of sales what only services may do."""

    client: PeerClient
    context: Context

    def expect_own(self, customer_id: UUID, *, field: str = "customer_id") -> UUID:
        """The customer, in the caller's name; ``NOT_FOUND``, ``READ_ONLY`` or ``FORBIDDEN`` otherwise."""
        found = self._seen(customer_id)
        if found is None:
            raise CommonRules.the_record_was_not_found(field=field)
        holding, owner_id = found
        if holding is not Holding.OWNED:
            raise _READ_ONLY.get(holding, CustomerRules.a_customer_is_gone)(field=field)
        if owner_id != self.context.authenticated().id:
            raise OrderRules.only_a_customer_of_one_s_own_orders(field=field)
        return customer_id

    def hold(self, customer_id: UUID, submission_id: UUID) -> None:
        """It neither goes to the pool nor to anybody else (features §3.1)."""
        asked = {"customer_id": str(customer_id), "reference": reference(submission_id)}
        self._as_sales("hold", asked | {"reason": HoldReason.ORDER_REVIEW.value})

    def release(self, customer_id: UUID, submission_id: UUID) -> None:
        """The submission no longer needs it where it is."""
        self._as_sales("release_hold", {"customer_id": str(customer_id), "reference": reference(submission_id)})

    def _seen(self, customer_id: UUID) -> tuple[Holding, UUID | None] | None:
        asked = {"ids": [str(customer_id)], "select": names("holding", "owner_id")}
        [found] = codec.decode_json(self.client.call("customer", "customers_by_ids", asked, self.context))
        if found is None:
            return None
        return Holding(found["holding"]), UUID(found["owner_id"]) if found["owner_id"] else None

    def _as_sales(self, method: str, payload: dict[str, str]) -> None:
        self.client.call("customer", method, payload, as_sales(self.context))


def reference(submission_id: UUID) -> str:
    """What neighbours know a submission by."""
    return f"sales:submission/{submission_id}"


def as_sales(context: Context) -> Context:
    """In the name of sales, within the caller's deadline."""
    left = max(0.0, context.remaining())
    return system_context("sales", correlation_id=context.correlation_id, timeout=left)
