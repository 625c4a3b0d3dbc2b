"""Objects as files below a folder; their addresses are served by the gateway. A file is whole or not there at all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from crm_common.objects.port import CHUNK, NoSuchObjectError, Stored, Upload, checked_key
from crm_common.objects.signing import Grant, Signer

_INCOMING = ".incoming"
_ABANDONED = 24 * 3600.0


class FileObjects:
    """`Objects` in ``folder``, which is made. ``root`` stands before addresses; without it they begin with ``/``."""

    def __init__(self, folder: Path, secret: bytes, *, root: str = "") -> None:
        self._folder = folder
        self.signer = Signer(secret)
        self._root = root.rstrip("/")
        (folder / _INCOMING).mkdir(parents=True, exist_ok=True)
        self._forget_abandoned()

    def put(self, key: str, stream: BinaryIO) -> int:
        """As `Objects`."""
        with self.incoming(key) as file:
            while piece := stream.read(CHUNK):
                file.write(piece)
            return file.tell()

    @contextmanager
    def incoming(self, key: str, *, replace: bool = True) -> Iterator[BinaryIO]:
        """A file to write to; at the end of the block it is the object, after an exception nothing has happened.

        ``replace`` False: FileExistsError when there is one already.
        """
        target = self._path(key)
        waiting = self._folder / _INCOMING / uuid4().hex
        try:
            with waiting.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            if replace:
                waiting.rename(target)
            else:
                # a hard link fails where there is something, and is as atomic as renaming
                os.link(waiting, target)
            _sync_folder(target.parent)
        finally:
            waiting.unlink(missing_ok=True)

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """As `Objects`."""
        with self.opened(key) as file:
            file.seek(start)
            left = None if end is None else max(0, end - start)
            while piece := file.read(CHUNK if left is None else min(CHUNK, left)):
                yield piece
                left = None if left is None else left - len(piece)

    def opened(self, key: str) -> BinaryIO:
        """The object as a file to read; the caller closes it. NoSuchObjectError."""
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as missing:
            raise NoSuchObjectError(key) from missing

    def stat(self, key: str) -> Stored | None:
        """As `Objects`."""
        path = self._path(key)
        if not path.is_file():
            return None
        found = path.stat()
        return Stored(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, key: str) -> None:
        """As `Objects`; folders that are empty then go too."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self._folder:
                return
            with suppress(OSError):
                folder.rmdir()

    def upload(self, key: str, *, content_type: str, limit: int, seconds: int) -> Upload:
        """As `Objects`; the gateway takes one file under such an address, not a second."""
        expires = int(time.time()) + seconds
        grant = Grant("PUT", checked_key(key), expires, content_type, limit=limit)
        headers = {"content-type": content_type}
        return Upload(
            self._root + self.signer.path(grant), "PUT", datetime.fromtimestamp(expires, UTC), headers=headers
        )

    def download_url(self, key: str, *, name: str, content_type: str, seconds: int) -> str:
        """As `Objects`."""
        grant = Grant("GET", checked_key(key), int(time.time()) + seconds, content_type, name=name)
        return self._root + self.signer.path(grant)

    def check(self) -> bool:
        """As `Objects`."""
        return os.access(self._folder / _INCOMING, os.W_OK)

    def _path(self, key: str) -> Path:
        return self._folder / checked_key(key)

    def _forget_abandoned(self) -> None:
        # what a killed process was writing
        for path in (self._folder / _INCOMING).iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _ABANDONED:
                    path.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
