"""The few AMQP frames that pass with every call, written and read by hand: a fifth of what a general codec costs."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

from pamqp import decode

from crm_common.runtime.wire import CONTENT_ENCODING, CONTENT_TYPE

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
DELIVER, RETURN = (60, 60), (60, 50)
HEARTBEAT_FRAME = b"\x08\x00\x00\x00\x00\x00\x00\xce"

_FRAME = struct.Struct(">BHI")
_END = b"\xce"
_PUBLISH = struct.Struct(">HHH")
_CONTENT = struct.Struct(">HHQ")
_ACK = struct.Struct(">BHIHHQB")
_LENGTH = struct.Struct(">I")

# Properties in the order in which the format has them, by their bit in the flags.
_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS = 1 << 15, 1 << 14, 1 << 13
_DELIVERY_MODE, _PRIORITY, _CORRELATION_ID = 1 << 12, 1 << 11, 1 << 10
_REPLY_TO, _EXPIRATION, _MESSAGE_ID = 1 << 9, 1 << 8, 1 << 7

TRANSIENT, PERSISTENT = 1, 2


class Delivery(NamedTuple):
    """A message that arrived, or came back because no queue took it (``returned``)."""

    routing_key: str
    correlation_id: str
    headers: Mapping[str, Any]
    body: bytes
    returned: bool


def short(text: str) -> bytes:
    """A short string; ValueError beyond 255 bytes."""
    raw = text.encode()
    if len(raw) > 255:
        raise ValueError("a short string has at most 255 bytes")
    return bytes((len(raw),)) + raw


def text_table(headers: Mapping[str, str]) -> bytes:
    """A table whose values are all text."""
    parts: list[bytes] = []
    for name, value in headers.items():
        raw = value.encode()
        parts += (short(name), b"S", _LENGTH.pack(len(raw)), raw)
    table = b"".join(parts)
    return _LENGTH.pack(len(table)) + table


def properties(
    delivery_mode: int,
    headers: Mapping[str, str] | None = None,
    *,
    correlation_id: str = "",
    reply_to: str = "",
    expiration: str = "",
    message_id: str = "",
) -> bytes:
    """The properties of a message of JSON text, with their flags; empty ones are left out."""
    flags = _CONTENT_TYPE | _CONTENT_ENCODING | _DELIVERY_MODE
    parts = [_KIND]
    if headers:
        flags |= _HEADERS
        parts.append(text_table(headers))
    parts.append(bytes((delivery_mode,)))
    given = (
        (_CORRELATION_ID, correlation_id),
        (_REPLY_TO, reply_to),
        (_EXPIRATION, expiration),
        (_MESSAGE_ID, message_id),
    )
    for flag, text in given:
        if text:
            flags |= flag
            parts.append(short(text))
    return flags.to_bytes(2, "big") + b"".join(parts)


def message(
    channel: int, frame_max: int, target: tuple[str, str], about: bytes, body: bytes, *, mandatory: bool = False
) -> bytes:
    """All frames of a message published to ``target`` (exchange, routing key); ``about``: see :func:`properties`.

    ValueError when names or properties are longer than the protocol allows: nothing is sent then.
    """
    exchange, routing_key = target
    method = _PUBLISH.pack(60, 40, 0) + short(exchange) + short(routing_key) + (b"\x01" if mandatory else b"\x00")
    content = _CONTENT.pack(60, 0, len(body)) + about
    if len(content) > frame_max - 8:
        raise ValueError("the message's headers do not fit into one frame")
    parts = [_FRAME.pack(METHOD, channel, len(method)), method, _END]
    parts += (_FRAME.pack(HEADER, channel, len(content)), content, _END)
    for start in range(0, len(body), frame_max - 8):
        piece = body[start : start + frame_max - 8]
        parts += (_FRAME.pack(BODY, channel, len(piece)), piece, _END)
    return b"".join(parts)


def acknowledgement(channel: int, delivery_tag: int, *, multiple: bool = False) -> bytes:
    """The frame that says that a message (``multiple``: and all before it) is done with."""
    return _ACK.pack(METHOD, channel, 13, 60, 80, delivery_tag, multiple) + _END


class Reader:
    """Cuts a stream of bytes into frames, and puts messages together again."""

    def __init__(self) -> None:
        self._rest = b""
        self._method = b""
        self._correlation_id = ""
        self._headers: Mapping[str, Any] = {}
        self._size = 0
        self._body: list[bytes] = []

    def feed(self, data: bytes) -> list[tuple[int, bytes, Delivery | None]]:
        """``(channel, raw frame, None)`` of each method that is no message, ``(channel, b"", message)`` of the others.

        Heartbeats are left out. ValueError when this is no AMQP.
        """
        data = self._rest + data if self._rest else data
        found: list[tuple[int, bytes, Delivery | None]] = []
        start, end = 0, len(data)
        while end - start >= 7:
            kind, channel, size = _FRAME.unpack_from(data, start)
            after = start + 8 + size
            if after > end:
                break
            if data[after - 1] != 0xCE:
                raise ValueError("not an AMQP frame")
            payload = data[start + 7 : after - 1]
            if kind == METHOD and (payload[:4] not in _MESSAGES):
                found.append((channel, data[start:after], None))
            elif kind != HEARTBEAT and (message := self._message(kind, payload)):
                found.append((channel, b"", message))
            start = after
        self._rest = data[start:]
        return found

    def _message(self, kind: int, payload: bytes) -> Delivery | None:
        if kind == METHOD:
            self._method = payload
            return None
        if kind == HEADER:
            _, _, self._size = _CONTENT.unpack_from(payload)
            self._correlation_id, self._headers = _properties(payload)
            self._body = []
        else:
            self._body.append(payload)
            self._size -= len(payload)
        return None if self._size > 0 else self._whole()

    def _whole(self) -> Delivery:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        returned = self._method[:4] == _RETURN
        return Delivery(_routing_key(self._method, returned), self._correlation_id, self._headers, body, returned)


_KIND = short(CONTENT_TYPE) + short(CONTENT_ENCODING)
_RETURN = struct.pack(">HH", *RETURN)
_MESSAGES = (struct.pack(">HH", *DELIVER), _RETURN)


def _routing_key(method: bytes, returned: bool) -> str:
    place = 4
    if returned:
        # reply-code, reply-text, exchange, routing-key
        place += 2
        place += 1 + method[place]
    else:
        # consumer-tag, delivery-tag, redelivered, exchange, routing-key
        place += 1 + method[place]
        place += 9
    place += 1 + method[place]
    return method[place + 1 : place + 1 + method[place]].decode()


def _properties(payload: bytes) -> tuple[str, Mapping[str, Any]]:
    place, correlation_id = _CONTENT.size + 2, ""
    flags = int.from_bytes(payload[_CONTENT.size : place], "big")
    headers: Mapping[str, Any] = {}
    for flag in (_CONTENT_TYPE, _CONTENT_ENCODING):
        if flags & flag:
            place += 1 + payload[place]
    if flags & _HEADERS:
        (length,) = _LENGTH.unpack_from(payload, place)
        if length:
            headers = decode.field_table(payload[place : place + 4 + length])[1]
        place += 4 + length
    place += bool(flags & _DELIVERY_MODE) + bool(flags & _PRIORITY)
    if flags & _CORRELATION_ID:
        correlation_id = payload[place + 1 : place + 1 + payload[place]].decode()
    return correlation_id, headers
