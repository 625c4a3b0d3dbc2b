"""The scanner of uploads: ClamAV's clamd, asked by its INSTREAM protocol. Without a configured one nothing is asked."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from crm_common.errors import CommonRules
from crm_common.protocol.documents.uploads import UploadRules

_CHUNK = 128 * 1024
_MOST_ANSWER = 4096


class Scanner(Protocol):
    """Says whether a file is harmless."""

    def expect_clean(self, path: Path) -> None:
        """Return, or ``VALIDATION`` with what was found, or ``UNAVAILABLE`` when the scanner does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at ``host:port``; ``seconds`` bounds each step of talking to it."""

    host: str
    port: int
    seconds: float = 30.0

    def expect_clean(self, path: Path) -> None:
        """As `Scanner`. What is not scanned is not taken: a scanner that is away or refuses is ``UNAVAILABLE``."""
        try:
            said = self._ask(path)
        except OSError as lost:
            raise CommonRules.the_service_is_unavailable(service="scanner") from lost
        verdict = said.removeprefix("stream: ")
        if verdict.endswith(" FOUND"):
            raise UploadRules.the_scanner_found_something(found=verdict.removesuffix(" FOUND")[:100])
        if verdict != "OK":
            raise CommonRules.the_service_is_unavailable(service="scanner")

    def _ask(self, path: Path) -> str:
        with socket.create_connection((self.host, self.port), timeout=self.seconds) as link, path.open("rb") as file:
            # clamd may answer before the end, when the stream is longer than it takes: then sending fails
            with suppress(BrokenPipeError, ConnectionResetError):
                link.sendall(b"zINSTREAM\0")
                while piece := file.read(_CHUNK):
                    link.sendall(struct.pack("!L", len(piece)) + piece)
                link.sendall(struct.pack("!L", 0))
            answer = b""
            while b"\0" not in answer and len(answer) < _MOST_ANSWER and (more := link.recv(_MOST_ANSWER)):
                answer += more
        return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
