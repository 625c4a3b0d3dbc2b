"""Caller-ID messages as the exchange sends them (V.23 or Bell 202 FSK): SDMF and MDMF, in hexadecimal or raw.

A frame is type, length, data and a checksum that makes the sum of all bytes 0 modulo 256.
"""

from __future__ import annotations

from crm_edge.heard.signs import CallerId, caller

SDMF, MDMF = 0x04, 0x80
TYPES = (SDMF, MDMF)
NUMBER, NO_NUMBER, NAME = 0x02, 0x04, 0x07
STAMP = 8  # MMDDhhmm


def frame_at(data: bytes, start: int) -> bytes | None:
    """The whole, correct frame that begins at `start`; None when there is none."""
    if start + 1 >= len(data) or data[start] not in TYPES:
        return None
    frame = data[start : start + data[start + 1] + 3]
    return frame if len(frame) == data[start + 1] + 3 and sum(frame) % 256 == 0 else None


def caller_of(frame: bytes) -> CallerId | None:
    """Who calls, out of a correct frame; None when it tells nothing of a caller (a waiting-message lamp, say)."""
    body = frame[2:-1]
    if frame[0] == SDMF:
        return caller(words(body[STAMP:])) if len(body) > STAMP else None
    fields = dict(parameters(body))
    name = words(fields[NAME]).strip() if NAME in fields else None
    if NUMBER in fields:
        return caller(words(fields[NUMBER]), name=name or None)
    if NO_NUMBER in fields:
        return caller(words(fields[NO_NUMBER]), name=name or None)
    return None


def parameters(body: bytes) -> list[tuple[int, bytes]]:
    """(kind, value) of an MDMF body; what does not fit any more is left out."""
    found, at = [], 0
    while at + 2 <= len(body):
        value = body[at + 2 : at + 2 + body[at + 1]]
        if len(value) == body[at + 1]:
            found.append((body[at], value))
        at += 2 + body[at + 1]
    return found


def words(value: bytes) -> str:
    return "".join(chr(byte) for byte in value if 32 <= byte < 127)


class Frames:
    """Finds frames in a raw stream. `feed` answers the callers that are now whole; at most 257 bytes are held."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[CallerId]:
        stream, at, found = self._held + data, 0, []
        while at < len(stream):
            if stream[at] in TYPES:
                if at + 1 >= len(stream) or at + stream[at + 1] + 3 > len(stream):
                    break
                frame = frame_at(stream, at)
                if frame is not None:
                    sign = caller_of(frame)
                    found += [sign] if sign is not None else []
                    at += len(frame)
                    continue
            at += 1
        self._held = stream[at:]
        return found

    def forget(self) -> None:
        """Begins again: what looked like a frame's beginning before a silence was noise."""
        self._held = b""
