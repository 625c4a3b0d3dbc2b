"""CSV as people really save it: in one of four encodings, with one of three separators, quoted or not."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crm_common.exchange.values import LONGEST_CELL, Cell, Unusable
from crm_common.protocol.exchange_rules import ExchangeRules

if TYPE_CHECKING:
    from crm_common.exchange.reading import Limits, Row

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (",", ";", "\t")


class Delimited:
    """A text file that can be read from the start as often as wanted."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self.encoding: str | None = encoding_of(path)
        with path.open(encoding=self.encoding, newline="") as text:
            head = text.read(65_536)
        told = head[:6].lower()
        # Excel's own way of saying it; the line is no row
        self._told = told.startswith("sep=") and len(told) > 4
        self.delimiter = head[4] if self._told else _delimiter(head)

    def rows(self) -> Iterator[Row]:
        """Every row that holds something; numbers count records, as a spreadsheet would show them."""
        from crm_common.exchange.reading import Row

        number, last = 0, 0
        with self._path.open(encoding=self.encoding, newline="") as text:
            if self._told:
                text.readline()
                number = 1
            reader = csv.reader(text, delimiter=self.delimiter)
            try:
                for found in reader:
                    number += 1
                    if len(found) > self._limits.columns:
                        raise ExchangeRules.the_file_has_too_many_columns(
                            field="file", row=number, limit=self._limits.columns
                        )
                    cells = [_cell(each) for each in found]
                    if any(cell is not None for cell in cells):
                        last = number
                        yield Row(number, cells)
                    elif number - last > self._limits.empty_rows:
                        raise ExchangeRules.the_file_has_too_many_empty_rows(
                            field="file", row=last, limit=self._limits.empty_rows
                        )
            except csv.Error as broken:
                raise ExchangeRules.a_quote_is_never_closed(field="file", row=number + 1) from broken


@contextmanager
def opened_text(path: Path, limits: Limits) -> Iterator[Delimited]:
    """The file as rows; VALIDATION where it is no text."""
    yield Delimited(path, limits)


def encoding_of(path: Path) -> str:
    """``utf-8-sig``, ``utf-8``, ``utf-16``, ``utf-16-le``, ``utf-16-be`` or ``gb18030``; VALIDATION for anything else.

    The whole file is decoded once: the first lines are often plain ASCII and tell nothing.
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    candidates = [marked] if marked else [*_unmarked_utf16(head), "utf-8", "gb18030"]
    line = 1
    for name in candidates:
        line = _fails_at(path, name)
        if not line:
            return name
    raise ExchangeRules.the_encoding_is_not_known(field="file", line=line)


def _unmarked_utf16(head: bytes) -> list[str]:
    if b"\0" not in head:
        return []
    # separators and line ends are ASCII: their zero byte stands on one side only
    little = head[1::2].count(0) >= head[0::2].count(0)
    return ["utf-16-le" if little else "utf-16-be"]


def _fails_at(path: Path, name: str) -> int:
    """The line that is no text in this encoding; 0 where all of it is."""
    decoder = codecs.getincrementaldecoder(name)()
    lines = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as broken:
                return lines + broken.object[: broken.start].count(b"\n")
            if "\0" in text:
                return lines + text[: text.index("\0")].count("\n")
            if not chunk:
                return 0
            lines += text.count("\n")


def _delimiter(head: str) -> str:
    counts, quoted = dict.fromkeys(_SEPARATORS, 0), False
    for sign in head.lstrip("\r\n"):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in counts:
            counts[sign] += 1
        elif not quoted and sign == "\n":
            break
    return max(_SEPARATORS, key=lambda each: counts[each])


def _cell(text: str) -> Cell:
    if not text or text.isspace():
        return None
    if len(text) > LONGEST_CELL:
        return Unusable.because(ExchangeRules.a_cell_is_too_long(limit=LONGEST_CELL))
    return text
