"""Customers: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.customer.customers import Customers, CustomersByIds, MyCustomers
from crm_common.reading import Where
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering

_IN_HANDS = Where("{t}.holding IN ('OWNED', 'DEPT_QUEUE')")


class CustomerOperations(Offering):
    """Customers."""

    @rpc
    def customers(self, query: Customers) -> Raw:
        return self.views.page(query, where=_IN_HANDS)

    @rpc
    def my_customers(self, query: MyCustomers) -> Raw:
        mine = Where("{t}.holding = 'OWNED' AND {t}.owner_id = {me}")
        return self.views.page(query, where=mine)

    @rpc
    def customers_by_ids(self, query: CustomersByIds) -> Raw:
        return self.views.get(query)
