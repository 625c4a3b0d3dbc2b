"""Writes tables row by row: CSV in UTF-8 or GB18030, XLSX; nothing a cell holds is taken for a formula by anybody."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self

import xlsxwriter  # type: ignore[import-untyped]

from crm_common.exchange.columns import Column
from crm_common.exchange.values import LONGEST_CELL

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SHEET_ROWS = 1_048_576
_EXACT_DIGITS = 15
MOST_BARS = 500
"""Rows of which a chart is drawn; more of them nobody tells apart."""


class Format(StrEnum):
    """How a table is written."""

    XLSX = "XLSX"
    CSV = "CSV"
    """UTF-8 with a mark, by which spreadsheets recognise it."""
    CSV_GB18030 = "CSV_GB18030"

    @property
    def suffix(self) -> str:
        """The file's ending."""
        return ".xlsx" if self is Format.XLSX else ".csv"

    @property
    def content_type(self) -> str:
        """What HTTP calls it."""
        if self is Format.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return f"text/csv; charset={'gb18030' if self is Format.CSV_GB18030 else 'utf-8'}"


class TableWriter(Protocol):
    """Takes rows until it is closed. Values: str, int, float, Decimal, bool, date, datetime, None."""

    def write(self, row: Sequence[Any]) -> None: ...
    def close(self) -> None: ...


def neutral(text: str) -> str:
    """The text so that no spreadsheet reads a formula in it: an apostrophe before it, which imports take off again."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) or text.lstrip().startswith(_FORMULA_SIGNS) else text


class CsvTable:
    """A CSV file on a binary stream, which stays open. Constant memory."""

    def __init__(self, stream: BinaryIO, *, encoding: str = "utf-8-sig") -> None:
        self._text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="", write_through=False)
        self._writer = csv.writer(self._text, lineterminator="\r\n")

    def write(self, row: Sequence[Any]) -> None:
        """Add a row."""
        self._writer.writerow([neutral(cell) if type(cell) is str else _as_text(cell) for cell in row])

    def close(self) -> None:
        """Write what is left and let go of the stream."""
        self._text.flush()
        self._text.detach()


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart beside the rows, by places of columns: ``categories`` stand below the bars, the last one nearest."""

    categories: tuple[int, ...]
    values: int


class XlsxTable:
    """A workbook at ``path``, in constant memory; past a sheet's 1,048,576 rows it goes on in another one.

    With ``bars`` a chart of the rows stands beside them, where there are between one and `MOST_BARS`.
    """

    def __init__(
        self, path: Path, *, title: str = "Sheet1", widths: Sequence[int] = (), bars: Bars | None = None
    ) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
        self._formats = {
            kind: self._book.add_format({"num_format": code})
            for kind, code in ((date, "yyyy-mm-dd"), (datetime, "yyyy-mm-dd hh:mm:ss"))
        }
        self._heading = self._book.add_format({"bold": True})
        self._title = title
        self._widths = widths
        self._bars = bars
        self._drawn: list[Sequence[Any]] = []
        self._sheets = 0
        self._place = _SHEET_ROWS

    def write(self, row: Sequence[Any], *, heading: bool = False) -> None:
        """Add a row."""
        if self._place >= _SHEET_ROWS:
            self._next_sheet()
        if self._bars is not None and len(self._drawn) <= MOST_BARS + 1:
            # one more than is drawn, and the heading: then there are too many
            self._drawn.append(row)
        sheet, place = self._sheet, self._place
        for column, cell in enumerate(row):
            if type(cell) is str:
                if cell:
                    sheet.write_string(place, column, cell[:LONGEST_CELL], self._heading if heading else None)
            elif cell is not None:
                self._write_other(place, column, cell)
        self._place += 1

    def comment(self, column: int, text: str) -> None:
        """A note on the heading of a column, shown when the pointer is on it."""
        self._sheet.write_comment(0, column, text)

    def close(self) -> None:
        """Finish the file."""
        if not self._sheets:
            self._next_sheet()
        if self._bars is not None and 1 < len(self._drawn) <= MOST_BARS + 1:
            self._draw(self._bars)
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_other(self, place: int, column: int, cell: Any) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(place, column, cell)
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(place, column, cell.replace(tzinfo=None), self._formats[datetime])
        elif isinstance(cell, date):
            self._sheet.write_datetime(place, column, cell, self._formats[date])
        elif isinstance(cell, int | float | Decimal) and _fits(cell):
            self._sheet.write_number(place, column, float(cell))
        else:
            self._sheet.write_string(place, column, str(cell))

    def _draw(self, bars: Bars) -> None:
        heading, *rows = self._drawn
        first, last, name = min(bars.categories), max(bars.categories), self._sheet.get_name()
        labels = [[str(row[place] or "") for row in rows] for place in range(first, last + 1)]
        chart = self._book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": str(heading[bars.values]),
                "categories": [name, 1, first, len(rows), last],
                "values": [name, 1, bars.values, len(rows), bars.values],
                # a workbook in constant memory has forgotten its cells: what is drawn before they are read again
                "categories_data": labels if len(labels) > 1 else labels[0],
                "values_data": [float(row[bars.values] or 0) for row in rows],
            }
        )
        chart.set_legend({"none": True})
        chart.set_title({"name": str(heading[bars.values])})
        self._sheet.insert_chart(1, len(heading) + 1, chart, {"x_scale": 2, "y_scale": 1.5})

    def _next_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(self._title if self._sheets == 1 else f"{self._title} {self._sheets}")
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(1, 0)
        self._place = 0


def write_template(table: TableWriter, columns: Sequence[Column], language: str) -> None:
    """An empty table to fill in: headings (``*`` where a value is needed); in a workbook each with its note."""
    headings = [f"{column.heading(language)}{'*' if column.needed else ''}" for column in columns]
    if isinstance(table, XlsxTable):
        table.write(headings, heading=True)
        for place, column in enumerate(columns):
            if note := _note(column, language):
                table.comment(place, note)
    else:
        table.write(headings)
    table.close()


def _note(column: Column, language: str) -> str:
    chosen = [choice.zh if language.startswith("zh") else choice.en for choice in column.choices]
    example = f"{'例：' if language.startswith('zh') else 'e.g. '}{column.example}" if column.example else ""
    return "\n".join(part for part in (column.note(language), " / ".join(chosen), example) if part)


def _fits(number: float | Decimal) -> bool:
    # what a spreadsheet keeps exactly; infinite numbers and those that are none have letters in them
    digits = str(number).lstrip("-").replace(".", "")
    return digits.isdecimal() and len(digits.strip("0")) <= _EXACT_DIGITS


def _as_text(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell
