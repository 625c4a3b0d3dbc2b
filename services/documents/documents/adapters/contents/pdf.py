"""PDF: begins and ends as one, and runs nothing: no scripts, no programs, no files inside."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from documents.adapters.contents.refusing import Unfit

_HEAD = re.compile(rb"%PDF-[12]\.\d")
_END = 2048
# names may be written with hexadecimal signs (/J#61vaScript): read as they are meant
_NAME = re.compile(rb"/((?:[A-Za-z0-9]|#[0-9A-Fa-f]{2})+)")
_ACTIVE = frozenset(
    {b"JavaScript", b"JS", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA", b"SubmitForm"}
)


def check_pdf(path: Path) -> None:
    """Its beginning at the very beginning, its end at the end, and outside of its streams nothing that acts."""
    if path.stat().st_size < 32:
        raise Unfit(another=True)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if not _HEAD.match(content):
            raise Unfit(another=True)
        tail = content[-_END:]
        if b"startxref" not in tail or b"%%EOF" not in tail:
            raise Unfit("the document is cut off")
        if tail.rpartition(b"%%EOF")[2].strip(b"\0\r\n\t "):
            raise Unfit("something stands behind the document")
        for start, end in _outside_of_streams(content):
            _expect_quiet(content, start, end)


def _outside_of_streams(content: mmap.mmap) -> list[tuple[int, int]]:
    """What stands between the streams, whose compressed bytes may spell anything."""
    parts, at = [], 0
    while (begin := content.find(b"stream", at)) >= 0:
        parts.append((at, begin))
        at = content.find(b"endstream", begin + 6)
        if at < 0:
            raise Unfit("the document is cut off")
        at += len(b"endstream")
    return [*parts, (at, len(content))]


def _expect_quiet(content: mmap.mmap, start: int, end: int) -> None:
    for found in _NAME.finditer(content, start, end):
        name = re.sub(rb"#([0-9A-Fa-f]{2})", lambda sign: bytes.fromhex(sign[1].decode()), found[1])
        if name in _ACTIVE:
            raise Unfit(f"it acts by itself (/{name.decode('ascii', 'replace')})")
