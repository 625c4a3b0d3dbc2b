"""What else a file is: the name of a stranger, and whether a second format hides behind the first."""

from __future__ import annotations

from pathlib import Path

import puremagic

from documents.adapters.contents.refusing import Unfit

_HEAD = 8 * 1024
_TAIL = 66 * 1024
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_UNKNOWN = "unknown"


def stranger(path: Path) -> str:
    """What the content seems to be, for people: an ending without the dot."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    try:
        return puremagic.from_string(head).strip(".") or _UNKNOWN
    except (puremagic.PureError, ValueError):
        return _UNKNOWN


def expect_alone(path: Path, content_type: str) -> None:
    """`Unfit` for a file that is an archive besides: zip programs read from the end, whatever stands before."""
    if "openxmlformats" in content_type:
        return
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        # the length of the archive's comment leads exactly to the end, or nearly so
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + _ZIP_END_SIZE + comment <= len(tail) and int.from_bytes(tail[at + 12 : at + 16], "little") < size:
            raise Unfit("an archive is hidden in it")
        at = tail.rfind(_ZIP_END, 0, at)
