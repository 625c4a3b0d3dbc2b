"""Bringing files (DOC-01)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.documents.rights import DocumentRight
from crm_common.protocol.documents.uploads import MAX_MB, ConfirmUpload, RequestUpload
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from documents.adapters.arriving import arrived, keep
from documents.adapters.scanning import Clamd, Scanner
from documents.adapters.texts import NOTHING, text_of
from documents.operations.offering import Offering
from documents.store import files
from documents.store import uploads as store
from documents.usecases import reading, uploads

_READING_SECONDS = 4.0


class UploadOperations(Offering):
    """Uploads."""

    @rpc
    def request_upload(self, command: RequestUpload) -> Raw:
        content_type = uploads.checked_request(command, self.host.settings.get(MAX_MB))
        if command.document_id is not None:
            self.access.expect(command.document_id, DocumentRight.EDIT, field="document_id")
        upload_id = self.host.ids()
        upload = uploads.address(self.objects, upload_id, content_type, command.size)
        return self.commands.run(uploads.request_upload(upload_id, content_type, upload), command)

    @rpc
    def confirm_upload(self, command: ConfirmUpload) -> Raw:
        me = self.context.authenticated().id
        upload = uploads.own_upload(store.awaited(self.host.store, command.upload_id, me))
        if upload.confirmed_at is not None:
            return self.commands.run(uploads.confirm_upload(None, None), command)
        uploads.expect_in_time(upload, self.host.clock.now())
        with arrived(self.objects, upload, self._scanner()) as came:
            sealed = not upload.is_new and files.is_encrypted(self.host.store, upload.document_id)
            content = keep(self.objects, came, upload.place, self.keyring if sealed else None)
            said = NOTHING if sealed else text_of(came.path, came.content_type, seconds=_READING_SECONDS)
            answer = self.commands.run(uploads.confirm_upload(content, said), command)
        self.objects.delete(upload.arrival)
        return answer

    @every("*/10 * * * *", name="documents.expired_uploads")
    def forget_expired_uploads(self, run: JobRun) -> None:
        """What was brought and never confirmed is removed."""
        uploads.forget_expired(run, self.objects)

    @every("*/10 * * * *", name="documents.texts")
    def read_waiting_texts(self, run: JobRun) -> None:
        """What took too long to be read at its coming is read now (DOC-04)."""
        reading.read_waiting(run, self.objects)

    def _scanner(self) -> Scanner | None:
        told = self.host.environment
        return Clamd(told.clamd_host, told.clamd_port) if told.clamd_host else None
