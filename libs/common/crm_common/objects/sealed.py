"""Objects that the store alone cannot read: AES-256-GCM in pieces, each bound to its place."""

# The STREAM construction: piece n under the nonce (prefix, n, last), so that pieces can be neither swapped, dropped nor
# cut off unnoticed, and nobody holds more than one in memory.

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crm_common.objects.port import Objects

PIECE = 64 * 1024
"""Bytes of the original in one piece."""
_HEAD = b"CRMS\x01"
_PREFIX = 7
_START = len(_HEAD) + _PREFIX
_TAG = 16


class SealedObjectError(Exception):
    """The object cannot be opened: another key, or it was altered or cut off."""


def new_key() -> bytes:
    """A key for one object: 32 random bytes."""
    return AESGCM.generate_key(256)


def sealed_size(size: int) -> int:
    """Bytes that ``size`` bytes take when they are sealed."""
    return _START + size + _pieces(size) * _TAG


class SealedStream:
    """What ``stream`` gives to its end, sealed under ``key``: to be read by `Objects.put`."""

    def __init__(self, stream: BinaryIO, key: bytes) -> None:
        self._stream = stream
        self._cipher = AESGCM(key)
        self._prefix = os.urandom(_PREFIX)
        self._ready = bytearray(_HEAD + self._prefix)
        self._next = stream.read(PIECE)
        self._number = 0
        self._over = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes; empty at the end."""
        while not self._over and (size < 0 or len(self._ready) < size):
            self._seal()
        taken = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def _seal(self) -> None:
        piece, self._next = self._next, self._stream.read(PIECE)
        self._over = not self._next
        self._ready += self._cipher.encrypt(_nonce(self._prefix, self._number, last=self._over), piece, None)
        self._number += 1


def unsealed(
    objects: Objects, object_key: str, key: bytes, size: int, *, start: int = 0, end: int | None = None
) -> Iterator[bytes]:
    """The original's bytes from ``start`` up to ``end`` in pieces; ``size`` is the whole original's.

    SealedObjectError at the first piece that is not what was sealed, NoSuchObjectError before the first.
    """
    end = size if end is None else min(end, size)
    if end <= start and size:
        return
    first, last = start // PIECE, max(0, (end - 1) // PIECE)
    cipher, prefix = AESGCM(key), _prefix(objects, object_key)
    sealed = objects.read(object_key, start=_START + first * (PIECE + _TAG), end=_START + (last + 1) * (PIECE + _TAG))
    for number, piece in enumerate(_regular(sealed), start=first):
        nonce = _nonce(prefix, number, last=number == _pieces(size) - 1)
        try:
            opened = cipher.decrypt(nonce, piece, None)
        except InvalidTag as altered:
            raise SealedObjectError(object_key) from altered
        at = number * PIECE
        if part := opened[max(0, start - at) : max(0, end - at)]:
            yield part
        first = number + 1
    if first != last + 1:
        raise SealedObjectError(object_key)


def _prefix(objects: Objects, object_key: str) -> bytes:
    head = b"".join(objects.read(object_key, start=0, end=_START))
    if len(head) != _START or head[: len(_HEAD)] != _HEAD:
        raise SealedObjectError(object_key)
    return head[len(_HEAD) :]


def _regular(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in the pieces that were sealed."""
    waiting = bytearray()
    for each in pieces:
        waiting += each
        while len(waiting) >= PIECE + _TAG:
            yield bytes(waiting[: PIECE + _TAG])
            del waiting[: PIECE + _TAG]
    if waiting:
        yield bytes(waiting)


def _pieces(size: int) -> int:
    return max(1, -(-size // PIECE))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
