"""What sales tells of orders and opportunities, and whom it concerns."""

from __future__ import annotations

from uuid import UUID

from crm_common import codec
from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.sales.opportunities_events import BigDealFound, OpportunityStalled
from crm_common.protocol.sales.orders_events import (
    OrderApprovalUndone,
    OrderApproved,
    OrderRejected,
    OrderSubmitted,
)
from crm_common.runtime.entrypoints import every, subscribe
from office.operations.offering import Offering
from office.usecases import sales_news
from office.usecases.sales_news import REVIEW


class SalesNews(Offering):
    """Events of orders and opportunities become messages, each once."""

    @every("*/10 * * * *", name="office.order_reviewers")
    def keep_order_reviewers(self, run: JobRun) -> None:
        """Learns who may review orders: they are told of those that wait."""
        found = codec.decode_json(self.host.client.call("identity", "staffing", {"permissions": [REVIEW]}, run.context))
        sales_news.keep_reviewers(run, [UUID(each) for each in found["permissions"].get(REVIEW, ())])

    @subscribe(OrderSubmitted)
    def tell_of_waiting_order(self, event: OrderSubmitted, change: Change) -> None:
        sales_news.tell_of_waiting_order(change, event)

    @subscribe(OrderApproved)
    def tell_of_approved_order(self, event: OrderApproved, change: Change) -> None:
        sales_news.tell_of_approval(change, event)

    @subscribe(OrderRejected)
    def tell_of_rejected_order(self, event: OrderRejected, change: Change) -> None:
        sales_news.tell_of_rejection(change, event)

    @subscribe(OrderApprovalUndone)
    def tell_of_undone_order(self, event: OrderApprovalUndone, change: Change) -> None:
        sales_news.tell_of_undoing(change, event)

    @subscribe(BigDealFound)
    def tell_of_big_deal(self, event: BigDealFound, change: Change) -> None:
        sales_news.tell_of_big_deal(change, event)

    @subscribe(OpportunityStalled)
    def tell_of_stalled_opportunity(self, event: OpportunityStalled, change: Change) -> None:
        sales_news.tell_of_stalled(change, event)
