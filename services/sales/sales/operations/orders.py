"""Orders: what is asked and told of them, and what finance tells of their money."""

from __future__ import annotations

from functools import partial

from crm_common.jobs import JobRun
from crm_common.journal.told import history_page
from crm_common.protocol.sales.orders import OrderHistory, Orders, OrdersByIds, OrdersToReview
from crm_common.protocol.sales.orders_commands import (
    CancelOrder,
    CreateOrder,
    MarkOrderDelivered,
    ReviewOrder,
    SubmitOrder,
    UpdateOrder,
    WithdrawOrder,
)
from crm_common.protocol.sales.orders_internal import OrderLedger, OrderLedgerEntry
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from sales.adapters.asked import Asked
from sales.adapters.customers import Customers
from sales.operations.offering import Offering
from sales.usecases import order_reviewing, order_submitting, orders
from sales.views.order_ledger import order_ledger
from sales.views.orders import TOLD, WAITING


class OrderOperations(Offering):
    """Orders."""

    @rpc
    def orders(self, query: Orders) -> Raw:
        return self.views.page(query)

    @rpc
    def orders_by_ids(self, query: OrdersByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def orders_to_review(self, query: OrdersToReview) -> Raw:
        return self.views.page(query, where=WAITING)

    @rpc
    def order_history(self, query: OrderHistory) -> Raw:
        return Raw(history_page(TOLD, query.id, query, self.views.reader, self.context))

    @rpc
    def order_ledger(self, query: OrderLedger) -> tuple[OrderLedgerEntry, ...]:
        return order_ledger(self.host.store, query)

    @rpc
    def create_order(self, command: CreateOrder) -> Raw:
        customers = Customers(self.host.client, self.context)
        own = Asked.of(lambda: customers.expect_own(command.customer_id))
        return self.commands.run(partial(orders.create_order, own), command)

    @rpc
    def update_order(self, command: UpdateOrder) -> Raw:
        return self.commands.run(orders.update_order, command)

    @rpc
    def submit_order(self, command: SubmitOrder) -> Raw:
        desk = order_submitting.Desk(self.host, self.context)
        order_id = desk.order_id(command)
        prepared = Asked.of(lambda: desk.prepare(order_id, command))
        try:
            return self.commands.run(partial(order_submitting.submit_order, prepared), command)
        finally:
            # refused, or carried out before: what was held for this attempt is of no use
            desk.let_go(order_id)

    @rpc
    def withdraw_order(self, command: WithdrawOrder) -> Raw:
        answer = self.commands.run(orders.withdraw_order, command)
        order_submitting.Desk(self.host, self.context).let_go(command.id)
        return answer

    @rpc
    def review_order(self, command: ReviewOrder) -> Raw:
        answer = self.commands.run(order_reviewing.review_order, command)
        order_submitting.Desk(self.host, self.context).let_go(command.id)
        return answer

    @rpc
    def cancel_order(self, command: CancelOrder) -> Raw:
        return self.commands.run(orders.cancel_order, command)

    @rpc
    def mark_order_delivered(self, command: MarkOrderDelivered) -> Raw:
        return self.commands.run(orders.mark_order_delivered, command)

    @every("* * * * *", name="sales.order_holds")
    def tidy_order_holds(self, run: JobRun) -> None:
        """Lets go of what submissions that came to nothing hold of customers and files."""
        order_submitting.tidy_holds(run, self.host)
