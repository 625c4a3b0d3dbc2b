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

from crm_common.exchange import Bars, Column, CsvTable, Format, Kind, XlsxTable, open_table, write_template
from crm_common.exchange.cells import text_of
from crm_common.exchange.writing import MOST_BARS

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


def drawn(path: Path, rows: int, categories: tuple[int, ...] = (0, 1)) -> str | None:
    """The chart of a workbook with so many rows, as it lies in the file."""
    with XlsxTable(path, title="业绩", bars=Bars(categories, 2)) as table:
        table.write(["日期", "员工", "金额"], heading=True)
        for number in range(rows):
            table.write([date(2026, 11, 1), f"=李{number}", Decimal(number)])
    with zipfile.ZipFile(path) as archive, open_table(path, path.name) as read:
        assert [row.cells[1] for row in read.rows()] == [f"=李{number}" for number in range(rows)]
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/")]
        return archive.read(charts[0]).decode() if charts else None


def test_sal_32_a_bar_chart_stands_beside_the_rows(tmp_path: Path) -> None:
    chart = drawn(tmp_path / "a.xlsx", 3)
    assert chart is not None
    assert "<c:barChart>" in chart
    assert "<c:f>业绩!$A$2:$B$4</c:f>" in chart
    assert "<c:f>业绩!$C$2:$C$4</c:f>" in chart
    assert chart.count("<c:v>2026-11-01</c:v>") == 3
    assert "<c:v>=李2</c:v>" in chart
    assert drawn(tmp_path / "b.xlsx", 1, (0,)) is not None


def test_there_is_no_chart_of_nothing_or_of_more_bars_than_one_tells_apart(tmp_path: Path) -> None:
    assert drawn(tmp_path / "a.xlsx", 0) is None
    assert drawn(tmp_path / "b.xlsx", MOST_BARS) is not None
    assert drawn(tmp_path / "c.xlsx", MOST_BARS + 1) is None
