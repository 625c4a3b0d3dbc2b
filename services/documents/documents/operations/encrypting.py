"""Encrypted files and their recovery (DOC-05, 08)."""

from __future__ import annotations

from crm_common.errors import CommonRules
from crm_common.protocol.documents.recovery import (
    ApproveDocumentRecovery,
    DocumentRecoveries,
    DocumentRecoveriesByIds,
    EncryptDocument,
    EncryptedDocuments,
    RequestDocumentRecovery,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from documents.operations.offering import Offering
from documents.store import recoveries as store
from documents.usecases import encrypting
from documents.views import files as views


class EncryptionOperations(Offering):
    """Encryption and recovery."""

    @rpc
    def encrypted_documents(self, query: EncryptedDocuments) -> Raw:
        return self.views.page(query, where=views.ENCRYPTED)

    @rpc
    def document_recoveries(self, query: DocumentRecoveries) -> Raw:
        return self.views.page(query)

    @rpc
    def document_recoveries_by_ids(self, query: DocumentRecoveriesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def encrypt_document(self, command: EncryptDocument) -> Raw:
        self.access.expect_owner(command.id)
        before = store.contents(self.host.store, command.id)
        if all(each.sealed_key for each in before.values()):
            return self.commands.run(encrypting.encrypt_document(before, before), command)
        place = f"documents/{command.id}/{self.host.ids()}"
        after = encrypting.sealed_copies(self.objects, self.keyring, before, place)
        answer = self.commands.run(encrypting.encrypt_document(before, after), command)
        # the clear bytes go when nothing leads to them any more
        for key in {each.object_key for each in before.values()}:
            self.objects.delete(key)
        return answer

    @rpc
    def request_document_recovery(self, command: RequestDocumentRecovery) -> Raw:
        return self.commands.run(encrypting.request_recovery, command)

    @rpc
    def approve_document_recovery(self, command: ApproveDocumentRecovery) -> Raw:
        document_id = store.document_of(self.host.store, command.id)
        if document_id is None:
            raise CommonRules.the_record_was_not_found(field="id")
        return self.commands.run(encrypting.approve_recovery(self.keyring, document_id), command)
