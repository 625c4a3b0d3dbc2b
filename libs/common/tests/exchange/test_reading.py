"""IOX-01: tables are read whatever program saved them, and hostile ones are refused in a sentence."""

# ruff: noqa: DTZ001 - spreadsheets know no zones

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from crm_common.errors import Code, CrmError
from crm_common.exchange import Limits, open_table
from crm_common.exchange.values import Unusable
from tables.books import book

TEXT = "姓名,电话,备注\n王小明,13812345678,老客户\n"
ROWS = [(2, ["王小明", "13812345678", "老客户"])]


def read(path: Path, limits: Limits | None = None, name: str | None = None) -> list[tuple[int, list[object]]]:
    with open_table(path, name or path.name, limits) as table:
        return [(row.number, list(row.cells)) for row in table.rows()]


def refusal(path: Path, limits: Limits | None = None, name: str | None = None) -> CrmError:
    with pytest.raises(CrmError) as refused:
        read(path, limits, name)
    assert "{" not in refused.value.message("zh") + refused.value.message("en")
    return refused.value


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
     ("utf-16-be", "utf-16-be"), ("gb18030", "gb18030"), ("gbk", "gb18030")],
)  # fmt: skip
def test_the_encoding_of_a_csv_is_recognised(tmp_path: Path, encoding: str, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    with open_table(path, "a.csv") as table:
        assert (table.encoding, table.header) == (told, ("姓名", "电话", "备注"))
        assert [(row.number, row.cells) for row in table.rows()] == ROWS


def test_an_encoding_that_shows_only_at_the_end_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"name\n" + b"ascii only\n" * 200_000 + "王小明\n".encode("gb18030"))
    with open_table(path, "a.csv") as table:
        assert table.encoding == "gb18030"
        assert [row.cells for row in table.rows(after=200_001)] == [["王小明"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_recognised_and_quotes_are_kept_together(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.csv"
    quoted = '"上海, 浦东; ""世纪\t大道""\n二楼"'
    path.write_text(separator.join(("a", "b")) + "\r\n" + separator.join((quoted, "x")) + "\r\n")
    assert read(path) == [(2, ['上海, 浦东; "世纪\t大道"\n二楼', "x"])]


def test_excels_own_word_for_the_separator_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\na;b\n1;2,5\n")
    assert read(path) == [(3, ["1", "2,5"])]


def test_empty_rows_are_left_out_and_numbers_stay_those_of_the_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n,,\na,b\n\n1,\n ,\xa0\n,2\n")
    assert read(path) == [(5, ["1", None]), (7, [None, "2"])]


def test_a_workbook_gives_texts_numbers_dates_and_truths_of_its_first_visible_sheet(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>数</t></is></c></row>'
        '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3"><v>1.3812345678E10</v></c>'
        '<c r="D3" s="1"><v>45356</v></c><c r="E3" s="2"><v>45356.604166666664</v></c>'
        '<c r="F3" t="b"><v>1</v></c></row>'
        '<row><c t="str"><v>x</v></c><c t="e"><v>#N/A</v></c><c><f>1+1</f><v>2</v></c></row>'
    )
    path = book(tmp_path / "a.xlsx", rows, "<t>姓名</t>", "<r><t>王</t></r><r><t>小明</t></r><rPh><t>ワン</t></rPh>")
    with open_table(path, "客户.XLSX") as table:
        assert table.header == ("姓名", "数")
        first, second = list(table.rows())
    assert (first.number, first.cells) == (
        3,
        ["王小明", "1.3812345678E10", None, datetime(2024, 3, 5), datetime(2024, 3, 5, 14, 30), True],
    )
    assert second.number == 4
    assert [cell.rule if isinstance(cell, Unusable) else cell for cell in second.cells] == [
        "x", "a_cell_holds_an_error", "a_cell_holds_a_formula",
    ]  # fmt: skip


def test_a_workbook_may_count_its_days_from_1904(tmp_path: Path) -> None:
    rows = '<row r="1"><c t="str"><v>d</v></c></row><row r="2"><c s="1"><v>43894</v></c></row>'
    assert read(book(tmp_path / "a.xlsx", rows, pr=' date1904="1"')) == [(2, [datetime(2024, 3, 5)])]


def test_what_xlsxwriter_writes_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["名称", "金额"])
        sheet.write_row(1, 0, ["华信 <&> 贸易", 12.5])
        sheet.write_datetime(2, 1, datetime(2024, 3, 5), made.add_format({"num_format": "yyyy/m/d"}))
    assert read(path) == [(2, ["华信 <&> 贸易", "12.5"]), (3, [None, datetime(2024, 3, 5)])]


def test_nothing_is_read_of_what_is_empty(tmp_path: Path) -> None:
    for name, content in (("a.csv", b""), ("b.csv", b"\n ,\n"), ("c.csv", b"\xef\xbb\xbf")):
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name).rule == "the_file_is_empty"
    assert refusal(book(tmp_path / "a.xlsx", '<row r="1"/>')).rule == "the_file_is_empty"
    path = tmp_path / "d.csv"
    path.write_text("only,a,heading\n")
    with open_table(path, "d.csv") as table, pytest.raises(CrmError) as refused:
        table.count()
    assert refused.value.rule == "the_file_is_empty"


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.xlsx", b"a,b\n1,2\n", "the_file_is_not_what_its_name_says"),
        ("a.csv", b"PK\x03\x04rest", "the_file_is_not_what_its_name_says"),
        ("a.csv", b"%PDF-1.7 ...", "the_file_is_not_what_its_name_says"),
        ("a.xlsx", b"<html><table>", "the_file_is_not_what_its_name_says"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "the_file_is_not_what_its_name_says"),
        ("a.pdf", b"a,b\n", "the_file_type_is_not_supported"),
        ("customers", b"a,b\n", "the_file_type_is_not_supported"),
        ("a.xlsx", b"PK\x03\x04 no archive at all", "the_file_is_damaged"),
        ("a.csv", b"name\n\xff\xff\xfe\n", "the_encoding_is_not_known"),
        ("a.csv", b"name\nnul\0byte\xff\n", "the_encoding_is_not_known"),
        ("a.csv", b'name\n"' + b"never closed\n" * 20_000, "a_quote_is_never_closed"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    (tmp_path / name).write_bytes(content)
    refused = refusal(tmp_path / name)
    assert (refused.code, refused.rule, refused.field) == (Code.VALIDATION, rule, "file")


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    marker = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * ((1 << 20) - 20) + marker + b"\0" * 99)
    assert refusal(path).rule == "the_file_is_protected_by_a_password"
    zipped = book(tmp_path / "b.xlsx", '<row r="1"><c><v>1</v></c></row>')
    raw = bytearray(zipped.read_bytes())
    place = raw.find(b"PK\x01\x02")
    while place >= 0:
        (flags,) = struct.unpack_from("<H", raw, place + 8)
        struct.pack_into("<H", raw, place + 8, flags | 1)
        place = raw.find(b"PK\x01\x02", place + 1)
    zipped.write_bytes(raw)
    assert refusal(zipped).rule == "the_file_is_protected_by_a_password"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (70 << 20))
    tracemalloc.start()
    refused = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (refused.rule, refused.details) == ("the_file_unpacks_to_too_much", {"limit": 64})
    assert peak < 2 << 20


