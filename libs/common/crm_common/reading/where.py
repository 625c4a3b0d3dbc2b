"""A condition that the service itself adds to a list, with its values bound."""

from __future__ import annotations

from typing import Any


class Where:
    """``Where("{t}.department_id = {department}", department=query.department_id)``.

    ``{t}`` stands for the row's alias, ``{me}`` for the actor's id, ``{now}`` for the clock's time, every other name in
    braces for the keyword of that name. A value is a UUID, str, int, bool, Decimal, date, datetime, or a list or tuple of
    UUIDs or strs (``= ANY({ids})``). The text is part of the cached statement: make it of constants, never of input.
    """

    __slots__ = ("sql", "values")

    def __init__(self, sql: str, **values: Any) -> None:
        self.sql = sql
        self.values = values
