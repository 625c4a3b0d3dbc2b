"""The formats on the wire: ours, Nameko's own, and what neither is."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from nameko.exceptions import MethodNotFound, serialize

from crm_common.errors import Code, CommonRules, CrmError
from crm_common.protocol.declare import Envelope
from crm_common.runtime import wire
from probe.protocol import ProbeRules

EVENT = Envelope(
    id=UUID("018f2f6e-0000-7000-8000-000000000001"),
    type="note.written",
    source="/crm/probe",
    subject="note/018f2f6e-0000-7000-8000-000000000002",
    seq=3,
    time=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    data={"text": "王小明", "number": 1},
    data_version=2,
    actor="employee:018f2f6e-0000-7000-8000-000000000003",
    correlation_id="c-1",
    causation_id="c-0",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def test_our_reply_gives_back_exactly_the_bytes_of_the_result() -> None:
    result = b'{"a" : [1,2],\n "error":null}'

    assert wire.read_reply("probe", wire.reply_body(result)) == result


def test_our_reply_is_what_a_plain_nameko_client_expects() -> None:
    assert json.loads(wire.reply_body(b'[1, "x"]')) == {"result": [1, "x"], "error": None}


@pytest.mark.parametrize(
    "body",
    [
        b'{"result": {"a": 1}, "error": null}',
        b'{"error": null, "result": {"a": 1}}',
        b'{"error":null,"result":{"a": 1}}',
        b' {"result":{"a": 1},"error":null,"more":[1]} ',
    ],
)
def test_a_foreign_responder_may_write_its_reply_in_its_own_way(body: bytes) -> None:
    assert wire.read_reply("probe", body) == b'{"a": 1}'


def test_a_result_that_ends_like_our_frame_is_not_cut() -> None:
    foreign = b'{"result": "x\\",\\"error\\":null}", "error": null}'

    assert json.loads(wire.read_reply("probe", foreign)) == 'x","error":null}'


def test_a_refusal_comes_back_as_it_was_raised() -> None:
    also = ProbeRules.the_probe_dislikes_this(field="b", value="x")
    body = wire.error_body(ProbeRules.the_probe_is_full(field="count", limit=10, also=(also,)))

    with pytest.raises(CrmError) as raised:
        wire.read_reply("probe", body)
    assert raised.value.to_wire() == {
        "code": "LIMIT_EXCEEDED",
        "rule": "the_probe_is_full",
        "field": "count",
        "details": {"limit": 10},
        "also": [
            {
                "code": "VALIDATION",
                "rule": "the_probe_dislikes_this",
                "field": "b",
                "details": {"value": "x"},
                "also": [],
            }
        ],
    }


def test_a_refusal_on_the_wire_is_a_nameko_exception() -> None:
    error = json.loads(wire.error_body(CommonRules.the_record_was_not_found()))["error"]

    assert error == {
        "exc_type": "CrmError",
        "exc_path": "crm_common.errors.CrmError",
        "exc_args": [
            {"code": "NOT_FOUND", "rule": "the_record_was_not_found", "field": None, "details": {}, "also": []}
        ],
        "value": "NOT_FOUND the_record_was_not_found: There is no such record.",
    }


@pytest.mark.parametrize(
    "error",
    [
        serialize(MethodNotFound("x")),
        serialize(ValueError(5)),
        {"exc_type": "CrmError", "exc_path": "crm_common.errors.CrmError", "exc_args": ["nonsense"], "value": ""},
        {"exc_type": "CrmError", "exc_path": "crm_common.errors.CrmError", "exc_args": [], "value": ""},
        {},
    ],
)
def test_a_foreign_exception_is_a_failure_of_the_service(error: dict[str, Any]) -> None:
    with pytest.raises(CrmError) as raised:
        wire.read_reply("probe", json.dumps({"result": None, "error": error or {"value": "?"}}).encode())

    assert (raised.value.code, raised.value.rule) == (Code.UNAVAILABLE, "the_service_failed")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"result":', b"\xff\xfe", b'{"result":1,"error":"text"}'])
def test_what_is_no_reply_is_an_unavailable_service(body: bytes) -> None:
    with pytest.raises(CrmError) as raised:
        wire.read_reply("probe", body)

    assert raised.value.code is Code.UNAVAILABLE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"args":[],"kwargs":[]}',
        b'{"args":[1],"kwargs":{}}',
        b'{"kwargs":null}',
        b"\xff",
        b'{"args":[]}',
    ],
)
def test_what_is_no_call_by_names_is_refused(body: bytes) -> None:
    with pytest.raises(CrmError) as raised:
        wire.read_call(body)

    assert raised.value.code is Code.VALIDATION


def test_a_call_is_what_a_plain_nameko_service_expects() -> None:
    assert json.loads(wire.call_body({"count": 1})) == {"args": [], "kwargs": {"count": 1}}
    assert wire.read_call(wire.call_body({"id": UUID(int=1)})) == {"id": "00000000-0000-0000-0000-000000000001"}


def test_an_event_survives_its_message() -> None:
    assert wire.read_event(wire.event_headers(EVENT), wire.event_body(EVENT)) == EVENT


def test_an_event_s_body_is_its_data_and_its_headers_are_cloudevents() -> None:
    headers = wire.event_headers(EVENT)

    assert json.loads(wire.event_body(EVENT)) == {"text": "王小明", "number": 1}
    assert headers == {
        "ce-specversion": "1.0",
        "ce-id": "018f2f6e-0000-7000-8000-000000000001",
        "ce-source": "/crm/probe",
        "ce-type": "note.written",
        "ce-time": "2026-01-02T03:04:05.678901+00:00",
        "ce-subject": "note/018f2f6e-0000-7000-8000-000000000002",
        "ce-seq": "3",
        "ce-dataversion": "2",
        "ce-actor": "employee:018f2f6e-0000-7000-8000-000000000003",
        "ce-correlationid": "c-1",
        "ce-causationid": "c-0",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "nameko.correlation_id": "c-1",
    }


@pytest.mark.parametrize(
    ("missing", "value"),
    [("ce-id", None), ("ce-id", "x"), ("ce-id", 5), ("ce-seq", "x"), ("ce-time", "yesterday"), ("ce-type", None)],
)
def test_what_lacks_an_event_s_attributes_is_none(missing: str, value: Any) -> None:
    headers: dict[str, Any] = dict(wire.event_headers(EVENT))
    headers.pop(missing)
    if value is not None:
        headers[missing] = value

    with pytest.raises(ValueError, match="not an event of ours"):
        wire.read_event(headers, b"{}")


def test_names_are_nameko_s() -> None:
    assert wire.event_exchange("identity") == "identity.events"
    assert wire.rpc_queue("identity") == "rpc-identity"
    assert (
        wire.event_queue("identity", "employee.moved", "sales", "note_the_move")
        == "evt-identity-employee.moved--sales.note_the_move"
    )


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(5, "5000"), (0.0004, "1"), (-3, "1"), (86_400, "86400000"), (1e300, "86400000"), (float("nan"), "86400000")],
)
def test_an_expiration_is_one_that_the_broker_takes(seconds: float, expected: str) -> None:
    assert wire.expiration(seconds) == expected
