"""Items: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.sales.items import CreateSalesItem, RenameSalesItem, SalesItems, SalesItemsByIds
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import items


class ItemOperations(Offering):
    """Items."""

    @rpc
    def sales_items(self, query: SalesItems) -> Raw:
        return self.views.page(query)

    @rpc
    def sales_items_by_ids(self, query: SalesItemsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_sales_item(self, command: CreateSalesItem) -> Raw:
        return self.commands.run(items.create_item, command)

    @rpc
    def rename_sales_item(self, command: RenameSalesItem) -> Raw:
        return self.commands.run(items.rename_item, command)
