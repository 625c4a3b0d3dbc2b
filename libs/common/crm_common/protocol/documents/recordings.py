"""Recordings of calls (DOC-14): kept for so many days, heard by those with a right of their own only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.documents.service import DocumentId, Reference, documents
from crm_common.protocol.importing import FileLink
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.views import Ref, shown

RECORDING_DAYS = documents.setting(
    Setting("doc.recording_days", int, 365, "How many days recordings of calls are kept.", minimum=1, maximum=3650)
)
LISTEN = needs("call.record_listen")
RecordingId = Annotated[UUID, Ref("Recording")]


@documents.view(LISTEN)
@dataclass(slots=True, kw_only=True)
class RecordingView:
    """A recording of a call; whose calls one hears is the data scope of the module call."""

    id: UUID = shown("The id.")
    call: str = shown("The call: <service>:<aggregate>/<uuid>.", filterable=True)
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Who spoke for us.", filterable=True)
    content_type: str = shown("What the content is.")
    size: int = shown("Bytes.")
    sha256: str = shown("SHA-256 of the content, hexadecimal.")
    recorded_at: datetime = shown("When the call was.", filterable=True, sortable=True)
    keep_until: datetime = shown("When it is removed.", sortable=True)


@documents.query(LISTEN, returns=RecordingView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings(ListQuery):
    """Recordings in the viewer's scope, latest first."""


@documents.query(LISTEN, returns=RecordingView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingsByIds(GetQuery):
    """Recordings by id."""


@documents.command(LISTEN, returns={"recording": RecordingView, "file": FileLink})
@dataclass(frozen=True, slots=True, kw_only=True)
class ListenToRecording(Command):
    """Where a recording can be taken, for ten minutes. Each is a row of the access log."""

    id: RecordingId = given("The recording.")


@documents.command(INTERNAL, returns={"recording_id": UUID}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRecording(Command):
    """Make a recording of a file that was uploaded: it is no file of its owner any more, and goes after its time."""

    document_id: DocumentId
    call: Reference
    employee_id: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingEvent(Event):
    """What every event of a recording tells."""

    recording_id: UUID
    call: str
    employee_id: UUID


@documents.event("recording.kept", subject="recording_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingKept(RecordingEvent):
    """A call's recording is there."""

    keep_until: Annotated[datetime, Meta(tz=True)]


@documents.event("recording.heard", subject="recording_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingHeard(RecordingEvent):
    """Somebody took a recording."""

    by_id: UUID


@documents.event("recording.removed", subject="recording_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRemoved(RecordingEvent):
    """A recording is gone, its time being over."""
