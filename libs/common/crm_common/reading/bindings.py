"""Binds a declared view to SQL: which table, which column or expression behind each field, how children are found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators

from crm_common.protocol.policy import Policy
from crm_common.protocol.views import Cardinality, FieldShape, ViewShape, shape_of
from crm_common.reading.kinds import MASKED, Kind, kind_of, kind_of_column
from crm_common.reading.masks import Masked, Packed
from crm_common.reading.scope import Scope

Expression = sa.Column[Any] | str
"""A column of the bound table, or SQL in which ``{t}`` is the row's alias (``{me}``, ``{now}``: actor's id, time;
``{language}``: ``zh`` or ``en``, as the viewer reads)."""
Step = str | sa.Column[Any] | sa.UnaryExpression[Any]
"""One step of a default order: ``"name"`` or ``"-name"`` (a field), a column of the table, or ``column.desc()``."""

# What may stand in braces in a service's own SQL, beside aliases: the rest would fail only when first asked for.
VALUES = frozenset({"me", "department", "now", "language"})
_BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Children:
    """How the records below a field are found; made by `one`, `many` and `same_row`."""

    condition: str
    """SQL with ``{t}`` for the row above, ``{c}`` for the child's row and ``{l}`` for the link's."""
    link: sa.Table | None = None
    where: str | None = None
    order: tuple[Step, ...] = ()
    same_row: bool = False
    by_key: bool = False
    """At most one row can match, as the child's key is compared."""
    part: bool = False
    """The records belong to this row: who sees it sees them."""


def one(on: Expression, *, where: str | None = None) -> Children:
    """A single record.

    ``on``: the column of this table that holds the child's key, or a condition with ``{t}`` and ``{c}``. Null where
    there is none, where it is outside the child's own scope, or where its policy is not met.
    """
    if isinstance(on, str):
        return Children(on, where=where)
    return Children(f"{{c}}.{{key}} = {{t}}.{_quoted(on.name)}", where=where, by_key=True)


def many(
    on: Expression | None = None,
    *,
    through: tuple[sa.Column[Any], sa.Column[Any]] | None = None,
    where: str | None = None,
    order: Sequence[Step] = (),
    part: bool = False,
) -> Children:
    """A list of records, cut to the argument ``first`` (20 when absent).

    ``on``: the column of the child's table that holds this row's key, or a condition with ``{t}`` and ``{c}``.
    ``through``: instead, the link table's columns (this row's key, the child's key). ``where`` narrows with ``{c}``
    (and ``{l}``, the link's row). ``order`` is of the child's fields and columns; without it its own default order.
    ``part``: the records are parts of this row, seen by whoever sees it, so that their own scope, which says the same,
    need not be asked for each.
    """
    if through is not None and on is None:
        near, far = through
        link = near.table
        if link is not far.table or not isinstance(link, sa.Table):
            raise TypeError(f"{near} and {far} are not of one link table")
        condition = f"{{l}}.{_quoted(near.name)} = {{t}}.{{up}} AND {{c}}.{{key}} = {{l}}.{_quoted(far.name)}"
        return Children(condition, link=link, where=where, order=tuple(order), part=part)
    if on is None or through is not None:
        raise TypeError("many() takes a column or condition, or through=(column to this row, column to the child)")
    condition = on if isinstance(on, str) else f"{{c}}.{_quoted(on.name)} = {{t}}.{{up}}"
    return Children(condition, where=where, order=tuple(order), part=part)


