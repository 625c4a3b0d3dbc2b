"""``python -m documents.adapters.text_of <kind> <file> <characters> <seconds>``: writes the file's text, then ends.

It holds itself to one gigabyte of memory and so many seconds of computing: what is read was written by strangers.
"""

from __future__ import annotations

import logging
import resource
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from documents.adapters.contents.texts import encoding_of

_MEMORY = 1 << 30
_MOST_WRITTEN = 1 << 20
_PIECE = 1 << 16


def main(kind: str, path: Path, most: int, seconds: int) -> None:
    """Write at most so many characters."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))
    left = most
    for part in _READERS[kind](path):
        sys.stdout.write(part[:left])
        left -= len(part)
        if left <= 0:
            return


def _plain(path: Path) -> Iterator[str]:
    with path.open(encoding=encoding_of(path) or "utf-8", errors="ignore") as file:
        while piece := file.read(_PIECE):
            yield piece


def _pdf(path: Path) -> Iterator[str]:
    # here, as nobody else pays for it
    from pypdf import PdfReader

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with path.open("rb") as file:
        for page in PdfReader(file).pages:
            yield page.extract_text()
            yield "\n"


def _office(
    wanted: Callable[[str], bool], texts: frozenset[str], ends: frozenset[str]
) -> Callable[[Path], Iterable[str]]:
    def read(path: Path) -> Iterator[str]:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(filter(wanted, archive.namelist()), key=lambda name: (len(name), name)):
                with archive.open(name) as part:
                    yield from _texts(part, texts, ends)

    return read


def _texts(part: Any, texts: frozenset[str], ends: frozenset[str]) -> Iterator[str]:
    """What stands in the elements ``texts``; a line ends with each of ``ends``."""
    found: list[str] = []
    inside = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal inside
        inside += name.rpartition(":")[2] in texts

    def end(name: str) -> None:
        nonlocal inside
        plain = name.rpartition(":")[2]
        inside -= plain in texts
        if plain in ends:
            found.append("\n")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: found.append(text) if inside else None
    while piece := part.read(_PIECE):
        parser.Parse(piece, False)
        yield "".join(found)
        found.clear()


_T, _P = frozenset({"t"}), frozenset({"p"})
_READERS: dict[str, Callable[[Path], Iterable[str]]] = {
    "txt": _plain,
    "csv": _plain,
    "pdf": _pdf,
    "docx": _office(lambda name: name.startswith("word/") and name.endswith(".xml"), _T, _P),
    "pptx": _office(lambda name: name.startswith("ppt/slides/slide"), _T, _P),
    # shared texts, and texts that stand in the cells themselves
    "xlsx": _office(
        lambda name: name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/sheet"),
        _T,
        frozenset({"si", "is"}),
    ),
}

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="ignore")  # type: ignore[union-attr]
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
