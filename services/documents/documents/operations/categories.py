"""Categories (DOC-06) and the access log (DOC-12)."""

from __future__ import annotations

from crm_common.protocol.documents.accesses import DocumentAccesses
from crm_common.protocol.documents.categories import (
    CreateDocumentCategory,
    DeleteDocumentCategory,
    DocumentCategories,
    DocumentCategoriesByIds,
    UpdateDocumentCategory,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from documents.operations.offering import Offering
from documents.usecases import categories
from documents.views import files as views


class CategoryOperations(Offering):
    """Categories, and who read or took files."""

    @rpc
    def document_categories(self, query: DocumentCategories) -> Raw:
        return self.views.page(query)

    @rpc
    def document_categories_by_ids(self, query: DocumentCategoriesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_document_category(self, command: CreateDocumentCategory) -> Raw:
        return self.commands.run(categories.create_category, command)

    @rpc
    def update_document_category(self, command: UpdateDocumentCategory) -> Raw:
        return self.commands.run(categories.update_category, command)

    @rpc
    def delete_document_category(self, command: DeleteDocumentCategory) -> Raw:
        return self.commands.run(categories.delete_category, command)

    @rpc
    def document_accesses(self, query: DocumentAccesses) -> Raw:
        return self.views.page(query, where=None if query.document_id is None else views.of_file(query.document_id))