def same_row(present: str | None = None) -> Children:
    """A record made of columns of this same row (an address): bind its view to the same table.

    ``present`` is a condition with ``{t}``; where it does not hold the record is null.
    """
    return Children(present or "true", same_row=True)


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression of a row: SQL with ``{t}``, the kind of its value, whether it can be null."""

    sql: str
    kind: Kind
    nullable: bool
    masked: Masked | None = None
    through: Through | None = None
    """Another way to find rows by the value."""
    apart: Apart | None = None
    """Where else the value stands, in an index that has its order."""
    terms: Terms | None = None
    opening: Callable[[bytes], Any] | None = None
    """What opens the value after reading, see `packed`."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Finds the few rows whose text may contain a part, by an index: trigrams fail on one or two Chinese characters.

    ``column`` is text[] with a GIN index and holds the terms of the row's text; ``sought`` gives terms that the text of
    every row with the part has. The text itself decides.
    """

    column: sa.Column[Any]
    sought: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Through:
    """Rows are found by what stands elsewhere: ``before`` (with ``{t}``), a condition on ``bound``, ``after``."""

    before: str
    bound: Bound
    after: str


@dataclass(frozen=True, slots=True)
class Apart:
    """Rows of ``table`` that hold the value in ``column`` for the record in ``key``: those of ``condition`` on ``{v}``.

    At most one row for each record; an index on (what the condition fixes, ``column``, ``key``) gives the order.
    """

    table: str
    key: str
    column: str
    condition: str


@dataclass(frozen=True, slots=True)
class SortStep:
    """One step of an order. ``policy`` is the field's: who may not see it may not sort by it."""

    bound: Bound
    descending: bool = False
    policy: Policy | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A view bound to a table; made by `bind`. ``key`` is None for records that only appear inside of others."""

    shape: ViewShape
    table: str
    """Its name as it stands in SQL."""
    key: Bound | None
    fields: Mapping[str, Bound]
    sort: Mapping[str, Bound]
    children: Mapping[str, Children]
    scope: Scope | None
    where: str | None
    default_order: tuple[SortStep, ...]
    columns: sa.Table
    stands_for: ViewShape | None = None
    """The declared view, where its shape is decided at run time (custom fields)."""


def bind(
    view: type,
    table: sa.Table,
    *,
    fields: Mapping[str, Expression | Masked | Packed] | None = None,
    sort: Mapping[str, Expression] | None = None,
    children: Mapping[str, Children] | None = None,
    scope: Scope | None = None,
    where: str | None = None,
    key: sa.Column[Any] | None = None,
    default_order: Sequence[Step] = (),
    terms: Mapping[str, Terms] | None = None,
) -> Binding:
    """Bind ``view`` to ``table``; a TypeError at import when the two do not fit.

    Columns named as a field bind by themselves; ``fields`` names the others (`masked` ones too). ``sort`` gives another
    expression to order a field by (Chinese names: the column of their `pinyin_key`, COLLATE "C"). ``children`` binds
    every field that holds records. ``scope`` and ``where`` (SQL with ``{t}``, e.g. ``{t}.deleted_at IS NULL``) narrow
    every read, wherever the view appears. ``key`` is the unique column that ids name (default ``id``); it also breaks
    ties in every order. ``terms`` makes ``contains`` quick for the texts it names.

    What leaves as what: numeric and BigInteger as text, timestamps as ``2026-11-23T10:21:00.123456Z`` (always six
    digits), dates ISO, uuid plain, enums as their value, arrays as lists. Text is compared and sorted COLLATE "C":
    declare the column so, or its index is not used. Columns that are never null should say ``nullable=False``: their
    order needs no care for nulls, and a plain index (column, id) then serves both directions.
    """
    shape = shape_of(view)
    fields, sort, children = dict(fields or {}), dict(sort or {}), dict(children or {})
    for name, field in shape.fields.items():
        if field.cardinality is Cardinality.VALUE and name not in fields and name in table.c:
            fields[name] = table.c[name]
    _check_names(shape, fields, sort, children)
    bound = {name: _bound(shape.fields[name], expression, table) for name, expression in fields.items()}
    bound |= {name: replace(bound[name], terms=_of_table(each, table)) for name, each in (terms or {}).items()}
    sorting = {name: _sorting(shape.fields[name], expression, table) for name, expression in sort.items()}
    identifier = key if key is not None else table.c.get("id")
    orderable = {name: each for name, each in bound.items() if each.masked is None and each.opening is None}
    made = Binding(
        shape, named(table), _column(identifier) if identifier is not None else None, bound, orderable | sorting,
        children, scope, where, (), table,
    )  # fmt: skip
    object.__setattr__(made, "default_order", steps(made, default_order))
    _check_kinds(made)
    _check_masks(made)
    _check_text(made)
    return made


def steps(binding: Binding, order: Sequence[Step]) -> tuple[SortStep, ...]:
    """The steps of an order that a service wrote (nobody's policy is asked); TypeError when there is no such field."""
    return tuple(_step(binding, step) for step in order)


def _step(binding: Binding, step: Step) -> SortStep:
    if isinstance(step, str):
        name = step.removeprefix("-")
        if name not in binding.sort:
            raise TypeError(f"{binding.shape.name} cannot be sorted by {name}: there is no such field")
        return SortStep(binding.sort[name], step.startswith("-"))
    if isinstance(step, sa.UnaryExpression):
        column = step.element
        if step.modifier is not operators.desc_op or not isinstance(column, sa.Column):
            raise TypeError(f"{step} is neither a column nor column.desc()")
        return SortStep(_column(column), descending=True)
    return SortStep(_column(step))


def _bound(field: FieldShape, expression: Expression | Masked | Packed, table: sa.Table) -> Bound:
    if isinstance(expression, Masked):
        for column in expression.columns:
            _check_table(column, table)
        return Bound(column_of(expression.mask), MASKED, nullable=True, masked=expression)
    if isinstance(expression, Packed):
        return Bound(f"({expression.sql})", kind_of(field.type, None), field.nullable, opening=expression.opening)
    if isinstance(expression, str):
        return Bound(f"({expression})", kind_of(field.type, None), field.nullable)
    _check_table(expression, table)
    return Bound(column_of(expression), kind_of(field.type, expression), bool(expression.nullable))


def _of_table(terms: Terms, table: sa.Table) -> Terms:
    _check_table(terms.column, table)
    return terms


def _sorting(field: FieldShape, expression: Expression, table: sa.Table) -> Bound:
    if isinstance(expression, str):
        return Bound(f"({expression})", kind_of(field.type, None), nullable=True)
    _check_table(expression, table)
    return _column(expression)


def _column(column: sa.Column[Any]) -> Bound:
    return Bound(column_of(column), kind_of_column(column), bool(column.nullable))


def column_of(column: sa.Column[Any]) -> str:
    """The column of the row ``{t}``."""
    return f"{{t}}.{_quoted(column.name)}"


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def named(table: sa.Table) -> str:
    """The table as it stands in SQL."""
    return ".".join(_quoted(part) for part in (table.schema, table.name) if part)


def _check_table(column: sa.Column[Any], table: sa.Table) -> None:
    if column.table is not table:
        raise TypeError(f"{column} is not a column of {table.name}")


def _check_names(
    shape: ViewShape,
    fields: Mapping[str, Expression | Masked | Packed],
    sort: Mapping[str, Expression],
    children: Mapping[str, Children],
) -> None:
    values = {name for name, field in shape.fields.items() if field.cardinality is Cardinality.VALUE}
    records = shape.fields.keys() - values
    faults = [f"{name} has no column or expression" for name in values - fields.keys()]
    faults += [f"{name} is not said how to find (one, many)" for name in records - children.keys()]
    faults += [f"{name} is bound, but the view shows no such value" for name in (fields.keys() | sort.keys()) - values]
    faults += [f"{name} is bound, but the view shows no such records" for name in children.keys() - records]
    if faults:
        raise TypeError(f"{shape.name} does not fit its binding: {'; '.join(sorted(faults))}")


def _check_kinds(binding: Binding) -> None:
    for name, field in binding.shape.fields.items():
        if field.view is not None:
            if field.filterable and not any(each.filterable for each in field.view.fields.values()):
                raise TypeError(f"{binding.shape.name}.{name} is filterable, but nothing of {field.view.name} is")
            continue
        if field.filterable and not binding.fields[name].kind.operators:
            raise TypeError(f"{binding.shape.name}.{name} is filterable, but its type has no conditions")
        if field.sortable and not binding.sort[name].kind.operators:
            raise TypeError(f"{binding.shape.name}.{name} is sortable, but its type has no order")


def _check_masks(binding: Binding) -> None:
    for name, bound in binding.fields.items():
        field, where = binding.shape.fields[name], f"{binding.shape.name}.{name}"
        if field.masked is not (bound.masked is not None):
            raise TypeError(f"{where} is masked in one of the view and its binding, but not in the other")
        if bound.masked is None:
            continue
        if name in binding.sort:
            raise TypeError(f"{where} is masked: it has no order")
        if binding.key is None:
            raise TypeError(f"{where} is masked, but {binding.table} has no key to say whose it is")
        if field.filterable and bound.masked.index is None:
            raise TypeError(f"{where} is filterable, but masked without an index of fingerprints")


def _check_text(binding: Binding) -> None:
    texts = [(bound.sql, {"t"}) for bound in (*binding.fields.values(), *binding.sort.values())]
    texts.append((binding.where or "", {"t"}))
    for bound in binding.fields.values():
        texts += [(text, {"t"}) for text in (bound.masked.conditions(frozenset()) if bound.masked else ())]
    for way in binding.children.values():
        texts += [(way.condition, {"t", "c", "l", "key", "up"}), (way.where or "", {"t", "c", "l"})]
    for text, aliases in texts:
        if "{may:" in text:
            raise TypeError(f"{binding.shape.name}: {{may:…}} does not name a permission key in: {text}")
        unknown = set(_BRACES.findall(text)) - aliases - VALUES
        if unknown:
            raise TypeError(f"{binding.shape.name}: {{{unknown.pop()}}} stands for nothing in: {text}")
