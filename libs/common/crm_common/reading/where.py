"""A condition that the service itself adds to a list, with its values bound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.reading.kinds import clean_text, text_array

_AS_TEXT: dict[type, tuple[str, Callable[[Any], str]]] = {
    UUID: ("uuid", str),
    str: ("text", clean_text),
    bool: ("boolean", lambda value: str(value).lower()),
    int: ("bigint", str),
    Decimal: ("numeric", str),
    date: ("date", date.isoformat),
    datetime: ("timestamptz", datetime.isoformat),
}


class Where:
    """``Where("{t}.department_id = {department}", department=query.department_id)``.

    ``{t}`` stands for the row's alias, ``{me}`` for the actor's id, ``{now}`` for the clock's time, every other name in
    braces for the keyword of that name. A value is a UUID, str, int, bool, Decimal, date, datetime, or a list or tuple
    of UUIDs or strs (``= ANY({ids})``). The text is part of the cached statement: make it of constants, never of input.
    ``selective`` says that an index finds the few rows for which it holds (those of one department, of one customer):
    then whether the viewer may see them is asked row by row.
    """

    __slots__ = ("_values", "selective", "sql")

    def __init__(self, sql: str, /, *, selective: bool = False, **values: Any) -> None:
        self.selective = selective
        self._values: dict[str, str] = {}
        for name, value in values.items():
            cast, self._values[f"where_{name}"] = _as_text(value)
            sql = sql.replace(f"{{{name}}}", f"{{where_{name}}}::{cast}")
        self.sql = sql

    def bound(self) -> dict[str, str]:
        """The values as texts, under the names they have in `sql`."""
        return self._values


def _as_text(value: Any) -> tuple[str, str]:
    if isinstance(value, list | tuple):
        # an empty list says nothing of its type: ids are what lists hold here
        cast, text = _AS_TEXT[type(value[0]) if value else UUID]
        return f"{cast}[]", text_array([text(each) for each in value])
    cast, text = _AS_TEXT[type(value)]
    return cast, text(value)
