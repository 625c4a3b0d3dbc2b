"""Office files: a zip that is nothing else, of bounded size, without macros, programs or entities of XML."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from documents.adapters.contents.refusing import Unfit

_MAIN = "application/vnd.openxmlformats-officedocument."
_MOST_PARTS = 10_000
_PIECE = 1 << 16
_MOST_TYPES = 4 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, RuntimeError, ValueError, OSError)
_PROGRAMS = (".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".scr", ".com", ".jar", ".hta", ".lnk", ".zip")
_EXTERNAL = ("/attachedtemplate", "/oleobject", "/frame", "/externallink", "/subdocument")
_END_SIZE = 22


def check_document(path: Path) -> None:
    """A Word document."""
    _check(path, f"{_MAIN}wordprocessingml.document.main+xml")


def check_workbook(path: Path) -> None:
    """An Excel workbook."""
    _check(path, f"{_MAIN}spreadsheetml.sheet.main+xml")


def check_slides(path: Path) -> None:
    """A PowerPoint presentation."""
    _check(path, f"{_MAIN}presentationml.presentation.main+xml")


def _check(path: Path, main: str) -> None:
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise Unfit(another=True)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive, path.stat().st_size)
            if main not in _types(archive):
                raise Unfit(another=True)
            for part in archive.infolist():
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(archive, part)
    except _BROKEN as broken:
        raise Unfit("the file is damaged") from broken


def _check_parts(archive: zipfile.ZipFile, size: int) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    # zipfile gives no more of a part than its entry says, so what the entries say can be relied on
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > min(1 << 30, max(64 << 20, 100 * size)):
        raise Unfit("it unpacks to too much")
    if len({name.lower() for name in names}) != len(names):
        raise Unfit("a part is there twice")
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit("it is protected by a password")
    if min((part.header_offset for part in parts), default=0) != 0 or _behind(archive):
        raise Unfit("something stands before or behind it")
    for name in names:
        _expect_harmless(name)


def _behind(archive: zipfile.ZipFile) -> bool:
    """Whether anything follows the archive's last record."""
    stream = archive.fp
    assert stream is not None
    stream.seek(-_END_SIZE, 2)
    return bool(archive.comment) or stream.read(4) != b"PK\x05\x06"


def _expect_harmless(name: str) -> None:
    low = name.lower()
    if low.startswith("/") or "\\" in low or ":" in low or ".." in low.split("/"):
        raise Unfit("a part lies outside of it")
    if "vbaproject" in low or "/activex/" in low or "oleobject" in low or "/macrosheets/" in low:
        raise Unfit("it holds macros or embedded objects")
    if low.endswith(_PROGRAMS):
        raise Unfit("it holds a program or an archive")
    if "/externallinks/" in low:
        raise Unfit("it links to other files")


def _types(archive: zipfile.ZipFile) -> set[str]:
    """The types of content that the file declares; macros among them are refused."""
    found: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Override":
            found.add(attributes.get("ContentType", ""))

    part = archive.getinfo("[Content_Types].xml")
    if part.file_size > _MOST_TYPES:
        raise Unfit("it unpacks to too much")
    _parse(archive, part, start)
    if any("macroenabled" in each.lower() or "vbaproject" in each.lower() for each in found):
        raise Unfit("it holds macros or embedded objects")
    return found


class _Enough(Exception):  # noqa: N818 - it only ends the reading
    pass


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No entities: they are declared before the first element. Of relationships, all."""
    related = part.filename.lower().endswith(".rels")

    def start(_name: str, attributes: dict[str, str]) -> None:
        if not related:
            raise _Enough
        kind = attributes.get("Type", "").lower()
        if attributes.get("TargetMode") == "External" and kind.endswith(_EXTERNAL):
            raise Unfit("it links to other files")

    if related and part.file_size > _MOST_TYPES:
        raise Unfit("it unpacks to too much")
    try:
        _parse(archive, part, start)
    except _Enough:
        return


def _parse(archive: zipfile.ZipFile, part: zipfile.ZipInfo, start: object) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
    except expat.ExpatError as broken:
        raise Unfit("the file is damaged") from broken


def _no_doctype(*_about: object) -> None:
    raise Unfit("it declares entities of XML")
