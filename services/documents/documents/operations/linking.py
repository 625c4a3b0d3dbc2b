"""Files of records: what neighbours ask, and what people attach (DOC-09, 10)."""

from __future__ import annotations

from crm_common.protocol.documents.files import (
    AttachDocuments,
    DocumentCard,
    DocumentCards,
    LinkDocuments,
    LockDocuments,
    UnlockDocuments,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from documents.operations.offering import Offering
from documents.store import files as store
from documents.usecases import linking


class LinkOperations(Offering):
    """Links and locks."""

    @rpc
    def document_cards(self, query: DocumentCards) -> tuple[DocumentCard, ...]:
        return store.cards(self.host.store, query.ids)

    @rpc
    def link_documents(self, command: LinkDocuments) -> Raw:
        return self.commands.run(linking.link_documents, command)

    @rpc
    def lock_documents(self, command: LockDocuments) -> Raw:
        return self.commands.run(linking.lock_documents, command)

    @rpc
    def unlock_documents(self, command: UnlockDocuments) -> Raw:
        return self.commands.run(linking.unlock_documents, command)

    @rpc
    def attach_documents(self, command: AttachDocuments) -> Raw:
        record = self.access.record(command.subject, field="subject")
        return self.commands.run(linking.attach_documents(record), command)
