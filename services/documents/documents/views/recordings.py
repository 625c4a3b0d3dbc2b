"""Recordings as they are shown: in the scope of the module call."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.documents.recordings import RecordingView
from crm_common.reading import bind, by_owner
from documents.tables import recording

RECORDINGS = bind(
    RecordingView,
    recording,
    scope=by_owner("call", owner=recording.c.employee_id, people=employee_ref),
    default_order=[recording.c.recorded_at.desc()],
)
