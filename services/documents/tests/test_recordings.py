"""Recordings of calls (DOC-14): a right of their own to listen, and an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from filing.cabinet import Cabinet, person
from filing.samples import mp3, txt
from serving.alone import employee

AGENT = person("agent", "call.record_listen")
CHIEF, STRANGER = (employee(name, "call.record_listen", **scope) for name, scope in (("x", {"call": "ALL"}), ("y", {})))
LATER = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def kept(service: Cabinet) -> str:
    made = service.uploaded(AGENT, "通话.mp3", mp3())
    told: dict[str, Any] = {"call": f"telephony:call/{uuid4()}", "employee_id": AGENT.id, "recorded_at": LATER}
    found = service.system("keep_recording", document_id=made["id"], **told)
    return str(found["recording_id"])


def heard(service: Cabinet, by: Actor, recording: str) -> bytes:
    return service.given(service.call(by, "listen_to_recording", id=recording)["file"]["url"])


def test_without_the_key_nobody_listens(service: Cabinet) -> None:
    """DOC-14: without key → FORBIDDEN; out of scope it does not exist."""
    recording = kept(service)
    assert heard(service, AGENT, recording) == mp3()
    assert heard(service, CHIEF, recording) == mp3()
    assert service.alone.refused(person("other"), "listen_to_recording", id=recording) == "FORBIDDEN"
    assert service.alone.refused(person("other"), "recordings") == "FORBIDDEN"
    assert service.refusal(STRANGER, "listen_to_recording", id=recording) == ("NOT_FOUND", "the_record_was_not_found")
    assert not service.seen(AGENT, recording)
    log = "SELECT employee_id FROM document_access WHERE document_id = %s ORDER BY at"
    assert service.rows(log, recording) == [(AGENT.id,), (CHIEF.id,)]


def test_a_recording_goes_after_its_time(service: Cabinet) -> None:
    recording = kept(service)
    [(key, until)] = service.rows("SELECT object_key, keep_until FROM recording WHERE id = %s", recording)
    assert until == LATER + timedelta(days=365)

    service.run("documents.recordings", until - timedelta(seconds=1))
    assert heard(service, CHIEF, recording) == mp3()
    service.run("documents.recordings", until)

    assert service.objects.stat(key) is None
    assert service.refusal(CHIEF, "listen_to_recording", id=recording)[0] == "NOT_FOUND"
    assert "recording.removed" in service.alone.events()


def test_only_a_recording_becomes_one(service: Cabinet) -> None:
    made = service.uploaded(AGENT, "a.txt", txt())
    told: dict[str, Any] = {"call": f"telephony:call/{uuid4()}", "employee_id": AGENT.id, "recorded_at": LATER}
    with pytest.raises(Exception, match="no recording"):
        service.system("keep_recording", document_id=made["id"], **told)
    assert service.seen(AGENT, made["id"])
