"""Saved views: what is asked and told of them."""

from __future__ import annotations

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
from customer.usecases import saved_views


class SavedViewOperations(Offering):
    """Saved views."""

    @rpc
    def saved_views(self, query: SavedViews) -> Raw:
        return self.views.page(query)

    @rpc
    def saved_views_by_ids(self, query: SavedViewsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_saved_view(self, command: CreateSavedView) -> Raw:
        return self.commands.run(saved_views.create_saved_view(self.views.reader), command)

    @rpc
    def update_saved_view(self, command: UpdateSavedView) -> Raw:
        return self.commands.run(saved_views.update_saved_view(self.views.reader), command)

    @rpc
    def delete_saved_view(self, command: DeleteSavedView) -> Raw:
        return self.commands.run(saved_views.delete_saved_view, command)
