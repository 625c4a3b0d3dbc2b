"""Items: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.documents.items import (
    CreateDocumentsItem,
    DocumentsItems,
    DocumentsItemsByIds,
    RenameDocumentsItem,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from documents.operations.offering import Offering
from documents.usecases import items


class ItemOperations(Offering):
    """Items."""

    @rpc
    def documents_items(self, query: DocumentsItems) -> Raw:
        return self.views.page(query)

    @rpc
    def documents_items_by_ids(self, query: DocumentsItemsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_documents_item(self, command: CreateDocumentsItem) -> Raw:
        return self.commands.run(items.create_item, command)

    @rpc
    def rename_documents_item(self, command: RenameDocumentsItem) -> Raw:
        return self.commands.run(items.rename_item, command)
