"""Files: what is asked and told of them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from crm_common.jobs import JobRun
from crm_common.objects import open_sealed
from crm_common.protocol.documents.files import (
    KEEP_DAYS,
    DeletedDocuments,
    DeleteDocument,
    Documents,
    DocumentsByIds,
    DownloadDocument,
    PublishDocument,
    RestoreDocument,
    RestoreDocumentVersion,
    UpdateDocument,
    ViewDocument,
    WithdrawDocument,
)
from crm_common.protocol.documents.rights import DocumentRight
from crm_common.protocol.importing import FileLink
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from documents.domain.document import Content
from documents.operations.offering import Offering
from documents.store import files as store
from documents.store.rights import SCOPE
from documents.usecases import files, purging
from documents.views import files as views

_NOTHING = UUID(int=0)
_LINK_SECONDS = 600


class FileOperations(Offering):
    """Files."""

    @rpc
    def documents(self, query: Documents) -> Raw:
        if query.about is not None:
            record = self.access.record(query.about, field="about")
            return self.views.page(query, where=views.of_record(query, record))
        scope = SCOPE.kind(self.context.authenticated())
        seen, roles = self.access.seen_of_mine(), self.access.roles()
        return self.views.page(query, where=views.listed(query, scope=scope, seen=seen, roles=roles))

    @rpc
    def documents_by_ids(self, query: DocumentsByIds) -> Raw:
        seen = self.access.viewed(query.ids)
        return self.views.get(replace(query, ids=tuple(each if each in seen else _NOTHING for each in query.ids)))

    @rpc
    def deleted_documents(self, query: DeletedDocuments) -> Raw:
        return self.views.page(query, where=views.BIN)

    @rpc
    def download_document(self, command: DownloadDocument) -> Raw:
        self.access.expect(command.id, DocumentRight.DOWNLOAD)
        name, number, content = files.version_to_take(store.content(self.host.store, command.id, command.number))
        url = self._address(content, name)
        return self.commands.run(files.download_document(number, FileLink(url, name)), command)

    def _address(self, content: Content, name: str) -> str:
        kind = content.content_type
        if content.sealed_key is None:
            return self.objects.download_url(content.object_key, name=name, content_type=kind, seconds=_LINK_SECONDS)
        sealed = open_sealed(self.host.environment.process)
        assert sealed is not None
        key, size = self.keyring.opened(content), content.size
        return sealed.download_url(
            content.object_key, key, name=name, content_type=kind, size=size, seconds=_LINK_SECONDS
        )

    @rpc
    def view_document(self, command: ViewDocument) -> Raw:
        self.access.expect(command.id, DocumentRight.VIEW)
        return self.commands.run(files.view_document, command)

    @rpc
    def update_document(self, command: UpdateDocument) -> Raw:
        self.access.expect(command.id, DocumentRight.EDIT)
        return self.commands.run(files.update_document, command)

    @rpc
    def publish_document(self, command: PublishDocument) -> Raw:
        self.access.expect(command.id, DocumentRight.EDIT)
        return self.commands.run(files.publish_document, command)

    @rpc
    def withdraw_document(self, command: WithdrawDocument) -> Raw:
        may_publish = self.context.authenticated().may("doc.publish")
        self.access.expect(command.id, DocumentRight.VIEW if may_publish else DocumentRight.EDIT)
        return self.commands.run(files.withdraw_document, command)

    @rpc
    def restore_document_version(self, command: RestoreDocumentVersion) -> Raw:
        self.access.expect(command.id, DocumentRight.EDIT)
        return self.commands.run(files.restore_version, command)

    @rpc
    def delete_document(self, command: DeleteDocument) -> Raw:
        self.access.expect_owner(command.id)
        return self.commands.run(files.delete_document, command)

    @every("30 3 * * *", name="documents.purge")
    def purge_deleted_documents(self, run: JobRun) -> None:
        """Files leave the recycle bin for good when they have lain there long enough (DOC-15)."""
        purging.purge_deleted(run, self.objects, self.host.settings.get(KEEP_DAYS))

    @rpc
    def restore_document(self, command: RestoreDocument) -> Raw:
        return self.commands.run(files.restore_document, command)
