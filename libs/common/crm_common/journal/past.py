"""Records as of a moment (BYD-06): their own fields as the journal has them, seen with today's rights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_origin
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.errors import CommonRules, CrmError
from crm_common.journal.history import states_at
from crm_common.journal.sealing import ERASED
from crm_common.protocol.declare import GetQuery
from crm_common.protocol.history import HistoryRules
from crm_common.protocol.policy import Policy
from crm_common.protocol.selection import Selected, Selection, dump, parse
from crm_common.protocol.views import FieldShape
from crm_common.reading import Binding, Reader
from crm_common.reading.access import allowed
from crm_common.reading.kinds import LONG
from crm_common.reading.selections import FIRST
from crm_common.restoring import State
from crm_common.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """Records that belonged to others; events of ``aggregate`` say when they were there.

    ``candidates`` is SQL of two columns: the id of every record that may ever have belonged to those of ``%(ids)s``
    (uuid[]), and to which it belongs today, in the order in which they are to be shown. ``field`` is what events have
    in their changes of where it belonged; None where that never changes. ``recorded`` is as of `Past`: what of them can
    be selected beside their ids.
    """

    aggregate: str
    candidates: str
    field: str | None = None
    recorded: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How a view is shown as of a moment.

    ``recorded``: fields that events of ``aggregate`` carry in their changes under the same name; ``renamed``: the
    view's name → that in the events. A masked field is shown as the events have it, so name what they have of its mask.
    ``unchanging``: fields that never change, shown as they are today. ``below``: fields that hold records → the
    recorded field with the id of the one (of which nothing else can be selected), or how a list of them is found.
    ``absent``: what a field was that no event had said until then, where that is not null (``{"tags": []}``). Any other
    field is refused: what the history does not have is not made up. ``custom``: events have the custom fields as
    ``custom.<key>``; shown are those that are in use today.
    """

    view: type
    aggregate: str
    recorded: Collection[str] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    unchanging: Collection[str] = ("id",)
    below: Mapping[str, str | Below] = field(default_factory=dict)
    absent: Mapping[str, Any] = field(default_factory=dict)
    custom: bool = False

    def recorded_as(self, name: str) -> str | None:
        """The name under which events have the field; None when they do not."""
        return self.renamed.get(name, name if name in self.recorded else None)


def get_as_of(
    past: Past, query: GetQuery, moment: datetime, *, store: Store, reader: Reader, context: Context
) -> bytes:
    """As `Reader.get`, of records as they were at ``moment``: a JSON list aligned with ``query.ids``.

    null where there was nothing then, or where the viewer sees nothing today. VALIDATION for a field without history.
    """
    binding = reader.binding(past.view)
    asked = parse(query.select) if query.select is not None else _everything(past, binding)
    _check(past, binding, asked, reader)
    kept = tuple(each for each in asked if each.name in past.unchanging)
    today = codec.decode_json(reader.get(replace(query, select=dump((*kept, _THERE))), context))
    seen = {key: row for key, row in zip(query.ids, today, strict=True) if row is not None}
    states = states_at(store, [f"{past.aggregate}/{key}" for key in seen], moment)
    was = {key: states[subject] for key in seen if (subject := f"{past.aggregate}/{key}") in states}
    showing = _Showing(past, binding, context, _children(store, past, asked, list(was), moment))
    return codec.encode([showing.record(key, asked, seen[key], was[key]) if key in was else None for key in query.ids])


_CUSTOM = "custom"
# only to see whether there is something
_THERE = Selected("there__", "__typename")


def _everything(past: Past, binding: Binding) -> Selection:
    known = (name for name, each in binding.shape.fields.items() if each.view is None)
    return tuple(Selected(name, name) for name in known if name in past.unchanging or past.recorded_as(name))


def _check(past: Past, binding: Binding, asked: Selection, reader: Reader) -> None:
    """Refuse what is not known of the past; what is wrong otherwise, reading today's record refuses."""
    for selected in asked:
        path, shape = f"select.{selected.key}", binding.shape.fields.get(selected.name)
        if shape is None and selected.name != "__typename":
            raise CommonRules.a_field_is_unknown(field=path, name=selected.name)
        if shape is None or selected.name in past.unchanging:
            continue
        if shape.view is not None and past.custom and selected.name == _CUSTOM:
            _check_custom(selected, reader.binding(shape.view.cls), path)
            continue
        if not (selected.name in past.below if shape.view else past.recorded_as(selected.name)):
            raise _not_kept(path, selected.name)
        way = past.below.get(selected.name)
        kept = ("id", "__typename", *(way.recorded if isinstance(way, Below) else ()))
        for below in selected.children:
            if below.name not in kept:
                raise _not_kept(f"{path}.{below.key}", f"{selected.name}.{below.name}")


