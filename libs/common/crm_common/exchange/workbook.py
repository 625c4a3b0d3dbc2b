"""An XLSX workbook as a stream of rows; no part of the file is ever whole in memory, shared texts lie on disk."""

# Measured on 200,000 rows of 7 texts as Excel stores them: openpyxl 21,000 rows/s and +100 MB, calamine 240,000 rows/s
# and +130 MB, both growing with the file; this 35,000 rows/s and +3 MB. An import writes a few thousand rows a second.

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.parsers import expat

from crm_common.errors import CrmError
from crm_common.exchange.sheet import SheetReader
from crm_common.exchange.texts import SharedTexts
from crm_common.protocol.exchange_rules import ExchangeRules

if TYPE_CHECKING:
    from crm_common.exchange.reading import Limits, Row

_CHUNK = 1 << 16
_MOST_PARTS = 10_000
_BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, KeyError, ValueError)
# Formats of dates that are not spelled out in a workbook; 27–36 and 50–58 are those of Chinese and Japanese Excel.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


def parse(part: IO[bytes], start: Callable[[str, dict[str, str]], Any], **handlers: Callable[..., Any]) -> None:
    """Run the part through expat: ``start(local name, attributes)`` and other handlers by expat's own names."""
    for _ in stepwise(part, start, **handlers):
        pass


def stepwise(
    part: IO[bytes], start: Callable[[str, dict[str, str]], Any], **handlers: Callable[..., Any]
) -> Iterator[None]:
    """As :func:`parse`, one step per 64 KB."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_doctype
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    while chunk := part.read(_CHUNK):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def _no_doctype(*_about: Any) -> None:
    # no spreadsheet writes one; whoever does is after our entities
    raise ExchangeRules.the_file_is_damaged(field="file")


def local(name: str) -> str:
    """A tag without its prefix."""
    return name.rpartition(":")[2]


class Workbook:
    """The first visible sheet of a workbook."""

    encoding: str | None = None

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._since_1904 = False
        self._sheet = self._first_sheet()
        self._dates = self._date_styles()
        names = [name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"]
        self.texts = SharedTexts(archive.open(names[0]) if names else None)

    def rows(self) -> Iterator[Row]:
        """Every row that holds something."""
        reader = SheetReader(self.texts, self._dates, self._limits, since_1904=self._since_1904)
        try:
            with self._archive.open(self._sheet) as part:
                for _ in stepwise(
                    part, reader.start, EndElementHandler=reader.end, CharacterDataHandler=reader.characters
                ):
                    yield from reader.taken()
        except _BROKEN as broken:
            raise ExchangeRules.the_file_is_damaged(field="file") from broken

    def _first_sheet(self) -> str:
        sheets: list[tuple[str, bool]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "workbookPr":
                self._since_1904 = attributes.get("date1904") in ("1", "true")
            elif local(name) == "sheet":
                relation = next(value for key, value in attributes.items() if local(key) == "id")
                sheets.append((relation, attributes.get("state", "visible") == "visible"))

        with self._archive.open("xl/workbook.xml") as part:
            parse(part, start)
        targets = self._relations()
        chosen = next((relation for relation, visible in sheets if visible), None)
        if chosen is None:
            raise ExchangeRules.the_file_is_empty(field="file")
        target = targets[chosen]
        return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"

    def _relations(self) -> dict[str, str]:
        found: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "Relationship":
                found[attributes["Id"]] = attributes["Target"]

        with self._archive.open("xl/_rels/workbook.xml.rels") as part:
            parse(part, start)
        return found

    def _date_styles(self) -> frozenset[str]:
        """The numbers of cell styles that show a number as a date."""
        formats: dict[int, bool] = {}
        styles: list[bool] = []
        inside: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            inside.append(local(name))
            if inside[-1] == "numFmt":
                formats[int(attributes["numFmtId"])] = _shows_a_date(attributes.get("formatCode", ""))
            elif inside[-1] == "xf" and inside[-2:-1] == ["cellXfs"]:
                number = int(attributes.get("numFmtId", 0))
                styles.append(formats.get(number, number in _DATE_FORMATS))

        if "xl/styles.xml" in self._archive.namelist():
            with self._archive.open("xl/styles.xml") as part:
                parse(part, start, EndElementHandler=lambda _name: inside.pop())
        return frozenset(str(number) for number, dated in enumerate(styles) if dated)


@contextmanager
def opened_workbook(path: Path, limits: Limits) -> Iterator[Workbook]:
    """The workbook; VALIDATION where it is broken or hostile."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive, limits.unpacked_of(path.stat().st_size))
            workbook = Workbook(archive, limits)
            try:
                yield workbook
            finally:
                workbook.texts.close()
    except CrmError:
        raise
    except _BROKEN as broken:
        raise ExchangeRules.the_file_is_damaged(field="file") from broken


def _check(archive: zipfile.ZipFile, unpacked: int) -> None:
    parts = archive.infolist()
    # zipfile gives no more of a part than its entry says, so what the entries say can be relied on
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > unpacked:
        raise ExchangeRules.the_file_unpacks_to_too_much(field="file", limit=unpacked // (1 << 20))
    if any(part.flag_bits & 1 for part in parts):
        raise ExchangeRules.the_file_is_protected_by_a_password(field="file")
    if any(part.filename.lower().startswith("xl/externallinks/") for part in parts):
        raise ExchangeRules.the_workbook_links_to_other_files(field="file")


def _shows_a_date(code: str) -> bool:
    plain, quoted, bracketed = "", False, False
    for sign in code.split(";", maxsplit=1)[0]:
        if sign == '"':
            quoted = not quoted
        elif sign in "[]":
            bracketed = sign == "["
        elif not quoted and not bracketed:
            plain += sign
    return any(sign in "ymdhs" for sign in plain.lower().replace("general", ""))
