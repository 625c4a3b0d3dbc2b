"""Sealed objects: any part comes out as it went in; what was altered, cut off, or swapped does not come out at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from crm_common.objects import FileObjects
from crm_common.objects.sealed import PIECE, SealedObjectError, SealedStream, new_key, sealed_size, unsealed

SECRET = b"the secret of all processes of this test"
CONTENT = bytes(range(250)) * 1_200
KEY = new_key()


@pytest.fixture
def objects(tmp_path: Path) -> FileObjects:
    made = FileObjects(tmp_path, SECRET)
    put(made, CONTENT)
    return made


def put(objects: FileObjects, content: bytes) -> bytes:
    """Seal it in the store; the raw bytes."""
    objects.put("a", SealedStream(io.BytesIO(content), KEY))  # type: ignore[arg-type]
    return b"".join(objects.read("a"))


def opened(objects: FileObjects, size: int, start: int = 0, end: int | None = None, key: bytes = KEY) -> bytes:
    return b"".join(unsealed(objects, "a", key, size, start=start, end=end))


@pytest.mark.parametrize(
    "part", [(0, 5), (PIECE - 6, PIECE + 9), (299_990, 300_000), (0, 300_000), (PIECE, 2 * PIECE), (7, 7), (0, 999_999)]
)
def test_any_part_is_as_it_was(objects: FileObjects, part: tuple[int, int]) -> None:
    assert opened(objects, len(CONTENT), *part) == CONTENT[slice(*part)]


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_every_length_comes_out_as_it_went_in(objects: FileObjects, size: int) -> None:
    content = b"z" * size
    assert len(put(objects, content)) == sealed_size(size)
    assert opened(objects, size) == content


def test_the_same_bytes_are_never_sealed_alike(objects: FileObjects) -> None:
    assert put(objects, b"same") != put(objects, b"same")


def test_what_was_altered_cut_off_or_swapped_does_not_open(objects: FileObjects) -> None:
    raw = b"".join(objects.read("a"))
    whole = PIECE + 16
    first, second = raw[12 : 12 + whole], raw[12 + whole : 12 + 2 * whole]
    damaged = {
        "altered": raw[:100] + bytes([raw[100] ^ 1]) + raw[101:],
        "cut off": raw[:-1],
        "without its last piece": raw[: 12 + 4 * whole],
        "swapped": raw[:12] + second + first + raw[12 + 2 * whole :],
        "longer": raw + b"x",
        "not sealed": CONTENT,
        "empty": b"",
    }
    for what, content in damaged.items():
        objects.put("a", io.BytesIO(content))
        with pytest.raises(SealedObjectError):
            opened(objects, len(CONTENT))
        assert what
    objects.put("a", io.BytesIO(raw))
    with pytest.raises(SealedObjectError):
        opened(objects, len(CONTENT), key=new_key())
