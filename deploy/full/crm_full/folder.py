"""The data folder of the full system: one owner at a time, its secrets, the environment of each program (all 0600)."""

from __future__ import annotations

import json
import os
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path

from crm_servers.lifeline import Lifeline
from crm_servers.waiting import free_ports, is_free


class FolderInUse(Exception):  # noqa: N818 - reads as what happened
    """Another start holds the folder; the text is the line for people."""


class DataFolder:
    """Claimed until `release` or the end of this process; FolderInUse when somebody else has it."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            self._lifeline = Lifeline(self.path / "owner.lock")
        except BlockingIOError as taken:
            raise FolderInUse(
                f"The full system already runs on {self.path}. 该数据目录正在被另一个进程使用。"
            ) from taken

    @property
    def lifeline(self) -> Path:
        return self._lifeline.path

    def release(self) -> None:
        self._lifeline.release()

    def secret(self, name: str) -> str:
        """64 hexadecimal digits, made at the first asking and the same ever after."""
        file = self.path / "secrets.json"
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        if name not in known:
            known[name] = secrets.token_hex(32)
            write_private(file, json.dumps(known, indent=1))
        return known[name]

    def port(self, program: str) -> int:
        """A port of 127.0.0.1 for the program: the same as at the last start, unless somebody else has it now."""
        file = self.path / "ports.json"
        known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        if program not in known or not is_free(known[program]):
            known[program] = free_ports(1)[0]
            write_private(file, json.dumps(known, indent=1))
        return known[program]

    def note_environment(self, program: str, environment: Mapping[str, str]) -> Path:
        """Writes the program's variables for a shell (`set -a; . FILE`), to run one of its commands by hand."""
        folder = self.path / "environment"
        folder.mkdir(mode=0o700, exist_ok=True)
        lines = (f"{name}={shlex.quote(value)}\n" for name, value in sorted(environment.items()))
        return write_private(folder / program, "".join(lines))


def write_private(file: Path, text: str) -> Path:
    """Replaces `file` at once, readable by its owner only."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as written:
        written.write(text)
    fresh.rename(file)
    return file