def _check_custom(selected: Selected, binding: Binding, path: str) -> None:
    for below in selected.children:
        if below.name not in binding.shape.fields and below.name != "__typename":
            raise CommonRules.a_field_is_unknown(field=f"{path}.{below.key}", name=below.name)


def _not_kept(path: str, name: str) -> CrmError:
    return HistoryRules.a_field_is_not_kept_in_the_history(field=path, name=name)


_Children = Mapping[str, Mapping[str, Sequence[tuple[str, State]]]]
"""Field → id of the record above → those that belonged to it, with what they were."""


def _children(store: Store, past: Past, asked: Selection, ids: Sequence[UUID], moment: datetime) -> _Children:
    found: dict[str, dict[str, list[tuple[str, State]]]] = {}
    for name in {selected.name for selected in asked}:
        way = past.below.get(name)
        if not isinstance(way, Below):
            continue
        above = found[name] = {}
        candidates = {str(each): str(today) for each, today in store.rows(way.candidates, {"ids": list(ids)})}
        states = states_at(store, [f"{way.aggregate}/{each}" for each in candidates], moment)
        for each, today in candidates.items():
            state = states.get(f"{way.aggregate}/{each}")
            if state is not None:
                above.setdefault(today if way.field is None else str(state.get(way.field)), []).append((each, state))
    return found


class _Showing(NamedTuple):
    """Turns states into rows as reading would have answered them."""

    past: Past
    binding: Binding
    context: Context
    children: _Children

    def record(self, key: UUID, asked: Selection, today: dict[str, Any], state: State) -> dict[str, Any]:
        row = {}
        for selected in asked:
            if selected.name == "__typename":
                row[selected.key] = self.binding.shape.name
            elif selected.name in self.past.unchanging:
                row[selected.key] = today[selected.key]
            else:
                row[selected.key] = self._field(key, selected, self.binding.shape.fields[selected.name], state)
        return row

    def _field(self, key: UUID, selected: Selected, shape: FieldShape, state: State) -> Any:
        if not self._allowed(shape.policy) or (shape.view and not self._allowed(shape.view.policy)):
            return None
        if shape.view is None:
            value = state.get(str(self.past.recorded_as(selected.name)))
            if value is None:
                return self.past.absent.get(selected.name)
            return _value(shape, value, long=self.binding.fields[selected.name].kind is LONG)
        if self.past.custom and selected.name == _CUSTOM:
            return _custom(selected, shape, state)
        way = self.past.below[selected.name]
        if isinstance(way, str):
            return None if state.get(way) is None else _reference(selected.children, str(state[way]), shape)
        first = selected.arguments.get("first", min(FIRST, shape.limit or FIRST))
        found = self.children[selected.name].get(str(key), [])
        return [self._below(selected.children, each, shape, was) for each, was in found[:first]]

    def _below(self, asked: Selection, key: str, shape: FieldShape, state: State) -> dict[str, Any]:
        assert shape.view is not None
        fields, row = shape.view.fields, dict[str, Any](_reference(asked, key, shape))
        for each in asked:
            if each.name not in ("id", "__typename"):
                value = state.get(each.name) if self._allowed(fields[each.name].policy) else None
                row[each.key] = None if value is None else _value(fields[each.name], value)
        return row

    def _allowed(self, policy: Policy | None) -> bool:
        return policy is None or allowed(policy, self.context.actor)


def _value(shape: FieldShape, value: Any, *, long: bool = False) -> Any:
    """The value of an event in the form in which it leaves the tables; of what was erased only texts say so."""
    if value == ERASED and shape.type is not str:
        return [] if get_origin(shape.type) is list else None
    if shape.type is datetime:
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if shape.type is Decimal or long else value


def _custom(selected: Selected, shape: FieldShape, state: State) -> dict[str, Any]:
    """Values leave as they are stored, and events have them so."""
    assert shape.view is not None
    begin = f"{_CUSTOM}."
    was = {name.removeprefix(begin): value for name, value in state.items() if name.startswith(begin)}
    was = {key: value for key, value in was.items() if value is not None}
    fixed = {"json": was, "filled": len(was), "__typename": shape.view.name}
    return {each.key: fixed.get(each.name, was.get(each.name)) for each in selected.children}


def _reference(children: Selection, key: str, shape: FieldShape) -> dict[str, str]:
    assert shape.view is not None
    return {each.key: key if each.name == "id" else shape.view.name for each in children}
