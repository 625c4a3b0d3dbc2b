"""The operators of filters: each turns a value into SQL on the row ``{t}``, in a form that a plain index can serve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from crm_common.protocol.filters import Period, TimeUnit
from crm_common.reading.bindings import Bound
from crm_common.reading.kinds import Kind


class Holder(Protocol):
    """Binds values and gives their placeholders."""

    def hold(self, kind: Kind, value: Any) -> str:
        """Bind a value; its placeholder with the kind's cast."""
        ...

    def hold_all(self, kind: Kind, values: Any, path: str) -> str:
        """Bind a list of values as one array, so that its length does not change the statement."""
        ...

    def hold_text(self, text: str, cast: str) -> str:
        """Bind what is already a text."""
        ...


Operator = Callable[[Holder, Bound, Any, str], str]
"""(where values are bound, what is compared, the value, its path) → SQL; ValueError says what is wrong."""


def _comparison(sign: str) -> Operator:
    def compare(into: Holder, bound: Bound, value: Any, _path: str) -> str:
        return f"{_left(bound)} {sign} {into.hold(bound.kind, value)}"

    return compare


def _not_equal(into: Holder, bound: Bound, value: Any, _path: str) -> str:
    return f"{_left(bound)} IS DISTINCT FROM {into.hold(bound.kind, value)}"


def _one_of(into: Holder, bound: Bound, values: Any, path: str) -> str:
    return f"{_left(bound)} = ANY ({into.hold_all(bound.kind, values, path)})"


def _none_of(into: Holder, bound: Bound, values: Any, path: str) -> str:
    return f"({_one_of(into, bound, values, path)}) IS NOT TRUE"


def _between(into: Holder, bound: Bound, value: Any, _path: str) -> str:
    if not isinstance(value, dict) or value.keys() != {"from", "to"}:
        raise ValueError("the lowest and the highest value: {from, to}")
    low, high = (into.hold(bound.kind, value[each]) for each in ("from", "to"))
    return f"({_left(bound)} >= {low} AND {_left(bound)} <= {high})"


def _contains(into: Holder, bound: Bound, value: Any, _path: str) -> str:
    text = bound.kind.bind(value)
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"{_left(bound)} LIKE {into.hold_text(f'%{text}%', 'text')}"


def _starts_with(into: Holder, bound: Bound, value: Any, _path: str) -> str:
    # a range instead of LIKE: an index serves it also when the value is only known at execution
    text = bound.kind.bind(value)
    after = successor(text)
    low = f"{_left(bound)} >= {into.hold_text(text, 'text')}"
    return low if after is None else f"({low} AND {_left(bound)} < {into.hold_text(after, 'text')})"


def successor(text: str) -> str | None:
    """The least text that is greater than every text beginning with ``text``; None when there is none."""
    kept = text.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    # surrogates are no characters of a text
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)


def _is_null(_into: Holder, bound: Bound, value: Any, _path: str) -> str:
    return f"{bound.sql} IS {'' if _flag(value) else 'NOT '}NULL"


def _is_empty(_into: Holder, bound: Bound, value: Any, _path: str) -> str:
    empty = "'{}'" if bound.kind.element else "''"
    if _flag(value):
        return f"({bound.sql} IS NULL OR {_left(bound)} = {empty})"
    return f"{_left(bound)} > {empty}"


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004 - refused like every other value
    return value


def _array(sign: str) -> Operator:
    def compare(into: Holder, bound: Bound, values: Any, path: str) -> str:
        assert bound.kind.element is not None
        return f"{bound.sql} {sign} {into.hold_all(bound.kind.element, values, path)}"

    return compare


def _has_none(into: Holder, bound: Bound, values: Any, path: str) -> str:
    return f"({OPERATORS['has_any'](into, bound, values, path)}) IS NOT TRUE"


class _Span(msgspec.Struct, forbid_unknown_fields=True):
    amount: int
    unit: TimeUnit


