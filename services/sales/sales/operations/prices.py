"""Prices: what is asked and told of them. Who buys is asked of the customer service before a transaction opens."""

from __future__ import annotations

from crm_common.days import day_of
from crm_common.protocol.sales.prices import (
    CreatePriceList,
    ExplainedPrice,
    PriceFor,
    PriceLists,
    PriceListsByIds,
    SetFloorPrice,
    UpdatePriceList,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from sales.adapters.buyers import known_customer
from sales.domain.pricing import Buyer
from sales.operations.offering import Offering
from sales.usecases import prices, products


class PriceOperations(Offering):
    """Price lists and what something costs."""

    @rpc
    def price_lists(self, query: PriceLists) -> Raw:
        return self.views.page(query)

    @rpc
    def price_lists_by_ids(self, query: PriceListsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_price_list(self, command: CreatePriceList) -> Raw:
        return self.commands.run(prices.create_price_list, command)

    @rpc
    def update_price_list(self, command: UpdatePriceList) -> Raw:
        return self.commands.run(prices.update_price_list, command)

    @rpc
    def set_floor_price(self, command: SetFloorPrice) -> Raw:
        return self.commands.run(products.set_floor_price, command)

    @rpc
    def price_for(self, query: PriceFor) -> ExplainedPrice:
        buyer = Buyer()
        if query.customer_id is not None:
            buyer = known_customer(self.host.client, self.context, query.customer_id).buyer
        on = query.on or day_of(self.host.settings, self.host.clock.now())
        with self.host.store.transaction() as connection:
            return prices.price_for(connection, query, buyer, on)
