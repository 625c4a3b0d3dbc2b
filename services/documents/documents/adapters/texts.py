"""The text of a file, found by a process of its own: one that eats memory or time costs its text and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crm_common.waiting import thread_needed
from documents.domain.file_name import TYPES

MOST_CHARACTERS = 100_000
_READ = {TYPES[each]: each for each in ("pdf", "docx", "xlsx", "pptx", "txt", "csv")}
_PROGRAM = "documents.adapters.text_of"


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says. ``state``: FOUND, WAITING (it takes longer than there was time for), NONE."""

    text: str
    state: str


NOTHING = Said("", "NONE")


def text_of(path: Path, content_type: str, *, seconds: float) -> Said:
    """Its first 100,000 characters; WAITING where they were not found in so many seconds."""
    kind = _READ.get(content_type)
    if kind is None:
        return NOTHING
    thread_needed()
    with tempfile.TemporaryFile() as output:
        # a file takes what is written: nobody waits at a pipe, and green threads go on
        quiet = subprocess.DEVNULL
        # -B: bounded in what it may write, it would leave halves of compiled modules
        line = [sys.executable, "-B", "-m", _PROGRAM, kind, str(path), str(MOST_CHARACTERS), str(int(seconds) + 1)]
        with subprocess.Popen(line, stdin=quiet, stdout=output, stderr=quiet) as reading:  # noqa: S603 - our own program
            try:
                code = reading.wait(seconds)
            except subprocess.TimeoutExpired:
                reading.kill()
                return Said("", "WAITING")
        if code != 0:
            return NOTHING
        output.seek(0)
        text = output.read(4 * MOST_CHARACTERS).decode("utf-8", "ignore").replace("\0", "").strip()
    return Said(text, "FOUND") if text else NOTHING
