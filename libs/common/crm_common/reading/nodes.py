"""Turns a selection into the SQL expression of a record's JSON, with the joins it needs; nested records included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_common.protocol.policy import Policy
from crm_common.protocol.selection import Selected, Selection
from crm_common.protocol.views import Cardinality
from crm_common.reading import orders
from crm_common.reading.bindings import Binding, Children, column_of, named, steps
from crm_common.reading.masks import Masked
from crm_common.reading.scope import Reach, Scope
from crm_common.reading.selections import FIRST, Bindings

# PostgreSQL cuts longer names of columns
_LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class Viewer:
    """What of the actor shapes a statement: policies he does not meet, the kind of each scope (None: he sees all)."""

    denied: frozenset[Policy]
    scopes: Mapping[Scope, str | None]


@dataclass(slots=True)
class Row:
    """An alias that stands for a record in the statement under construction, and the joins that hang on it."""

    alias: str
    joins: list[str] = field(default_factory=list)
    joined: dict[tuple[str, str], Row] = field(default_factory=dict)


class Compiler:
    """Compiles one selection for one kind of viewer. Use once.

    What the statement names itself has a hyphen in its name, so that it is neither a column's nor a response key.
    """

    def __init__(self, bindings: Bindings, viewer: Viewer) -> None:
        self._bindings = bindings
        self._viewer = viewer
        self._aliases = 0

    def alias(self) -> str:
        """A name that nothing else in the statement has."""
        self._aliases += 1
        return f"r{self._aliases}"

    def visible(self, binding: Binding, alias: str, reach: Reach = Reach.PROBE) -> list[str]:
        """The conditions under which a row of the binding exists for the viewer."""
        kind = self._viewer.scopes[binding.scope] if binding.scope else None
        return existing(binding, kind, alias, reach)

    def node(self, binding: Binding, selection: Selection, row: Row) -> str:
        """The JSON of the record at ``row``; joins it needs are added to the row."""
        columns = [(selected.key, self._column(binding, selected, row)) for selected in selection]
        if not columns or any(len(key) > _LONGEST_NAME for key, _ in columns):
            pairs = ", ".join(f"'{key}', {sql}" for key, sql in columns)
            return f"json_build_object({pairs})"
        listed = ", ".join(f'{sql} AS "{key}"' for key, sql in columns)
        return f'(SELECT row_to_json("-") FROM (SELECT {listed}) "-")'

    def _column(self, binding: Binding, selected: Selected, row: Row) -> str:
        if selected.name == "__typename":
            return f"'{binding.shape.name}'::text"
        shape = binding.shape.fields[selected.name]
        if {shape.policy, shape.view and shape.view.policy} & self._viewer.denied:
            return "NULL::text"
        if shape.view is None:
            bound = binding.fields[selected.name]
            if bound.masked is not None:
                return self._masked(binding, bound.masked, row)
            return placed(bound.kind.json.format(bound.sql), t=row.alias)
        return self._records(binding, self._bindings[shape.view], selected, row)

    def _masked(self, binding: Binding, masked: Masked, row: Row) -> str:
        assert binding.key is not None
        visible, noted = masked.conditions(self._viewer.denied)
        visible = f"({visible}) AND {column_of(masked.cipher)} IS NOT NULL"
        mask = column_of(masked.mask)
        sealed = (
            f"json_build_array({binding.key.sql}::text, encode({column_of(masked.cipher)}, 'hex'), {mask}, ({noted}))"
        )
        return placed(f"CASE WHEN {visible} THEN {sealed} ELSE to_json({mask}::text) END", t=row.alias)

    def _records(self, binding: Binding, child: Binding, selected: Selected, row: Row) -> str:
        way = binding.children[selected.name]
        if way.same_row:
            node = self.node(child, selected.children, row)
            return f"CASE WHEN {placed(way.condition, t=row.alias)} THEN {node} END"
        if binding.shape.fields[selected.name].cardinality is Cardinality.ONE:
            return self._one(binding, child, selected, row)
        return self._many(binding, child, selected, row)

    def _one(self, binding: Binding, child: Binding, selected: Selected, row: Row) -> str:
        # one join, however often the field is selected
        below = row.joined.get((binding.shape.name, selected.name))
        if below is None:
            below = Row(self.alias(), joins=row.joins)
            row.joined[binding.shape.name, selected.name] = below
            row.joins.append(self._join(binding, child, selected.name, (row.alias, below.alias)))
        node = self.node(child, selected.children, below)
        return f'CASE WHEN {below.alias}."-there" THEN {node} END'

    def _join(self, binding: Binding, child: Binding, name: str, aliases: tuple[str, str]) -> str:
        way, (above, alias) = binding.children[name], aliases
        inner = f"{alias}i"
        conditions = self._conditions(binding, child, name, {"t": above, "c": inner})
        found = f'SELECT {inner}.*, true AS "-there" FROM {child.table} {inner} WHERE {" AND ".join(conditions)}'
        limit = "" if way.by_key else " LIMIT 1"
        return f"LEFT JOIN LATERAL ({found}{limit}) {alias} ON true"

    def _many(self, binding: Binding, child: Binding, selected: Selected, row: Row) -> str:
        way, below = binding.children[selected.name], Row(self.alias())
        inner, link = f"{below.alias}i", f"{below.alias}l"
        conditions = self._conditions(binding, child, selected.name, {"t": row.alias, "c": inner, "l": link})
        source = source_of(child, way, inner, link)
        order = orders.closed(child, steps(child, way.order) or child.default_order)
        sorting = f" ORDER BY {placed(orders.clause(order), t=inner)}" if order else ""
        first = selected.arguments.get("first", min(FIRST, binding.shape.fields[selected.name].limit or FIRST))
        page = f"SELECT {inner}.* FROM {source} WHERE {' AND '.join(conditions)}{sorting} LIMIT {first}"
        node = self.node(child, selected.children, below)
        if below.joins:
            # joins may bring rows into another order
            page = f'SELECT {below.alias}n.*, row_number() OVER () AS "-place" FROM ({page}) {below.alias}n'
            node += f' ORDER BY {below.alias}."-place"'
        joins = "".join(f" {join}" for join in below.joins)
        return f"(SELECT coalesce(json_agg({node}), '[]') FROM ({page}) {below.alias}{joins})"

    def _conditions(self, binding: Binding, child: Binding, name: str, aliases: dict[str, str]) -> list[str]:
        own = binding.children[name].part
        seen = existing(child, None, aliases["c"], Reach.PROBE) if own else self.visible(child, aliases["c"])
        return found_below(binding, child, name, aliases) + seen


def found_below(binding: Binding, child: Binding, name: str, aliases: Mapping[str, str]) -> list[str]:
    """The conditions that tie records to the row above: ``aliases`` of it (t), the record (c) and the link (l)."""
    way = binding.children[name]
    keys = {"key": _column_of(child), "up": _column_of(binding)}
    own = [way.condition, way.where] if way.where else [way.condition]
    return [f"({placed(each, **keys, **aliases)})" for each in own]


def source_of(child: Binding, way: Children, alias: str, link: str) -> str:
    """The records' table under its alias, with that of the link when there is one."""
    return f"{child.table} {alias}" + (f" CROSS JOIN {named(way.link)} {link}" if way.link is not None else "")


def _column_of(binding: Binding) -> str:
    return binding.key.sql.removeprefix("{t}.") if binding.key else ""


def existing(binding: Binding, kind: str | None, alias: str, reach: Reach) -> list[str]:
    """The conditions under which a row exists for viewers of this kind of scope."""
    conditions = [binding.where] if binding.where else []
    if binding.scope and kind is not None:
        conditions.append(binding.scope.condition(kind, reach))
    return [f"({placed(condition, t=alias)})" for condition in conditions]


def placed(sql: str, **aliases: str) -> str:
    """The text with aliases in their places; the names of values stay for the statement's end."""
    for name, alias in aliases.items():
        sql = sql.replace(f"{{{name}}}", alias)
    return sql
