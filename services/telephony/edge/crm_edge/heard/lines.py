"""Cuts a stream of bytes into lines, the same lines however the stream was cut into pieces before."""

from __future__ import annotations

import re

ENDS = re.compile(rb"[\r\n]+")
PROMPT = b"> "


class Lines:
    """`feed` answers the lines that are now whole, without their ends and without NUL.

    A line longer than `limit` is dropped whole, so that noise never fills the memory. With `prompt`, a `> ` at the
    beginning of a line is a line of its own at once: a modem that waits for text ends it with nothing.
    """

    def __init__(self, *, limit: int = 1024, prompt: bool = False) -> None:
        self._limit = limit
        self._prompt = prompt
        self._held = b""
        self._dropping = False

    def feed(self, data: bytes) -> list[bytes]:
        found: list[bytes] = []
        *whole, rest = ENDS.split(self._held + data.translate(None, b"\0"))
        for line in whole:
            self._end(self._cut_prompts(line, found), found)
        self._held = self._cut_prompts(rest, found)
        if len(self._held) > self._limit:
            self._dropping = True
        if self._dropping:
            self._held = b""
        return found

    def _cut_prompts(self, line: bytes, found: list[bytes]) -> bytes:
        while self._prompt and not self._dropping and line.startswith(PROMPT):
            found.append(PROMPT)
            line = line[len(PROMPT) :]
        return line

    def _end(self, line: bytes, found: list[bytes]) -> None:
        if line and not self._dropping and len(line) <= self._limit:
            found.append(line)
        self._dropping = False

    def forget(self) -> None:
        """Drops what is held of an unfinished line: after a silence its beginning is noise."""
        self._held = b""
        self._dropping = False


def text_of(line: bytes) -> str:
    """A line as text: what is not printable ASCII becomes `?`, so that noise stays harmless in logs and patterns."""
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in line).strip()
