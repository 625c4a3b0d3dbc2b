"""IOX-01: cells as people fill them become exact values, or a sentence that says how to write them."""

# ruff: noqa: DTZ001 - spreadsheets know no zones

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crm_common.errors import CrmError
from crm_common.exchange import Choice, Column, Kind, Row, guess
from crm_common.exchange.cells import reader_of, shown, text_of
from crm_common.exchange.rows import ReadRow, RowReader
from crm_common.exchange.values import Numeral, Unusable
from crm_common.protocol.exchange_rules import ExchangeRules

SIZES = (Choice("SMALL", "Small", "小型"), Choice("LARGE", "Large", "大型"))


def value(kind: Kind, cell: Any) -> Any:
    return reader_of(Column(key="x", en="X", zh="某", kind=kind, choices=SIZES))(cell)


def refused(kind: Kind, cell: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(CrmError) as refusal:
        value(kind, cell)
    assert "{" not in refusal.value.message("zh") + refusal.value.message("en")
    return refusal.value.rule, refusal.value.details


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("'13812345678", "13812345678"),
        (" 138\xa01234 5678\u200b", "138 1234 5678"),
        ("13812345678.0", "13812345678"),
        ("1.3812345678E10", "13812345678"),
        ("1.3812345678e+10", "13812345678"),
        ("+86 138-1234-5678", "+86 138-1234-5678"),
        (Numeral("13812345678"), "13812345678"),
        (Numeral("1.3812345678E10"), "13812345678"),
        (Numeral("13812345678.0"), "13812345678"),
        ("０２１－６２３４５６７８", "021-62345678"),
        ("  ", None),
        (None, None),
    ],
)
def test_a_phone_number_is_exact(cell: Any, phone: str | None) -> None:
    assert value(Kind.PHONE, cell) == phone


@pytest.mark.parametrize("cell", ["1.38E+10", "1.3812E10", "1E11", Numeral("1.1010119900307E+17")])
def test_a_number_that_has_lost_digits_is_not_guessed(cell: Any) -> None:
    assert refused(Kind.PHONE, cell) == ("digits_were_lost", {"value": str(cell)})


def test_a_code_keeps_its_leading_zeros_and_a_real_fraction() -> None:
    assert [value(Kind.CODE, each) for each in ("007", "00.50", "1.5", "A.0")] == ["007", "00.50", "1.5", "A.0"]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024年3月5日", datetime(2024, 3, 5)),
        ("2024年03月05号", datetime(2024, 3, 5)),
        ("２０２４年３月５日 下午".removesuffix(" 下午"), datetime(2024, 3, 5)),
        ("2024/3/5", datetime(2024, 3, 5)),
        ("2024-03-05", datetime(2024, 3, 5)),
        ("2024.3.5", datetime(2024, 3, 5)),
        ("20240305", datetime(2024, 3, 5)),
        ("2024-03-05T14:30:15Z", datetime(2024, 3, 5, 14, 30, 15)),
        ("2024/3/5 14:30", datetime(2024, 3, 5, 14, 30)),
        ("2024年3月5日 14时30分", datetime(2024, 3, 5, 14, 30)),
        ("5-Mar-2024", datetime(2024, 3, 5)),
        ("March 5, 2024", datetime(2024, 3, 5)),
        ("25.3.2024", datetime(2024, 3, 25)),
        ("3/25/2024", datetime(2024, 3, 25)),
        ("4.4.2024", datetime(2024, 4, 4)),
        ("45356", datetime(2024, 3, 5)),
        (Numeral("45356"), datetime(2024, 3, 5)),
        (Numeral("45356.75"), datetime(2024, 3, 5, 18)),
        (Numeral("59"), datetime(1900, 2, 28)),
        (datetime(2024, 3, 5, 8), datetime(2024, 3, 5, 8)),
    ],
)
def test_a_date_is_understood_in_every_form_that_has_one_meaning(cell: Any, moment: datetime) -> None:
    assert value(Kind.DATETIME, cell) == moment
    assert value(Kind.DATE, cell) == moment.date()


