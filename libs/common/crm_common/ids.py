"""Identifiers: time-ordered UUIDs made in one place, and the global ids that the outside sees."""

from __future__ import annotations

import base64
import binascii
import os
import threading
import time
from typing import Protocol
from uuid import UUID


class Ids(Protocol):
    """Where a use case gets a new id from; tests pass a counted one."""

    def __call__(self) -> UUID:
        """A new id, greater than every earlier one of this process."""
        ...


class Uuid7:
    """RFC 9562 UUIDv7 with a 12-bit counter, so ids of one process sort in the order they were made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> UUID:
        with self._lock:
            # milliseconds and a counter in one number: it never goes back, also when the clock does
            self._last = max(self._last + 1, int(time.time() * 1000) << 12)
            stamp = self._last
        random = int.from_bytes(os.urandom(8), "big") >> 2
        return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)


def to_global(type_name: str, key: UUID | str) -> str:
    """The Relay id of a record: base64 of ``Type:key``."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def from_global(global_id: str) -> tuple[str, UUID]:
    """``(type name, key)`` of a Relay id; ValueError when it is not one of ours."""
    try:
        type_name, _, key = base64.b64decode(global_id, validate=True).decode().partition(":")
        return type_name, UUID(key)
    except (binascii.Error, UnicodeDecodeError, ValueError) as broken:
        raise ValueError(f"not a global id: {global_id!r}") from broken
