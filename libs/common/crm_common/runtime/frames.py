"""The few AMQP frames that pass with every call, written and read by hand: a fifth of what a general codec costs."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

from pamqp import decode

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
DELIVER, RETURN = (60, 60), (60, 50)
HEARTBEAT_FRAME = b"\x08\x00\x00\x00\x00\x00\x00\xce"

_FRAME = struct.Struct(">BHI")
_END = b"\xce"
_PUBLISH = struct.Struct(">HHH")
_CONTENT = struct.Struct(">HHQH")
_LENGTH = struct.Struct(">I")

# Properties in the order in which the format has them, by their bit in the flags.
_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS = 1 << 15, 1 << 14, 1 << 13
_DELIVERY_MODE, _PRIORITY, _CORRELATION_ID = 1 << 12, 1 << 11, 1 << 10
_REPLY_TO, _EXPIRATION = 1 << 9, 1 << 8
_REQUEST = _CONTENT_TYPE | _CONTENT_ENCODING | _HEADERS | _DELIVERY_MODE | _CORRELATION_ID | _REPLY_TO | _EXPIRATION


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


class CallFormat:
    """Writes calls that all carry the same content type and reply address."""

    def __init__(self, *, exchange: str, content_type: str, content_encoding: str, reply_to: str) -> None:
        # mandatory, and in memory only
        self._exchange = short(exchange)
        self._kind = short(content_type) + short(content_encoding)
        self._reply_to = short(reply_to)

    def frames(
        self, channel: int, frame_max: int, routing_key: str, body: bytes, headers: Mapping[str, str], **own: str
    ) -> bytes:
        """Method, header and body frames of one call; ``own``: correlation_id, expiration."""
        method = _PUBLISH.pack(60, 40, 0) + self._exchange + short(routing_key) + b"\x01"
        content = b"".join(
            (
                _CONTENT.pack(60, 0, len(body), _REQUEST),
                self._kind,
                text_table(headers),
                b"\x01",
                short(own["correlation_id"]),
                self._reply_to,
                short(own["expiration"]),
            )
        )
        if len(content) > frame_max - 8:
            raise ValueError("the context does not fit into one frame")
        parts = [
            _FRAME.pack(METHOD, channel, len(method)),
            method,
            _END,
            _FRAME.pack(HEADER, channel, len(content)),
            content,
            _END,
        ]
        for start in range(0, len(body), frame_max - 8):
            piece = body[start : start + frame_max - 8]
            parts += (_FRAME.pack(BODY, channel, len(piece)), piece, _END)
        return b"".join(parts)


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
            _, _, self._size, flags = _CONTENT.unpack_from(payload)
            self._correlation_id, self._headers = _properties(payload, flags)
            self._body = []
        else:
            self._body.append(payload)
            self._size -= len(payload)
        return None if self._size > 0 else self._whole()

    def _whole(self) -> Delivery:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        returned = self._method[:4] == _RETURN
        return Delivery(_routing_key(self._method, returned), self._correlation_id, self._headers, body, returned)


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


def _properties(payload: bytes, flags: int) -> tuple[str, Mapping[str, Any]]:
    place, correlation_id = _CONTENT.size, ""
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
