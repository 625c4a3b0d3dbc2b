"""The data folder: one owner at a time, its secrets, and where everything in it lies."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from crm_servers.lifeline import Lifeline

# A Unix socket's path has at most 107 characters, and PostgreSQL's socket lies in this folder.
LONGEST_SOCKET_FOLDER = 107 - len("/postgres/.s.PGSQL.65535")


class FolderUnusable(Exception):  # noqa: N818 - read as a sentence
    """The data folder cannot be used; the text is the one line a person reads."""


class DataFolder:
    """A claimed data folder. The claim is a held file lock: it ends with this process, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        if len(str(self.path)) > LONGEST_SOCKET_FOLDER:
            raise FolderUnusable(
                f"The data folder's path is too long for a socket: {self.path}. Choose a shorter DATA_DIR."
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lifeline = Lifeline(self.path / "owner.lock")
        except BlockingIOError as taken:
            raise FolderUnusable(f"The data folder {self.path} is in use by another running CRM.") from taken
        except OSError as broken:
            raise FolderUnusable(f"The data folder {self.path} cannot be used: {broken.strerror}.") from broken

    @property
    def lifeline(self) -> Path:
        """The lock file that tells the servers' guards whether their owner still lives."""
        return self._lifeline.path

    @property
    def postgres(self) -> Path:
        """Where PostgreSQL keeps its files."""
        return self.path / "postgres"

    @property
    def objects(self) -> Path:
        """Where people's files lie, unless they are in an S3."""
        return self.path / "objects"

    @property
    def backups(self) -> Path:
        """Where a backup is laid before an upgrade."""
        return self.path / "backups"

    @property
    def keys(self) -> Path:
        """The file of secrets (0600). Without it encrypted data cannot be read again."""
        return self.path / "keys.json"

    def secret(self, name: str, *, size: int = 32) -> bytes:
        """The secret of that name, made at the first asking and the same ever after."""
        known = json.loads(self.keys.read_text()) if self.keys.exists() else {}
        if name not in known:
            known[name] = secrets.token_hex(size)
            self._write_keys(known)
        return bytes.fromhex(known[name])

    def release(self) -> None:
        """Give the folder up."""
        self._lifeline.release()

    def _write_keys(self, known: dict[str, str]) -> None:
        # written beside and renamed: a crash in the middle must not cost the secrets there are
        fresh = self.keys.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self.keys)
