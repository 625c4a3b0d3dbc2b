"""Dates as people write them. What can be read in two ways is refused: a guess would be wrong for half of them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from crm_common.exchange.values import moment_of
from crm_common.protocol.exchange_rules import ExchangeRules

_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name[:length]: number for number, name in enumerate(_NAMES, 1) for length in (3, 4, len(name))}
_TIME = r"(?:[T ]\s*(?P<h>\d{1,2})[:时点](?P<m>\d{1,2})分?(?::?(?P<s>\d{1,2})(?:\.\d+)?秒?)?\s*(?:Z|\+00:?00)?)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})[日号]?\s*" + _TIME
)
_PACKED = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _TIME)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<year>\d{4})\s*" + _TIME)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[-. ]+(?P<name>[A-Za-z]{3,9})[-., ]+(?P<year>\d{4})\s*" + _TIME)
_NAME_FIRST = re.compile(r"(?P<name>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})\s*" + _TIME)
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")


def date_in(text: str) -> datetime:
    """The naive moment that ``text`` writes; VALIDATION where it writes none, or one of two."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        for pattern in (_YEAR_FIRST, _PACKED):
            if found := pattern.fullmatch(plain):
                return _moment(found, int(found["month"]), int(found["day"]))
        if found := _YEAR_LAST.fullmatch(plain):
            return _year_last(found, text)
        for pattern in (_DAY_FIRST, _NAME_FIRST):
            if found := pattern.fullmatch(plain):
                return _moment(found, _MONTHS[found["name"].lower()], int(found["day"]))
    except (ValueError, KeyError) as wrong:
        raise ExchangeRules.this_is_no_date(value=text[:40]) from wrong
    if _SHORT_YEAR.fullmatch(plain):
        raise ExchangeRules.the_date_is_ambiguous(value=text[:40])
    serial = moment_of(plain) if _SERIAL.fullmatch(plain) else None
    if serial is None:
        raise ExchangeRules.this_is_no_date(value=text[:40])
    return serial


def _year_last(found: re.Match[str], text: str) -> datetime:
    one, two = int(found["one"]), int(found["two"])
    if one <= 12 and two <= 12 and one != two:
        raise ExchangeRules.the_date_is_ambiguous(value=text[:40])
    # only one of them can be the month
    return _moment(found, min(one, two), max(one, two))


def _moment(found: re.Match[str], month: int, day: int) -> datetime:
    clock = (int(found["h"] or 0), int(found["m"] or 0), int(found["s"] or 0))
    year = int(found["year"])
    if not 1900 <= year <= 2999:
        raise ValueError(f"the year {year}")
    return datetime(year, month, day, *clock)  # noqa: DTZ001 - spreadsheets know no zones
