"""IOX-02: what is written is read again as it was, and nobody's program takes a cell for a formula."""

# ruff: noqa: DTZ001 - spreadsheets know no zones

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from crm_common.exchange import Column, CsvTable, Format, Kind, XlsxTable, open_table, write_template
from crm_common.exchange.cells import text_of

EVIL = ["=1+1", "+86 138", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "harmless - text"]


def written(rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig") -> bytes:
    stream = io.BytesIO()
    table = CsvTable(stream, encoding=encoding)
    for row in rows:
        table.write(row)
    table.close()
    return stream.getvalue()


def test_formulas_are_texts_in_a_csv() -> None:
    lines = written([[each] for each in EVIL]).decode("utf-8-sig").split("\r\n")
    assert lines == [
        "'=1+1",
        "'+86 138",
        "'-2",
        "'@SUM(A1)",
        "'\t=1",
        '"\'\r=1"',
        "' =1",
        "'＝1",
        "harmless - text",
        "",
    ]


def test_formulas_are_texts_in_a_workbook(tmp_path: Path) -> None:
    with XlsxTable(tmp_path / "a.xlsx") as table:
        table.write(["heading"], heading=True)
        for each in EVIL:
            table.write([each])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == len(EVIL) + 1
    with open_table(tmp_path / "a.xlsx", "a.xlsx") as read:
        assert [row.cells[0] for row in read.rows()][:4] == EVIL[:4]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_read_again_as_it_was(tmp_path: Path, encoding: str) -> None:
    rows: list[list[object]] = [
        ["名称", "金额", "日期"],
        ['华信，"上海"\n𠮷', Decimal("-12.50"), date(2024, 3, 5)],
        [None, True, datetime(2024, 3, 5, 9)],
    ]
    (tmp_path / "a.csv").write_bytes(written(rows, encoding))
    with open_table(tmp_path / "a.csv", "a.csv") as table:
        assert (table.encoding, table.header) == (encoding, ("名称", "金额", "日期"))
        assert [row.cells for row in table.rows()] == [
            ['华信，"上海"\n𠮷', "-12.50", "2024-03-05"],
            [None, "TRUE", "2024-03-05 09:00:00"],
        ]


def test_a_workbook_keeps_numbers_dates_and_digits(tmp_path: Path) -> None:
    with XlsxTable(tmp_path / "a.xlsx", widths=[20]) as table:
        table.write(["a"] * 5, heading=True)
        table.write([Decimal("12.5"), 10**15, 12345678901234567890, date(2024, 3, 5), datetime(2024, 3, 5, 9)])
    with open_table(tmp_path / "a.xlsx", "a.xlsx") as read:
        (row,) = read.rows()
    assert row.cells == [
        "12.5",
        "1000000000000000",
        "12345678901234567890",
        datetime(2024, 3, 5),
        datetime(2024, 3, 5, 9),
    ]


def test_a_workbook_without_rows_is_one_still(tmp_path: Path) -> None:
    XlsxTable(tmp_path / "a.xlsx").close()
    assert zipfile.is_zipfile(tmp_path / "a.xlsx")


def test_a_template_has_headings_and_notes_in_the_language(tmp_path: Path) -> None:
    columns = [
        Column(key="name", en="Name", zh="姓名", needed=True, note_zh="不超过 50 字", example="王小明"),
        Column(key="phone", en="Phone", zh="电话", kind=Kind.PHONE),
    ]
    write_template(XlsxTable(tmp_path / "a.xlsx"), columns, "zh")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert "不超过 50 字\n例：王小明" in archive.read("xl/comments1.xml").decode()
        assert "姓名*" in archive.read("xl/worksheets/sheet1.xml").decode()
    stream = io.BytesIO()
    write_template(CsvTable(stream), columns, "en")
    assert stream.getvalue().decode("utf-8-sig") == "Name*,Phone\r\n"
    assert (Format.XLSX.suffix, Format.CSV_GB18030.content_type) == (".xlsx", "text/csv; charset=gb18030")


def test_what_was_neutralised_is_itself_again_when_it_comes_back() -> None:
    for text in EVIL[:4]:
        raw = written([[text]]).decode("utf-8-sig").removesuffix("\r\n")
        assert text_of(raw) == text