_ISO = {"HOUR": "PT{}H", "DAY": "P{}D", "WEEK": "P{}W", "MONTH": "P{}M", "QUARTER": "P{}M", "YEAR": "P{}Y"}
# no longer than what can be added to a time without leaving PostgreSQL's calendar
_LONGEST = {"HOUR": 100_000, "DAY": 100_000}


def _span(value: Any) -> _Span:
    try:
        span = msgspec.convert(value, _Span)
    except msgspec.ValidationError as wrong:
        raise ValueError(str(wrong)) from wrong
    longest = _LONGEST.get(span.unit, 1_000)
    if not 0 <= span.amount <= longest:
        raise ValueError(f"from 0 to {longest} {span.unit}")
    return span


def _shifted(into: Holder, bound: Bound, value: Any, sign: str) -> str:
    """The query's now, so much earlier or later: an expression of values only, computed once."""
    span = _span(value)
    interval = into.hold_text(_ISO[span.unit].format(span.amount * (3 if span.unit == "QUARTER" else 1)), "interval")
    if bound.kind.cast == "date":
        return f"({_LOCAL} {sign} {interval})::date"
    # an hour is an hour wherever the clocks are put forward
    if span.unit == "HOUR":
        return f"({{now}} {sign} {interval})"
    return f"(({_LOCAL} {sign} {interval}) AT TIME ZONE {{zone}})"


# a day begins where the company is
_LOCAL = "({now} AT TIME ZONE {zone})"


def _now(bound: Bound) -> str:
    return f"{_LOCAL}::date" if bound.kind.cast == "date" else "{now}"


def _within_last(into: Holder, bound: Bound, value: Any, _path: str) -> str:
    return f"({_left(bound)} >= {_shifted(into, bound, value, '-')} AND {_left(bound)} <= {_now(bound)})"


def _within_next(into: Holder, bound: Bound, value: Any, _path: str) -> str:
    return f"({_left(bound)} >= {_now(bound)} AND {_left(bound)} <= {_shifted(into, bound, value, '+')})"


def _older_than(into: Holder, bound: Bound, value: Any, _path: str) -> str:
    return f"{_left(bound)} < {_shifted(into, bound, value, '-')}"


_LENGTHS = {"day": "1 day", "week": "7 days", "month": "1 month", "quarter": "3 months", "year": "1 year"}
_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_STEPS = {"LAST": -1, "THIS": 0, "NEXT": 1}


def _in_period(_into: Holder, bound: Bound, value: Any, _path: str) -> str:
    if value not in Period.__members__:
        raise ValueError(f"one of {', '.join(Period)}")
    if value in _DAYS:
        unit, step = "day", _DAYS[value]
    else:
        word, _, unit = value.lower().partition("_")
        step = _STEPS[word.upper()]
    begin, end = (_edge(bound, unit, step + offset) for offset in (0, 1))
    return f"({_left(bound)} >= {begin} AND {_left(bound)} < {end})"


def _edge(bound: Bound, unit: str, step: int) -> str:
    local = f"date_trunc('{unit}', {_LOCAL}) + {step} * interval '{_LENGTHS[unit]}'"
    return f"({local})::date" if bound.kind.cast == "date" else f"(({local}) AT TIME ZONE {{zone}})"


def _left(bound: Bound) -> str:
    return bound.kind.comparable.format(bound.sql)


OPERATORS: dict[str, Operator] = {
    "eq": _comparison("="),
    "ne": _not_equal,
    "in": _one_of,
    "not_in": _none_of,
    "lt": _comparison("<"),
    "lte": _comparison("<="),
    "gt": _comparison(">"),
    "gte": _comparison(">="),
    "between": _between,
    "contains": _contains,
    "starts_with": _starts_with,
    "is_null": _is_null,
    "is_empty": _is_empty,
    "has_any": _array("&&"),
    "has_all": _array("@>"),
    "has_none": _has_none,
    "within_last": _within_last,
    "within_next": _within_next,
    "older_than": _older_than,
    "in_period": _in_period,
}
