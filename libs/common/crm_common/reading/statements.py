"""Puts a statement together: a page, records by id, one record. Text only; values stay names until they are bound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from crm_common.protocol.selection import Selection
from crm_common.reading import apart, cursors, few, orders
from crm_common.reading.bindings import Binding
from crm_common.reading.nodes import Compiler, Row, Viewer, existing, placed
from crm_common.reading.scope import Reach
from crm_common.reading.selections import Bindings

# The values that every statement may name, with their types; all others say theirs where they stand.
_CASTS = {"me": "uuid", "department": "uuid", "now": "timestamptz", "zone": "text", "language": "text"}
_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Statement:
    """A finished statement: its text with ``%(name)s``, and which values it names."""

    sql: str
    names: frozenset[str]

    def arrange(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        """Of the values those that it names; KeyError when one is missing."""
        return {name: values[name] for name in self.names}


def finish(text: str) -> Statement:
    """The statement of a text in which ``{name}`` stands for each value."""
    names: set[str] = set()

    def bound(found: re.Match[str]) -> str:
        name = found.group(1)
        names.add(name)
        return f"%({name})s::{_CASTS[name]}" if name in _CASTS else f"%({name})s"

    return Statement(_NAME.sub(bound, text.replace("%", "%%")), frozenset(names))


class Asked(NamedTuple):
    """What is read, of which records, by whom."""

    bindings: Bindings
    binding: Binding
    selection: Selection
    viewer: Viewer


class Window(NamedTuple):
    """Which part of a list is read. ``after``, ``before``: which values of the cursor are null; None without one."""

    size: int
    backward: bool
    after: tuple[bool, ...] | None
    before: tuple[bool, ...] | None


class Wanted(NamedTuple):
    """What a page carries beside its records. ``total``: the number up to which is counted; None: not asked for."""

    cursors: bool
    total: int | None


class Conditions(NamedTuple):
    """What narrows a list, with ``{t}``; and the form that the scope's condition takes in listing and in counting."""

    filter: str
    where: str
    listing: Reach
    counting: Reach


def page(asked: Asked, steps: orders.Steps, conditions: Conditions, window: Window, wanted: Wanted) -> Statement:
    """The page as one JSON object; its total counts what the conditions leave."""
    compiler = Compiler(asked.bindings, asked.viewer)
    made = _Page(asked, compiler, steps, conditions, window, compiler.alias())
    row = Row(compiler.alias())
    if wanted.total is not None and conditions.filter and not made.is_apart:
        held, rows, number = made.held(wanted.total)
    else:
        held, rows, number = "", made.rows(), made.number(wanted.total or 0)
    node = compiler.node(asked.binding, asked.selection, row)
    cursor = placed(cursors.expression(steps), t=row.alias) if wanted.cursors else ""
    place = f'{row.alias}."-place"'
    kept = f"ORDER BY {place}{' DESC' if window.backward else ''}) FILTER (WHERE {place} <= {window.size})"
    more = f"count(*) > {window.size}"
    head = [
        f"coalesce(json_agg({node} {kept}, '[]') AS nodes",
        f"coalesce(json_agg({cursor} {kept}, '[]') AS cursors" if cursor else "NULL::json AS cursors",
        f"{_flag(window.before is not None) if window.backward else more} AS has_next",
        f"{more if window.backward else _flag(window.after is not None)} AS has_previous",
    ]
    found = f"SELECT {', '.join(head)} FROM ({rows}) {row.alias}{_joins(row)}"
    return finish(held + _with_total(found, number, wanted.total))


class _Page:
    """Where a page's rows and their number come from."""

    def __init__(  # noqa: PLR0917 - the whole of what is asked
        self,
        asked: Asked,
        compiler: Compiler,
        steps: orders.Steps,
        conditions: Conditions,
        window: Window,
        source: str,
    ) -> None:
        self._binding, self._compiler, self._steps = asked.binding, compiler, steps
        self._conditions, self._window, self._source = conditions, window, source
        self._own = [f"({placed(each, t=source)})" for each in (conditions.filter, conditions.where) if each]
        self.is_apart = conditions.listing is not Reach.FEW and bool(steps) and steps[0].bound.apart is not None
        """The order comes from another table's index."""

    def rows(self, *, otherwise: bool = False) -> str:
        """One record more than the page holds, in the direction of reading, each with its place."""
        reached = self._visible(self._conditions.listing) + self._own
        reached = (few.otherwise(reached) if otherwise else reached) + self._cursors()
        if self.is_apart:
            return apart.rows(self._binding, self._steps, self._source, reached, self._window)
        return self._ordered(self._binding.table, reached)

    def number(self, limit: int) -> str:
        """How many there are, as ``n``: no more than one over the limit is counted."""
        source = self._source
        where = _where(self._visible(self._conditions.counting) + self._own)
        found = f"SELECT FROM {self._binding.table} {source}{where} LIMIT {limit + 1}"
        return f"SELECT count(*) AS n FROM ({found}) {source}"

    def held(self, limit: int) -> tuple[str, str, str]:
        """The WITH clause, the rows and the number where few records may serve both."""
        counting = self._conditions.counting
        if counting is Reach.MANY:
            found = existing(self._binding, None, self._source, counting)
            halves = few.Halves(found + self._own, self._visible(Reach.PROBE))
        else:
            halves = few.Halves(self._visible(counting) + self._own, [])
        rows = few.Paths(self._ordered('"-seen"', self._cursors()), self.rows(otherwise=True))
        number = few.Paths('SELECT count(*) FROM "-seen"', self.number(limit))
        return few.held(self._binding, self._source, halves), few.rows(rows), few.number(number)

    def _ordered(self, table: str, conditions: list[str]) -> str:
        source, window = self._source, self._window
        order = placed(orders.clause(self._steps, backward=window.backward), t=source)
        # numbered outside: inside, the numbering would have to see every row before the limit does
        ordered = f"SELECT {source}.* FROM {table} {source}{_where(conditions)} ORDER BY {order}"
        return f'SELECT {source}.*, row_number() OVER () AS "-place" FROM ({ordered} LIMIT {window.size + 1}) {source}'

    def _visible(self, reach: Reach) -> list[str]:
        return self._compiler.visible(self._binding, self._source, reach)

    def _cursors(self) -> list[str]:
        found = []
        if self._window.after is not None:
            found.append(orders.keyset(self._steps, self._window.after, "after", before=False))
        if self._window.before is not None:
            found.append(orders.keyset(self._steps, self._window.before, "before", before=True))
        return [placed(each, t=self._source) for each in found]


