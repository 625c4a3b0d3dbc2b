"""Lists sorted by a value in a table of its own: its index gives the order, records without a value come behind.

The statement sees no more records than a page has, however many there are; who has none is looked for only when the
others do not fill the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crm_common.reading import orders
from crm_common.reading.bindings import Apart, Binding
from crm_common.reading.nodes import placed

_VALUES = '"-v"'


class Window(Protocol):
    """Which part of the list is read; ``after`` and ``before`` say which values of the cursor are null."""

    @property
    def size(self) -> int: ...
    @property
    def backward(self) -> bool: ...
    @property
    def after(self) -> tuple[bool, ...] | None: ...
    @property
    def before(self) -> tuple[bool, ...] | None: ...


def rows(binding: Binding, steps: orders.Steps, source: str, reached: Sequence[str], window: Window) -> str:
    """One record more than the page holds, in the direction of reading, each with its place."""
    found = _Found(binding, steps, source, reached, window)
    parts = []
    if not (window.after is not None and window.after[0]):
        parts.append(found.present())
    if window.before is None or window.before[0]:
        parts.append(found.absent())
    if window.backward:
        parts.reverse()
    if not parts:
        return f'SELECT {source}.*, 0 AS "-place" FROM {binding.table} {source} WHERE false'
    if len(parts) == 1:
        return f'SELECT {source}.*, row_number() OVER () AS "-place" FROM ({parts[0]}) {source}'
    return _one_after_the_other(source, *parts, size=window.size + 1)


def _one_after_the_other(source: str, first: str, then: str, *, size: int) -> str:
    filled = f'(SELECT count(*) FROM "-first") < {size}'
    both = (
        'SELECT f.*, 0 AS "-part", row_number() OVER () AS "-n" FROM "-first" f'
        f" UNION ALL SELECT s.*, 1, row_number() OVER () FROM ({then}) s WHERE {filled}"
    )
    place = 'row_number() OVER (ORDER BY "-part", "-n") AS "-place"'
    ordered = f'SELECT {source}.*, {place} FROM ({both}) {source} ORDER BY "-place" LIMIT {size}'
    return f'WITH "-first" AS MATERIALIZED ({first}) {ordered}'


class _Found:
    def __init__(
        self, binding: Binding, steps: orders.Steps, source: str, reached: Sequence[str], window: Window
    ) -> None:
        apart = steps[0].bound.apart
        assert apart is not None
        assert binding.key is not None
        self._apart: Apart = apart
        self._binding, self._steps, self._source, self._window = binding, steps, source, window
        self._reached = list(reached)
        self._key = placed(binding.key.sql, t=source)
        self._column = steps[0].bound.kind.comparable.format(f"{_VALUES}.{apart.column}")
        self._rest = placed(orders.clause(steps[1:], backward=window.backward), t=source)
        self._limit = f"LIMIT {window.size + 1}"

    def present(self) -> str:
        """The records that have a value, in the order of the index."""
        apart, step = self._apart, self._steps[0]
        conditions = [apart.condition.replace("{v}", _VALUES), f"{_VALUES}.{apart.column} IS NOT NULL"]
        conditions += self._from_the_cursor() + self._reached
        direction = " DESC" if step.descending is not self._window.backward else ""
        return (
            f"SELECT {self._source}.* FROM {apart.table} {_VALUES}"
            f" JOIN {self._binding.table} {self._source} ON {self._key} = {_VALUES}.{apart.key}"
            f" WHERE {' AND '.join(conditions)} ORDER BY {self._column}{direction}, {self._rest} {self._limit}"
        )

    def absent(self) -> str:
        """The records that have none."""
        apart = self._apart
        there = f"{apart.condition.replace('{v}', _VALUES)} AND {_VALUES}.{apart.column} IS NOT NULL"
        without = (
            f"NOT EXISTS (SELECT FROM {apart.table} {_VALUES} WHERE {there} AND {_VALUES}.{apart.key} = {self._key})"
        )
        conditions = " AND ".join([without, *self._reached])
        return (
            f"SELECT {self._source}.* FROM {self._binding.table} {self._source}"
            f" WHERE {conditions} ORDER BY {self._rest} {self._limit}"
        )

    def _from_the_cursor(self) -> list[str]:
        # implied by the conditions of the cursor, but only this is where an index can begin
        step, found = self._steps[0], []
        for name, nulls in (("after", self._window.after), ("before", self._window.before)):
            if nulls is not None and not nulls[0]:
                operator = "<=" if step.descending is (name == "after") else ">="
                found.append(f"{self._column} {operator} {{{name}0}}::{step.bound.kind.cast}")
        return found
