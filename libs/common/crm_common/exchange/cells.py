"""Makes the values of a column out of cells as people fill them: full-width digits, lost digits, dates of all forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_common.errors import CrmError
from crm_common.exchange.columns import Column, Kind
from crm_common.exchange.values import Cell, Numeral, Unusable, moment_of
from crm_common.exchange.written_dates import date_in
from crm_common.protocol.exchange_rules import ExchangeRules

_INVISIBLE = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x200B, 0x200C, 0x200D, 0x2060,
                            0xFEFF, 0xAD])  # fmt: skip
_SPACES = dict.fromkeys([0xA0, 0x2007, 0x202F, 0x3000], " ")
_CLEAN: dict[int, str | None] = {**_INVISIBLE, **_SPACES}
_SCIENTIFIC = re.compile(r"([+-]?\d)(?:\.(\d*))?[eE]\+?(\d{1,3})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TRUE = {"是", "有", "对", "y", "yes", "true", "t", "1", "√", "✓"}
_FALSE = {"否", "无", "没有", "错", "n", "no", "false", "f", "0", "×"}
_SEPARATED = re.compile(r"[,，;；、|\n]")

Reader = Callable[[Cell], Any]
"""Gives the value of a cell, None for an empty one; raises a `CrmError` for one that cannot be taken."""


def text_of(cell: Cell) -> str:
    """The cell as a text: trimmed, without invisible signs, the spreadsheet's leading apostrophe and line-end forms."""
    if isinstance(cell, Unusable):
        raise CrmError(cell.why.code, cell.why.rule, details=cell.why.details)
    if cell is None:
        return ""
    if isinstance(cell, Numeral):
        return _digits_of(cell)
    if isinstance(cell, str):
        return _cleaned(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return cell.date().isoformat() if _is_midnight(cell) else cell.isoformat(" ")


def shown(cell: Cell) -> str:
    """The cell for a preview: as :func:`text_of`, and for what cannot be taken the reason."""
    try:
        return text_of(cell)
    except CrmError as refused:
        return f"⚠ {refused.message('zh')}"


def reader_of(column: Column) -> Reader:
    """The function that reads the column's cells."""
    if column.kind in (Kind.CHOICE, Kind.CHOICES):
        return _choice_reader(column)
    return _READERS[column.kind]


def _cleaned(text: str) -> str:
    if text.isascii() and text.isprintable():
        text = text.strip()
    else:
        text = text.translate(_CLEAN).replace("\r\n", "\n").replace("\r", "\n").strip()
    return text[1:].lstrip() if text.startswith("'") else text


def _digits_of(numeral: str) -> str:
    """A workbook's number without exponent and empty decimals; VALIDATION beyond the 15 digits that it keeps."""
    if numeral.isdecimal() and len(numeral) <= 15:
        return numeral
    try:
        number = Decimal(numeral)
    except InvalidOperation:
        return str(numeral)
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ExchangeRules.digits_were_lost(value=str(numeral)[:40])
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_midnight(moment: datetime) -> bool:
    return not (moment.hour or moment.minute or moment.second)


def _text(cell: Cell) -> str | None:
    return text_of(cell) or None


def _code(cell: Cell) -> str | None:
    text = text_of(cell)
    if not text:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if isinstance(cell, Numeral):
        return text
    if found := _SCIENTIFIC.fullmatch(text):
        return _unfolded(text, found)
    whole, _, decimals = text.partition(".")
    # what a program writes that took a column of numbers for decimals
    return whole if decimals and not decimals.strip("0") and whole.isdecimal() else text


def _unfolded(text: str, found: re.Match[str]) -> str:
    digits, exponent = found[2] or "", int(found[3])
    if len(digits) < exponent:
        raise ExchangeRules.digits_were_lost(value=text)
    return format(Decimal(text).quantize(Decimal(1)) if not digits[exponent:].strip("0") else Decimal(text), "f")


def _number(cell: Cell) -> Decimal | None:
    if isinstance(cell, Numeral):
        text = str(cell)
    else:
        text = unicodedata.normalize("NFKC", text_of(cell)).replace(" ", "")
        if not text:
            return None
        text = text.removeprefix("¥").removeprefix("￥").removesuffix("元")
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation as wrong:
        raise ExchangeRules.this_is_no_number(value=text[:40]) from wrong
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ExchangeRules.this_is_no_number(value=text[:40])
    return number


def _integer(cell: Cell) -> int | None:
    number = _number(cell)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise ExchangeRules.this_is_no_whole_number(value=str(number)[:40])
    return int(number)


def _datetime(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, Numeral):
        found = moment_of(cell)
        if found is None:
            raise ExchangeRules.this_is_no_date(value=str(cell)[:40])
        return found
    text = text_of(cell)
    return date_in(text) if text else None


def _date(cell: Cell) -> date | None:
    found = _datetime(cell)
    return None if found is None else found.date()


def _boolean(cell: Cell) -> bool | None:
    if isinstance(cell, bool):
        return cell
    text = unicodedata.normalize("NFKC", text_of(cell)).casefold()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text:
        raise ExchangeRules.this_is_neither_yes_nor_no(value=text[:40])
    return None


def _choice_reader(column: Column) -> Reader:
    known: dict[str, str] = {}
    for choice in column.choices:
        for name in (choice.value, choice.en, choice.zh):
            known.setdefault(_folded(name), choice.value)

    def one(text: str) -> str:
        found = known.get(_folded(text))
        if found is None:
            listed = ", ".join(choice.zh for choice in column.choices[:20])
            raise ExchangeRules.this_is_no_choice(value=text[:40], known=listed)
        return found

    if column.kind is Kind.CHOICE:
        return lambda cell: one(text) if (text := text_of(cell)) else None

    def several(cell: Cell) -> list[str] | None:
        parts = [part.strip() for part in _SEPARATED.split(text_of(cell))]
        return list(dict.fromkeys(one(part) for part in parts if part)) or None

    return several


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


_READERS: dict[Kind, Reader] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.PHONE: _code,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.BOOLEAN: _boolean,
}
