"""Recordings: their frames or pages begin as they should."""

from __future__ import annotations

from pathlib import Path

from documents.adapters.contents.images import expect_riff
from documents.adapters.contents.refusing import Unfit

# kilobits a second of MPEG 1 layer III; of MPEG 2 and 2.5
_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_OGG_HEAD = 27


def check_wav(path: Path) -> None:
    """A RIFF of exactly the file's length that holds a WAVE."""
    expect_riff(path, b"WAVE")


def check_mp3(path: Path) -> None:
    """Two frames of layer III follow one another, behind a tag if there is one."""
    with path.open("rb") as file:
        head = file.read(10)
        at = 0
        if head[:3] == b"ID3" and len(head) == 10:
            at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        for _ in range(2):
            file.seek(at)
            length = _frame(file.read(4))
            if length is None:
                raise Unfit(another=True)
            at += length


def _frame(head: bytes) -> int | None:
    """The length of the frame with this head; None where it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, rate, sample = (head[1] >> 3) & 3, head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or rate in (0, 15) or sample == 3:
        return None
    bits = _RATES[1 if version == 3 else 2][rate] * 1000
    return (144 if version == 3 else 72) * bits // _SAMPLES[version][sample] + ((head[2] >> 1) & 1)


def check_ogg(path: Path) -> None:
    """Pages follow one another up to the end of the file."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            head = file.read(_OGG_HEAD)
            if len(head) < _OGG_HEAD or head[:5] != b"OggS\0":
                raise Unfit("a page is damaged", another=at == 0)
            segments = file.read(head[26])
            at += _OGG_HEAD + head[26] + sum(segments)
    if at != size or not size:
        raise Unfit("it is cut off")
