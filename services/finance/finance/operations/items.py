"""Items: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.finance.items import CreateFinanceItem, FinanceItems, FinanceItemsByIds, RenameFinanceItem
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from finance.operations.offering import Offering
from finance.usecases import items


class ItemOperations(Offering):
    """Items."""

    @rpc
    def finance_items(self, query: FinanceItems) -> Raw:
        return self.views.page(query)

    @rpc
    def finance_items_by_ids(self, query: FinanceItemsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_finance_item(self, command: CreateFinanceItem) -> Raw:
        return self.commands.run(items.create_item, command)

    @rpc
    def rename_finance_item(self, command: RenameFinanceItem) -> Raw:
        return self.commands.run(items.rename_item, command)
