"""Merging customers (CUS-45, BYD-11)."""

from __future__ import annotations

from crm_common.protocol.customer.merging import CustomerMerges, MergeCustomers, UndoMerge
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import merging
from customer.usecases.customers import noting_duplicates
from customer.usecases.unmerging import undo_merge
from customer.views.merging import EVERY


class MergeOperations(Offering):
    """Merges."""

    @rpc
    def customer_merges(self, query: CustomerMerges) -> Raw:
        return self.views.page(query, where=EVERY)

    @rpc
    def merge_customers(self, command: MergeCustomers) -> Raw:
        return self.commands.run(merging.merge_customers(phones(self.host)), command)

    @rpc
    def undo_merge(self, command: UndoMerge) -> Raw:
        with noting_duplicates(self.host, self.context):
            return self.commands.run(undo_merge, command)
