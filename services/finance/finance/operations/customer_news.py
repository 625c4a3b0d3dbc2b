"""What customer tells of who customers are: one that went into another one, came out of it again, was erased."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.customers import CustomerTurned
from crm_common.runtime.entrypoints import subscribe
from finance.operations.offering import Offering
from finance.usecases import customer_news


class CustomerNews(Offering):
    """News of customers, by one method: each method's events come in their order, those of two may not."""

    @subscribe(CustomerTurned)
    def follow_customer(self, event: CustomerTurned, change: Change) -> None:
        customer_news.follow_customer(change, event)
