"""Images: their parts are gone through from the beginning to the end, which is where the file ends."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from documents.adapters.contents.refusing import Unfit

_MOST_PIXELS = 200_000_000
_MOST_CHUNKS = 100_000
_PNG = b"\x89PNG\r\n\x1a\n"
_PIECE = 1 << 20


def check_png(path: Path) -> None:
    """Chunks with right checksums, IHDR first, IEND last and nothing behind it."""
    with path.open("rb") as file:
        if file.read(8) != _PNG:
            raise Unfit(another=True)
        for count in range(_MOST_CHUNKS):
            kind, begin = _png_chunk(file)
            if (count == 0) != (kind == b"IHDR"):
                raise Unfit("the image does not begin as one")
            if kind == b"IHDR":
                _expect_size(*struct.unpack(">II", begin[:8]))
            if kind == b"IEND":
                break
        else:
            raise Unfit("the image has too many parts")
        if file.read(1):
            raise Unfit("something stands behind the image")


def _png_chunk(file: BinaryIO) -> tuple[bytes, bytes]:
    head = file.read(8)
    if len(head) < 8:
        raise Unfit("the image is cut off")
    length, kind = struct.unpack(">I4s", head)
    crc, left, begin = zlib.crc32(kind), length, b""
    while left:
        piece = file.read(min(left, _PIECE))
        if not piece:
            raise Unfit("the image is cut off")
        begin = begin or piece[:16]
        crc, left = zlib.crc32(piece, crc), left - len(piece)
    if file.read(4) != struct.pack(">I", crc):
        raise Unfit("a checksum of the image is wrong")
    if kind == b"IHDR" and length != 13:
        raise Unfit("the image does not begin as one")
    return kind, begin


def check_jpeg(path: Path) -> None:
    """Segments up to the scan, of a bounded size, and the end-of-image mark last (blanks of cameras aside)."""
    with path.open("rb") as file:
        if file.read(3) != b"\xff\xd8\xff":
            raise Unfit(another=True)
        file.seek(2)
        for _ in range(_MOST_CHUNKS):
            if _jpeg_segment(file):
                break
        else:
            raise Unfit("the image has too many parts")
        file.seek(max(0, path.stat().st_size - 4096))
        if not file.read().rstrip(b"\0\r\n ").endswith(b"\xff\xd9"):
            raise Unfit("the image is cut off, or something stands behind it")


def _jpeg_segment(file: BinaryIO) -> bool:
    """Go over one segment; whether it is the one in which the image itself begins."""
    head = file.read(4)
    if len(head) < 4 or head[0] != 0xFF:
        raise Unfit("the image is cut off")
    kind, length = head[1], int.from_bytes(head[2:], "big")
    if length < 2:
        raise Unfit("a part of the image has no length")
    body = file.read(length - 2)
    if len(body) < length - 2:
        raise Unfit("the image is cut off")
    if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
        if len(body) < 6:
            raise Unfit("the image says nothing of its size")
        _expect_size(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
    return kind == 0xDA


def check_gif(path: Path) -> None:
    """Beginning, size, and the trailer last."""
    with path.open("rb") as file:
        head = file.read(13)
        if head[:6] not in (b"GIF87a", b"GIF89a"):
            raise Unfit(another=True)
        if len(head) < 13:
            raise Unfit("the image is cut off")
        _expect_size(*struct.unpack("<HH", head[6:10]))
        file.seek(-1, 2)
        if file.read(1) != b"\x3b":
            raise Unfit("the image is cut off, or something stands behind it")


def check_webp(path: Path) -> None:
    """A RIFF of exactly the file's length that holds a WEBP."""
    expect_riff(path, b"WEBP")


def expect_riff(path: Path, kind: bytes) -> None:
    """`Unfit` for what is no RIFF of this kind, or not as long as it says."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != kind:
        raise Unfit(another=True)
    told = int.from_bytes(head[4:8], "little") + 8
    if told + (told & 1) != path.stat().st_size and told != path.stat().st_size:
        raise Unfit("it is cut off, or something stands behind it")


def _expect_size(width: int, height: int) -> None:
    if not width or not height or width * height > _MOST_PIXELS:
        raise Unfit("the image is of no reasonable size")
