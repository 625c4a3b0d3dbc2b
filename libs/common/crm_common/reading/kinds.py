"""Kinds of values: how each leaves PostgreSQL as JSON, how each enters it as a bound text, how it compares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

import msgspec
import sqlalchemy as sa

MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value. ``cast`` is its PostgreSQL type; values are bound as text under that cast.

    So the statement's parameter types never depend on a value, and one statement serves every request of a shape.
    """

    name: str
    cast: str
    python: Any
    operators: frozenset[str] = frozenset()
    json: str = "{}"
    """How an expression leaves as JSON: row_to_json does the rest."""
    text: str = "{}::text"
    """How an expression stands in a cursor: exact, and readable by `bind`."""
    comparable: str = "{}"
    """How an expression is compared and sorted: text by code points, so that no server's locale matters."""
    check: Callable[[Any], str] = str
    element: Kind | None = None
    """Of a list: the kind of what is in it."""

    def bind(self, value: Any, *, lax: bool = False) -> str:
        """The text to bind for a JSON value; ValueError says what is wrong. ``lax`` reads it from text (cursors)."""
        try:
            return self.check(msgspec.convert(value, self.python, strict=not lax))
        except msgspec.ValidationError as wrong:
            raise ValueError(str(wrong)) from wrong


def text_array(texts: list[str]) -> str:
    """A PostgreSQL array literal of values that are already texts."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def clean_text(value: str) -> str:
    """The text, or ValueError when PostgreSQL could not hold it (NUL, half of a surrogate pair) or nobody means it."""
    if len(value) > MAX_TEXT:
        raise ValueError(f"at most {MAX_TEXT} characters")
    if "\x00" in value:
        raise ValueError("a text has no NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("not valid Unicode") from None
    return value


def _whole(value: int) -> str:
    if not -(2**63) <= value < 2**63:
        raise ValueError("a whole number of at most 64 bits")
    return str(value)


def _decimal(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > 100 or len(value.as_tuple().digits) > 100:
        raise ValueError("a decimal number of at most 100 digits")
    return str(value)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time needs its offset, as in 2026-11-23T10:00:00Z")
    return value.isoformat()


def _enumerated(value: Enum) -> str:
    return str(value.value)


_LISTS = frozenset({"has_any", "has_all", "has_none", "is_empty"})
_EQUALITY = frozenset({"eq", "ne", "in", "not_in", "is_null"})
_RANGE = frozenset({"lt", "lte", "gt", "gte", "between"})
_RELATIVE = frozenset({"within_last", "within_next", "older_than", "in_period"})
_BY_CODE_POINT = '{} COLLATE "C"'
_MOMENT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

TEXT = Kind(
    "text", "text", str, _EQUALITY | _RANGE | {"contains", "starts_with", "is_empty"},
    text="{}", comparable=_BY_CODE_POINT, check=clean_text,
)  # fmt: skip
IDENTIFIER = Kind("id", "uuid", UUID, _EQUALITY)
BOOLEAN = Kind("boolean", "boolean", bool, frozenset({"eq", "ne", "is_null"}), check=lambda value: str(value).lower())
WHOLE = Kind("whole number", "bigint", int, _EQUALITY | _RANGE, check=_whole)
# numbers that a JSON reader may round leave as text
LONG = Kind("long whole number", "bigint", int, _EQUALITY | _RANGE, json="{}::text", check=_whole)
DECIMAL = Kind("decimal", "numeric", Decimal, _EQUALITY | _RANGE, json="{}::text", check=_decimal)
FLOAT = Kind("float", "double precision", float, _EQUALITY | _RANGE)
DAY = Kind("date", "date", date, _EQUALITY | _RANGE | _RELATIVE, check=date.isoformat)
MOMENT = Kind(
    "time", "timestamptz", datetime, _EQUALITY | _RANGE | _RELATIVE, json=_MOMENT, text=_MOMENT, check=_moment
)
OPAQUE = Kind("opaque", "jsonb", Any)
MASKED = Kind("masked text", "text", str, frozenset({"eq", "in"}), check=clean_text)

_BY_TYPE: dict[Any, Kind] = {
    str: TEXT, UUID: IDENTIFIER, bool: BOOLEAN, int: WHOLE, Decimal: DECIMAL, float: FLOAT, date: DAY, datetime: MOMENT,
}  # fmt: skip


def element_of(declared: Any) -> Any | None:
    """The type of what is in a list; None when the type is not that of a list."""
    if get_origin(declared) is not list:
        return None
    inner = get_args(declared)[0]
    return get_args(inner)[0] if get_origin(inner) is Annotated else inner


def kind_of(declared: Any, column: sa.Column[Any] | None) -> Kind:
    """The kind of a field declared as ``declared`` and bound to ``column`` (None for an expression)."""
    if isinstance(declared, type) and issubclass(declared, Enum):
        # a native enum is compared by its labels, as any other text
        native = column is not None and isinstance(column.type, sa.Enum) and column.type.native_enum
        label = "{}::text" if native else "{}"
        sorted_as = _BY_CODE_POINT.format(label)
        return Kind(
            "choice", "text", declared, _EQUALITY, json=label, text=label, comparable=sorted_as, check=_enumerated
        )
    if (each := element_of(declared)) is not None:
        element = kind_of(each, None)
        if element is MOMENT:
            raise TypeError("a list of times has no form in JSON here: bind a list of records")
        # what is no array of the database cannot be searched by an index either
        known = _LISTS if column is None or isinstance(column.type, sa.ARRAY) else frozenset[str]()
        form = "{}::text[]" if element is DECIMAL else "{}"
        return Kind("list", f"{element.cast}[]", declared, known, json=form, element=element)
    if column is not None and isinstance(column.type, sa.BigInteger) and declared is int:
        return LONG
    return _BY_TYPE.get(declared, OPAQUE)


def kind_of_column(column: sa.Column[Any]) -> Kind:
    """The kind of a column that no field shows (the step of an order)."""
    return kind_of(column.type.python_type, column)
