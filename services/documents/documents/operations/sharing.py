"""Rights on files (DOC-03)."""

from __future__ import annotations

from crm_common.protocol.documents.rights import DocumentGrants, DocumentRight
from crm_common.protocol.documents.sharing import ShareDocument
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from documents.operations.offering import Offering
from documents.usecases import sharing
from documents.views import files as views


class SharingOperations(Offering):
    """Rights."""

    @rpc
    def document_grants(self, query: DocumentGrants) -> Raw:
        self.access.expect(query.id, DocumentRight.SHARE)
        return self.views.page(query, where=views.of_file(query.id))

    @rpc
    def share_document(self, command: ShareDocument) -> Raw:
        may = self.access.expect(command.id, DocumentRight.SHARE)
        return self.commands.run(sharing.share_document(may), command)