def test_entities_of_ones_own_are_refused(tmp_path: Path) -> None:
    prolog = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    rows = '<row r="1"><c t="str"><v>&b;</v></c></row>'
    assert refusal(book(tmp_path / "a.xlsx", rows, prolog=prolog)).rule == "the_file_is_damaged"


def test_a_workbook_that_links_to_other_files_is_refused(tmp_path: Path) -> None:
    rows = '<row r="1"><c t="str"><v>a</v></c></row>'
    path = book(tmp_path / "a.xlsx", rows, more={"xl/externalLinks/externalLink1.xml": "<x/>"})
    assert refusal(path).rule == "the_workbook_links_to_other_files"


def test_ten_thousand_columns_are_refused(tmp_path: Path) -> None:
    wide = "".join(f"<c><v>{n}</v></c>" for n in range(10_000))
    assert refusal(book(tmp_path / "a.xlsx", f'<row r="1">{wide}</row>')).details == {"row": 1, "limit": 256}
    far = '<row r="1"><c r="NTP1"><v>1</v></c></row>'
    assert refusal(book(tmp_path / "b.xlsx", far)).rule == "the_file_has_too_many_columns"
    text = tmp_path / "c.csv"
    text.write_text("a\n" + "," * 9_999 + "\n")
    assert refusal(text).details == {"row": 2, "limit": 256}


def test_a_million_empty_rows_are_refused_in_no_time(tmp_path: Path) -> None:
    rows = '<row r="1"><c t="str"><v>a</v></c></row>' + "".join(f'<row r="{n}"/>' for n in range(2, 1_000_001))
    refused = refusal(book(tmp_path / "a.xlsx", rows))
    assert (refused.rule, refused.details) == ("the_file_has_too_many_empty_rows", {"row": 1, "limit": 10_000})


def test_too_many_rows_and_too_large_a_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "1\n" * 11)
    assert len(read(path, Limits(rows=11))) == 11
    refused = refusal(path, Limits(rows=10))
    assert (refused.code, refused.rule) == (Code.LIMIT_EXCEEDED, "the_file_has_too_many_rows")
    refused = refusal(path, Limits(bytes=path.stat().st_size - 1))
    assert (refused.code, refused.rule) == (Code.LIMIT_EXCEEDED, "the_file_is_too_large")


def test_a_cell_that_is_too_long_spoils_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "x" * 32_768 + ",1\n" + "y" * 32_767 + ",2\n")
    (_, first), (_, second) = read(path)
    assert isinstance(first[0], Unusable)
    assert (first[0].rule, first[1], second) == ("a_cell_is_too_long", "1", ["y" * 32_767, "2"])


def test_memory_stays_flat_however_many_rows_there_are(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        texts = [f"<t>名称{number}</t>" for number in range(rows)]
        cells = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in range(rows))
        path = book(tmp_path / f"{rows}.xlsx", cells, *texts)
        del texts, cells
        tracemalloc.start()
        with open_table(path, path.name) as table:
            assert table.count() == rows - 1
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    # eight bytes a text, and the parser's buffers
    assert peak(60_000) - peak(20_000) < 40_000 * 8 * 3
