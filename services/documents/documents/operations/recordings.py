"""Recordings of calls (DOC-14)."""

from __future__ import annotations

from crm_common import codec
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.documents.recordings import (
    KeepRecording,
    ListenToRecording,
    Recordings,
    RecordingsByIds,
    RecordingView,
)
from crm_common.protocol.importing import FileLink
from crm_common.protocol.selection import names
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from documents.operations.offering import Offering
from documents.store import recordings as store
from documents.usecases import recordings

_LINK_SECONDS = 600


class RecordingOperations(Offering):
    """Recordings."""

    @rpc
    def recordings(self, query: Recordings) -> Raw:
        return self.views.page(query)

    @rpc
    def recordings_by_ids(self, query: RecordingsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def keep_recording(self, command: KeepRecording) -> Raw:
        return self.commands.run(recordings.keep_recording, command)

    @rpc
    def listen_to_recording(self, command: ListenToRecording) -> Raw:
        seen = self.views.reader.by_ids(RecordingView, [command.id], names("id"), self.context)
        found = store.get(self.host.store, command.id)
        if found is None or codec.decode_json(seen) == [None]:
            raise CommonRules.the_record_was_not_found(field="id")
        name = f"{found.recorded_at:%Y-%m-%d %H%M}.{found.content_type.partition('/')[2]}"
        url = self.objects.download_url(
            found.object_key, name=name, content_type=found.content_type, seconds=_LINK_SECONDS
        )
        return self.commands.run(recordings.listen(found, FileLink(url, name)), command)

    @every("45 3 * * *", name="documents.recordings")
    def remove_due_recordings(self, run: JobRun) -> None:
        """Recordings go when their time is over (DOC-14)."""
        recordings.remove_due(run, self.objects)
