"""Frames written by hand are those of the general codec, and are read whatever pieces the network makes of them."""

from __future__ import annotations

import random

import pytest
from pamqp import commands, frame, header
from pamqp.body import ContentBody

from crm_common.runtime import frames
from crm_common.runtime.frames import PERSISTENT, TRANSIENT, Delivery, Reader

HEADERS = {"nameko.language": "zh", "nameko.actor": "王小明" * 1000}


def call(body: bytes, frame_max: int = 131_072) -> bytes:
    """A call as it is written, every property set that a call has."""
    about = frames.properties(TRANSIENT, HEADERS, correlation_id="42", reply_to="here", expiration="5000")
    return frames.message(1, frame_max, ("nameko-rpc", "probe.rows"), about, body, mandatory=True)


def unmarshalled(data: bytes) -> list[object]:
    found: list[object] = []
    while data:
        consumed, channel, one = frame.unmarshal(data)
        assert channel == 1
        found.append(one)
        data = data[consumed:]
    return found


def test_a_call_is_written_as_the_general_codec_reads_it() -> None:
    publish, content, body = unmarshalled(call(b"12345"))

    assert isinstance(publish, commands.Basic.Publish)
    assert (publish.exchange, publish.routing_key, publish.mandatory, publish.immediate) == (
        "nameko-rpc", "probe.rows", True, False,
    )  # fmt: skip
    assert isinstance(content, header.ContentHeader)
    properties = content.properties
    assert content.body_size == 5
    assert (properties.content_type, properties.content_encoding) == ("application/json", "utf-8")
    assert properties.headers == HEADERS
    assert (properties.delivery_mode, properties.correlation_id) == (1, "42")
    assert (properties.reply_to, properties.expiration) == ("here", "5000")
    assert isinstance(body, ContentBody)
    assert body.value == b"12345"


@pytest.mark.parametrize("size", [0, 1, 15_992, 15_993, 40_000])
def test_a_body_is_cut_to_the_broker_s_frame_size(size: int) -> None:
    sent = bytes(range(256)) * (size // 256) + bytes(size % 256)
    written = unmarshalled(call(sent, frame_max=16_000))

    assert b"".join(one.value for one in written if isinstance(one, ContentBody)) == sent
    assert max((len(one.value) for one in written if isinstance(one, ContentBody)), default=0) <= 15_992


def test_a_context_too_large_for_one_frame_is_said_before_the_broker_closes_the_connection() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        call(b"", frame_max=4096)


def test_an_event_is_written_as_the_general_codec_reads_it() -> None:
    about = frames.properties(PERSISTENT, {"ce-id": "7"}, message_id="7")
    publish, content, body = unmarshalled(frames.message(1, 131_072, ("probe.events", "note.written"), about, b"{}"))

    assert isinstance(publish, commands.Basic.Publish)
    assert (publish.exchange, publish.routing_key, publish.mandatory) == ("probe.events", "note.written", False)
    assert isinstance(content, header.ContentHeader)
    properties = content.properties
    assert (properties.delivery_mode, properties.message_id, properties.headers) == (2, "7", {"ce-id": "7"})
    assert (properties.correlation_id, properties.reply_to, properties.expiration) == (None, None, None)
    assert isinstance(body, ContentBody)
    assert body.value == b"{}"


def test_a_reply_needs_no_headers() -> None:
    about = frames.properties(TRANSIENT, correlation_id="1", expiration="9")
    _, content, _ = unmarshalled(frames.message(1, 131_072, ("nameko-rpc", "here"), about, b"1"))

    assert isinstance(content, header.ContentHeader)
    assert (content.properties.headers, content.properties.correlation_id) == (None, "1")


@pytest.mark.parametrize("multiple", [True, False])
def test_an_acknowledgement_is_what_the_general_codec_writes(multiple: bool) -> None:
    expected = frame.marshal(commands.Basic.Ack(2**40 + 7, multiple), 3)

    assert frames.acknowledgement(3, 2**40 + 7, multiple=multiple) == expected


def test_a_name_longer_than_the_protocol_allows_is_said_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="255"):
        frames.message(1, 131_072, ("x", "y" * 256), frames.properties(TRANSIENT), b"")
    with pytest.raises(ValueError, match="255"):
        frames.properties(TRANSIENT, correlation_id="王" * 86)


def delivered(body: bytes, *, correlation_id: str, returned: bool = False, pieces: int = 1) -> bytes:
    properties = commands.Basic.Properties(
        content_type="application/json",
        headers={"ce-id": "x", "number": 5},
        delivery_mode=2,
        priority=3,
        correlation_id=correlation_id,
        reply_to="r",
        message_id="m",
    )
    first: commands.Basic.Return | commands.Basic.Deliver = (
        commands.Basic.Return(312, "NO_ROUTE", "nameko-rpc", "probe.rows")
        if returned
        else commands.Basic.Deliver("tag", 7, False, "nameko-rpc", "probe.rows")
    )
    step = max(1, -(-len(body) // pieces))
    bodies = [ContentBody(body[at : at + step]) for at in range(0, len(body), step)]
    content = header.ContentHeader(body_size=len(body), properties=properties)
    return b"".join(frame.marshal(each, 1) for each in (first, content, *bodies))


def test_messages_methods_and_heartbeats_are_found_in_any_pieces() -> None:
    declared = frame.marshal(commands.Queue.DeclareOk("q", 0, 0), 1)
    heartbeat = b"\x08\x00\x00\x00\x00\x00\x00\xce"
    stream = (
        delivered(b"one", correlation_id="1")
        + heartbeat
        + declared
        + delivered(b"", correlation_id="2")
        + delivered(b"x" * 3000, correlation_id="3", pieces=4)
        + heartbeat
        + delivered(b"back", correlation_id="4", returned=True)
    )
    headers = {"ce-id": "x", "number": 5}
    expected = [
        (1, b"", Delivery("probe.rows", "1", headers, b"one", False)),
        (1, declared, None),
        (1, b"", Delivery("probe.rows", "2", headers, b"", False)),
        (1, b"", Delivery("probe.rows", "3", headers, b"x" * 3000, False)),
        (1, b"", Delivery("probe.rows", "4", headers, b"back", True)),
    ]
    for seed in range(200):
        pieces = random.Random(seed)
        reader, found, rest = Reader(), [], stream
        while rest:
            size = pieces.choice((1, 2, 7, 8, 50, 4000))
            found += reader.feed(rest[:size])
            rest = rest[size:]
        assert found == expected, f"seed {seed}"


def test_a_message_without_properties_is_read() -> None:
    bare = frame.marshal(header.ContentHeader(body_size=1, properties=commands.Basic.Properties()), 1)
    stream = (
        frame.marshal(commands.Basic.Deliver("t", 1, False, "", "k"), 1) + bare + frame.marshal(ContentBody(b"x"), 1)
    )

    assert Reader().feed(stream) == [(1, b"", Delivery("k", "", {}, b"x", False))]


def test_what_is_no_amqp_is_said() -> None:
    with pytest.raises(ValueError, match="not an AMQP frame"):
        Reader().feed(b"HTTP/1.1 400 Bad Request" + bytes(9_000_000) * 200)