@pytest.mark.parametrize("cell", ["5.3.2024", "03/05/2024", "12-11-2024", "24/3/5", "5.3.24"])
def test_a_date_with_two_meanings_is_refused(cell: str) -> None:
    assert refused(Kind.DATE, cell) == ("the_date_is_ambiguous", {"value": cell})


@pytest.mark.parametrize(
    "cell", ["2024-02-30", "2024年13月1日", "昨天", "31.31.2024", "0", "5 Foo 2024", Numeral("-1")]
)
def test_what_is_no_date_is_refused(cell: Any) -> None:
    assert refused(Kind.DATE, cell)[0] == "this_is_no_date"


def test_numbers_are_exact() -> None:
    cells = ["1,234,567.89", "￥１２．５０元", "-3", Numeral("0.1"), Numeral("1E3"), ""]
    found = [value(Kind.NUMBER, each) for each in cells]
    assert found == [Decimal("1234567.89"), Decimal("12.50"), Decimal(-3), Decimal("0.1"), Decimal(1000), None]
    assert [value(Kind.INTEGER, each) for each in ("12.0", Numeral("7"))] == [12, 7]
    assert refused(Kind.INTEGER, "1.5")[0] == "this_is_no_whole_number"
    for wrong in ("1,2", "十二", "NaN", "inf", "1e999999"):
        assert refused(Kind.NUMBER, wrong) == ("this_is_no_number", {"value": wrong})


def test_truths_and_choices_are_understood_in_both_languages() -> None:
    assert [value(Kind.BOOLEAN, each) for each in ("是", "Ｎ", True, "√", "")] == [True, False, True, True, None]
    assert refused(Kind.BOOLEAN, "也许")[0] == "this_is_neither_yes_nor_no"
    assert [value(Kind.CHOICE, each) for each in ("大型", "small", "LARGE", None)] == ["LARGE", "SMALL", "LARGE", None]
    assert value(Kind.CHOICES, "大型、Small；大型") == ["LARGE", "SMALL"]
    assert refused(Kind.CHOICE, "中型") == ("this_is_no_choice", {"value": "中型", "known": "小型, 大型"})


def test_texts_lose_what_nobody_sees() -> None:
    assert text_of("\ufeff'=1+1\u200b ") == "=1+1"
    assert text_of("上海\xa0浦东\r\n二楼") == "上海 浦东\n二楼"
    assert [text_of(each) for each in (Numeral("12.50"), True, datetime(2024, 3, 5), datetime(2024, 3, 5, 9, 1))] == [
        "12.5", "TRUE", "2024-03-05", "2024-03-05 09:01:00",
    ]  # fmt: skip
    assert shown(Unusable.because(ExchangeRules.a_cell_holds_a_formula())) == "⚠ 单元格是公式，请粘贴为数值。"


COLUMNS = (
    Column(key="name", en="Name", zh="客户姓名", needed=True, also=("公司名称",)),
    Column(key="phone", en="Phone", zh="手机号码", kind=Kind.PHONE, needed=True),
    Column(key="custom.size", en="Size", zh="规模", kind=Kind.CHOICE, choices=SIZES),
)


def test_headings_are_recognised_in_both_languages_and_each_column_once() -> None:
    header = ["* 客户姓名", "PHONE（必填）", "size", "公司名称", "", "whatever"]
    assert guess(header, COLUMNS) == ["name", "phone", "custom.size", None, None, None]


def test_a_row_is_its_values_or_everything_that_is_wrong_with_it() -> None:
    reader = RowReader(COLUMNS, ["name", None, "phone", "custom.size"])
    assert reader.read(Row(2, ["王小明", "x", Numeral("13812345678")])) == ReadRow(
        2, {"name": "王小明", "phone": "13812345678"}
    )
    bad = reader.read(Row(3, [None, "x", "1.38E+10", "中型", "beyond"]))
    assert [(fault.rule, fault.field) for fault in bad.faults] == [
        ("digits_were_lost", "phone"),
        ("this_is_no_choice", "custom.size"),
        ("the_value_is_needed", "name"),
        ("the_row_has_more_cells_than_the_heading", None),
    ]


def test_a_date_column_gives_dates() -> None:
    assert value(Kind.DATE, "2024/3/5") == date(2024, 3, 5)