def _with_total(found: str, number: str, limit: int | None) -> str:
    if limit is None:
        nothing = "NULL::int AS total, NULL::int AS total_at_least"
        return f'SELECT row_to_json("-") FROM (SELECT *, {nothing} FROM ({found}) f) "-"'
    totals = f"CASE WHEN n <= {limit} THEN n END AS total, least(n, {limit}) AS total_at_least"
    return f'SELECT row_to_json("-") FROM (SELECT f.*, {totals} FROM ({found}) f CROSS JOIN ({number}) c) "-"'


_MANY_OWNERS = 100


def reach(binding: Binding, kind: str) -> Statement:
    """How much the viewer sees: 0 to 3, as `reach.Reaches` understands them.

    Fetching all he sees costs as many rows; walking the order's index costs a page times (all / seen). The two meet at
    √(page · all). Where a filter keeps the walk from ending soon, walking only pays for who sees a good part of all.
    Of many owners' records those that a filter's own index finds are quicker told apart by a hash of the owners than by
    the list of them, which the other form has.
    """
    table = binding.table.replace("'", "''")
    rows = f"(SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = '{table}'::regclass)"
    few, some = f"(SELECT greatest(200, sqrt(50 * {rows})))", f"(SELECT greatest(200, least({rows} / 4, 50000)))"
    seen = " AND ".join(existing(binding, kind, "t", Reach.FEW))
    counted = f"SELECT count(*) AS n FROM (SELECT FROM {binding.table} t WHERE {seen} LIMIT {some}::bigint) s"
    owners = binding.scope.owners(kind) if binding.scope is not None else None
    many = f"(SELECT count(*) > {_MANY_OWNERS} FROM ({owners} LIMIT {_MANY_OWNERS + 1}) o)" if owners else "false"
    walked = f"CASE WHEN {many} THEN 2 ELSE 1 END"
    fetched = f"CASE WHEN {many} THEN 3 ELSE 0 END"
    decided = f"CASE WHEN n >= {some}::bigint THEN 2 WHEN n >= {few}::bigint THEN {walked} ELSE {fetched} END"
    return finish(f"SELECT {decided} FROM ({counted}) c")


def records(asked: Asked) -> Statement:
    """The records of ``{ids}`` as one JSON list aligned with it."""
    binding = asked.binding
    compiler, row, node = _record(asked)
    found = _lateral(compiler, binding, row, "ask.id")
    return finish(
        f"SELECT coalesce(json_agg(CASE WHEN {row.alias}.\"-there\" THEN {node} END ORDER BY ask.place), '[]')"
        f" FROM unnest({{ids}}::{_key(binding)[1]}[]) WITH ORDINALITY ask(id, place) {found}{_joins(row)}"
    )


def record(asked: Asked) -> Statement:
    """The record of ``{id}``; no row when there is none to see."""
    binding = asked.binding
    compiler, row, node = _record(asked)
    conditions = [f"{placed(_key(binding)[0], t=row.alias)} = {{id}}::{_key(binding)[1]}"]
    conditions += compiler.visible(binding, row.alias)
    return finish(f"SELECT {node} FROM {binding.table} {row.alias}{_joins(row)} WHERE {' AND '.join(conditions)}")


def _record(asked: Asked) -> tuple[Compiler, Row, str]:
    compiler = Compiler(asked.bindings, asked.viewer)
    row = Row(compiler.alias())
    return compiler, row, compiler.node(asked.binding, asked.selection, row)


def _lateral(compiler: Compiler, binding: Binding, row: Row, key: str) -> str:
    inner = f"{row.alias}i"
    conditions = [f"{placed(_key(binding)[0], t=inner)} = {key}", *compiler.visible(binding, inner)]
    found = f'SELECT {inner}.*, true AS "-there" FROM {binding.table} {inner} WHERE {" AND ".join(conditions)}'
    return f"LEFT JOIN LATERAL ({found}) {row.alias} ON true"


def _key(binding: Binding) -> tuple[str, str]:
    if binding.key is None:
        raise TypeError(f"{binding.shape.name} has no key, so it cannot be read by id")
    return binding.key.sql, binding.key.kind.cast


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _joins(row: Row) -> str:
    return "".join(f" {join}" for join in row.joins)


def _flag(value: bool) -> str:
    return "true" if value else "false"
