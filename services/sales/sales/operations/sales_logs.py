"""The sales journal: what is asked and told of it."""

from __future__ import annotations

from crm_common.protocol.sales.sales_log import (
    CreateSalesLog,
    DeleteSalesLog,
    SalesLogs,
    SalesLogsByIds,
    UpdateSalesLog,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import sales_logs


class SalesLogOperations(Offering):
    """Journals."""

    @rpc
    def sales_logs(self, query: SalesLogs) -> Raw:
        return self.views.page(query)

    @rpc
    def sales_logs_by_ids(self, query: SalesLogsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_sales_log(self, command: CreateSalesLog) -> Raw:
        return self.commands.run(sales_logs.create_sales_log, command)

    @rpc
    def update_sales_log(self, command: UpdateSalesLog) -> Raw:
        return self.commands.run(sales_logs.update_sales_log, command)

    @rpc
    def delete_sales_log(self, command: DeleteSalesLog) -> Raw:
        return self.commands.run(sales_logs.delete_sales_log, command)
