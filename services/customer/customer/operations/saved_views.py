"""What lists show: saved views of each, columns for all."""

from __future__ import annotations

from crm_common.protocol.customer.list_columns import CustomerListColumns, ListColumns, SetCustomerListColumns
from crm_common.protocol.customer.views_saved import (
    CreateSavedView,
    DeleteSavedView,
    SavedViews,
    SavedViewsByIds,
    UpdateSavedView,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering
from customer.usecases import list_columns as usecases
from customer.usecases import saved_views
from customer.views import list_columns


class SavedViewOperations(Offering):
    """Saved views, and the columns of lists."""

    @rpc
    def saved_views(self, query: SavedViews) -> Raw:
        return self.views.page(query)

    @rpc
    def saved_views_by_ids(self, query: SavedViewsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def customer_list_columns(self, _query: CustomerListColumns) -> ListColumns:
        return list_columns.columns(self.host.store, self.context)

    @rpc
    def set_customer_list_columns(self, command: SetCustomerListColumns) -> Raw:
        return self.commands.run(usecases.set_list_columns, command)

    @rpc
    def create_saved_view(self, command: CreateSavedView) -> Raw:
        return self.commands.run(saved_views.create_saved_view(self.views.reader), command)

    @rpc
    def update_saved_view(self, command: UpdateSavedView) -> Raw:
        return self.commands.run(saved_views.update_saved_view(self.views.reader), command)

    @rpc
    def delete_saved_view(self, command: DeleteSavedView) -> Raw:
        return self.commands.run(saved_views.delete_saved_view, command)
