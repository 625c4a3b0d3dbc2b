"""What services ask of a store of objects; two adapters give it: ``files`` and ``s3``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 256 * 1024
"""Bytes that are in memory at once, about."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){0,9}")


class NoSuchObjectError(LookupError):
    """There is nothing under this key."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of an object. ``size`` in bytes, ``changed_at`` UTC."""

    size: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """How a client brings a file: PUT the bytes with ``headers``, or POST a form of ``fields`` and then ``file``.

    The address is good until ``expires_at`` for one content type and at most so many bytes; whoever has it may use it.
    A ``url`` that begins with ``/`` is one of the gateway.
    """

    url: str
    method: str
    expires_at: datetime
    fields: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Objects(Protocol):
    """A store of objects by key. Synchronous, streaming, safe for threads; an outage is ``UNAVAILABLE``."""

    def put(self, key: str, stream: BinaryIO) -> int:
        """Store the stream to its end under the key and answer the bytes; what was there is replaced at once."""
        ...

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``end`` (exclusive) in pieces; NoSuchObjectError before the first."""
        ...

    def stat(self, key: str) -> Stored | None:
        """What is known of the object, None where there is none."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object, if it is there."""
        ...

    def upload(self, key: str, *, content_type: str, limit: int, seconds: int) -> Upload:
        """An address to which a client may bring at most ``limit`` bytes of this type, for so many seconds."""
        ...

    def download_url(self, key: str, *, name: str, content_type: str, seconds: int) -> str:
        """An address from which a client may take the object as a file ``name``, for so many seconds."""
        ...

    def check(self) -> bool:
        """Whether the store answers; for health."""
        ...


def checked_key(key: str) -> str:
    """The key, when it is made of letters, digits and ``._-`` in parts between ``/``; ValueError else."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not an object's key: {key!r}")
    return key


def copy_to(objects: Objects, key: str, path: Path) -> int:
    """Bring the object into a file of this machine; how many bytes it has."""
    size = 0
    with path.open("wb") as file:
        for piece in objects.read(key):
            size += file.write(piece)
    return size
