"""Turns the XML of one sheet into rows, element by element; knows what a cell's type and style make of its value."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crm_common.exchange.texts import SharedTexts
from crm_common.exchange.values import LONGEST_CELL, Cell, Numeral, Unusable, moment_of
from crm_common.protocol.exchange_rules import ExchangeRules

if TYPE_CHECKING:
    from crm_common.exchange.reading import Limits, Row

_COLUMN_LIMIT = 16_384
# a piece is what the parser gives at once: some kilobytes, or one line
_MOST_PIECES = LONGEST_CELL


@lru_cache(maxsize=1024)
def column_of(letters: str) -> int:
    """The place of a column from 0: ``A`` is 0, ``AA`` 26. ValueError for what names no column."""
    number = 0
    for sign in letters:
        if not "A" <= sign <= "Z" or number > _COLUMN_LIMIT:
            raise ValueError(f"no column: {letters}")
        number = number * 26 + ord(sign) - 64
    return number - 1


class SheetReader:
    """The handlers of one pass over a sheet. ``taken`` gives the rows that are complete."""

    def __init__(self, texts: SharedTexts, dates: frozenset[str], limits: Limits, *, since_1904: bool) -> None:
        self._texts = texts
        self._dates = dates
        self._limits = limits
        self._since_1904 = since_1904
        self._ready: list[Row] = []
        self._number = 0
        self._last = 0
        self._cells: list[Cell] = []
        self._column = -1
        self._kind = "n"
        self._style = ""
        self._formula = False
        self._phonetic = False
        self._text: list[str] | None = None
        self._value = ""

    def taken(self) -> list[Row]:
        """The rows since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "v" or (tag == "t" and not self._phonetic):
            self._text = []
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "row":
            told = int(attributes.get("r", 0))
            self._number = told if told > self._number else self._number + 1
            self._cells = []
            self._column = -1

    def characters(self, text: str) -> None:
        """Text inside an element."""
        if self._text is not None:
            self._text.append(text)
            if len(self._text) > _MOST_PIECES:
                raise ExchangeRules.the_file_is_damaged(field="file")

    def end(self, name: str) -> None:
        """An element ends."""
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag in ("v", "t"):
            if self._text is not None:
                self._value += "".join(self._text)
            self._text = None
        elif tag == "c":
            self._end_cell()
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "row":
            self._end_row()

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        self._column = self._column + 1 if place is None else column_of(place.rstrip("0123456789"))
        if self._column >= self._limits.columns:
            limit = self._limits.columns
            raise ExchangeRules.the_file_has_too_many_columns(field="file", row=self._number, limit=limit)
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._formula = False
        self._value = ""

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell is None:
            return
        cells = self._cells
        while len(cells) < self._column:
            cells.append(None)
        if len(cells) == self._column:
            cells.append(cell)
        else:
            cells[self._column] = cell

    def _cell(self) -> Cell:
        value, kind = self._value, self._kind
        if self._formula:
            return Unusable.because(ExchangeRules.a_cell_holds_a_formula())
        if not value:
            return None
        if kind == "n":
            moment = moment_of(value, since_1904=self._since_1904) if self._style in self._dates else None
            return moment or Numeral(value)
        if kind == "b":
            return value == "1"
        if kind == "e":
            return Unusable.because(ExchangeRules.a_cell_holds_an_error(value=value[:20]))
        return self._text_cell(self._texts[int(value)] if kind == "s" else value)

    @staticmethod
    def _text_cell(text: str) -> Cell:
        if len(text) > LONGEST_CELL:
            return Unusable.because(ExchangeRules.a_cell_is_too_long(limit=LONGEST_CELL))
        return None if not text or text.isspace() else text

    def _end_row(self) -> None:
        from crm_common.exchange.reading import Row

        if self._cells:
            self._last = self._number
            self._ready.append(Row(self._number, self._cells))
        elif self._number - self._last > self._limits.empty_rows:
            limit = self._limits.empty_rows
            raise ExchangeRules.the_file_has_too_many_empty_rows(field="file", row=self._last, limit=limit)
