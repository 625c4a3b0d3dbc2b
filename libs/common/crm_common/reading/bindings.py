"""Binds a declared view to SQL: which table, which column or expression behind each field, how children are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_common.protocol.views import Cardinality, FieldShape, ViewShape, shape_of
from crm_common.reading.scope import Scope

Expression = sa.Column[Any] | str
"""A column of the bound table, or SQL text in which ``{t}`` is the row's alias (``{me}``, ``{now}``: actor's id, time)."""
Step = str | sa.Column[Any] | sa.UnaryExpression[Any]
"""One step of a default order: ``"name"`` or ``"-name"`` (a field), a column of the table, or ``column.desc()``."""


@dataclass(frozen=True, slots=True)
class Children:
    """How the records below a field are found; made by `one`, `many` and `same_row`."""

    condition: str
    """SQL with ``{t}`` for the row above, ``{c}`` for the child's row and ``{l}`` for the link's."""
    link: sa.Table | None = None
    where: str | None = None
    order: tuple[Step, ...] = ()
    same_row: bool = False


def one(on: Expression, *, where: str | None = None) -> Children:
    """A single record. ``on``: the column of this table that holds the child's key, or a condition with ``{t}`` and ``{c}``.

    Null where there is none, where it is outside the child's own scope, or where its policy is not met.
    """
    condition = on if isinstance(on, str) else f"{{c}}.{{key}} = {{t}}.{on.name}"
    return Children(condition, where=where)


def many(
    on: Expression | None = None,
    *,
    through: tuple[sa.Column[Any], sa.Column[Any]] | None = None,
    where: str | None = None,
    order: Sequence[Step] = (),
) -> Children:
    """A list of records, cut to the argument ``first`` (20 when absent).

    ``on``: the column of the child's table that holds this row's key, or a condition with ``{t}`` and ``{c}``.
    ``through``: instead, the link table's columns (this row's key, the child's key). ``where`` narrows with ``{c}`` (and
    ``{l}``, the link's row). ``order`` is of the child's fields and columns; without it the child's own default order.
    """
    if (on is None) == (through is None):
        raise TypeError("many() takes either a column or condition, or through=(column to this row, column to the child)")
    if through is not None:
        near, far = through
        if near.table is not far.table:
            raise TypeError(f"{near} and {far} are not of one link table")
        condition = f"{{l}}.{near.name} = {{t}}.{{up}} AND {{c}}.{{key}} = {{l}}.{far.name}"
        return Children(condition, link=near.table, where=where, order=tuple(order))  # type: ignore[arg-type]
    condition = on if isinstance(on, str) else f"{{c}}.{on.name} = {{t}}.{{up}}"  # type: ignore[union-attr]
    return Children(condition, where=where, order=tuple(order))


def same_row(present: str | None = None) -> Children:
    """A record made of columns of this same row (an address, an amount with its currency): bind its view to the same table.

    ``present`` is a condition with ``{t}``; where it does not hold the record is null.
    """
    return Children(present or "true", same_row=True)


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A view bound to a table; made by `bind`."""

    shape: ViewShape
    table: sa.Table
    key: sa.Column[Any]
    fields: Mapping[str, Expression]
    sort: Mapping[str, Expression]
    children: Mapping[str, Children]
    scope: Scope | None
    where: str | None
    default_order: tuple[Step, ...]


def bind(
    view: type,
    table: sa.Table,
    *,
    fields: Mapping[str, Expression] | None = None,
    sort: Mapping[str, Expression] | None = None,
    children: Mapping[str, Children] | None = None,
    scope: Scope | None = None,
    where: str | None = None,
    key: sa.Column[Any] | None = None,
    default_order: Sequence[Step] = (),
) -> Binding:
    """Bind ``view`` to ``table``; a TypeError at import when the two do not fit.

    Columns named as a field bind by themselves; ``fields`` names the others. ``sort`` gives another expression to order a
    field by (Chinese names: the column of their `pinyin_key`, COLLATE "C"). ``children`` binds every field that holds records.
    ``scope`` and ``where`` (SQL with ``{t}``, e.g. ``{t}.deleted_at IS NULL``) narrow every read, wherever the view appears.
    ``key`` is the unique column that ids name (default ``id``); it also breaks ties in every order.

    What leaves as what: numeric and BigInteger as text, timestamps as ``2026-11-23T10:21:00.123456Z`` (always six digits),
    dates ISO, uuid plain, enums as their value, arrays as lists. Sortable text is compared COLLATE "C": declare the column
    so, or the index is not used. Columns that are never null should say ``nullable=False``: their order needs no care for
    nulls, and a plain index (column, id) then serves both directions.
    """
    shape = shape_of(view)
    fields, sort, children = dict(fields or {}), dict(sort or {}), dict(children or {})
    for name, field in shape.fields.items():
        if field.cardinality is Cardinality.VALUE and name not in fields and name in table.c:
            fields[name] = table.c[name]
    _check(shape, fields, sort, children)
    identifier = table.c["id"] if key is None else key
    return Binding(shape, table, identifier, fields, sort, children, scope, where, tuple(default_order))


def _check(
    shape: ViewShape,
    fields: Mapping[str, Expression],
    sort: Mapping[str, Expression],
    children: Mapping[str, Children],
) -> None:
    faults = [f"{name} has no column or expression" for name, field in shape.fields.items() if _unbound(field, fields, children)]
    faults += [f"{name} is bound, but the view has no such field" for name in {*fields, *sort, *children} - {*shape.fields}]
    if faults:
        raise TypeError(f"{shape.name} does not fit its binding: {'; '.join(sorted(faults))}")


def _unbound(field: FieldShape, fields: Mapping[str, Expression], children: Mapping[str, Children]) -> bool:
    return field.name not in (fields if field.cardinality is Cardinality.VALUE else children)
