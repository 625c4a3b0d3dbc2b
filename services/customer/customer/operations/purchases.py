"""Purchases: what is asked of them, and the orders of which they are made."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.purchases import Purchases, PurchasesByIds, RecordPurchase
from crm_common.protocol.sales.orders_events import OrderApprovalUndone, OrderApproved, OrderReturned, OrderVoided
from crm_common.runtime.entrypoints import rpc, subscribe
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering
from customer.usecases import purchases
from customer.views.purchases import purchases_of


class PurchaseOperations(Offering):
    """Purchases."""

    @rpc
    def purchases(self, query: Purchases) -> Raw:
        return self.views.page(query, where=purchases_of(query))

    @rpc
    def purchases_by_ids(self, query: PurchasesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def record_purchase(self, command: RecordPurchase) -> Raw:
        return self.commands.run(purchases.record_purchase, command)

    @subscribe(OrderApproved)
    def note_bought(self, event: OrderApproved, change: Change) -> None:
        purchases.note_order(change, event)

    @subscribe(OrderApprovalUndone)
    def undo_bought(self, event: OrderApprovalUndone, change: Change) -> None:
        purchases.take_back(change, event.order_id, event.reason)

    @subscribe(OrderVoided)
    def void_bought(self, event: OrderVoided, change: Change) -> None:
        purchases.take_back(change, event.order_id, event.reason)

    @subscribe(OrderReturned)
    def note_returned(self, event: OrderReturned, change: Change) -> None:
        purchases.note_return(change, event)
