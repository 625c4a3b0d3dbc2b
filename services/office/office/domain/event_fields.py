"""What an event tells, as fields for conditions and places: its values, what changed, the values before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from crm_common.protocol.declare import Changes, Event, services
from crm_common.protocol.views import VALUE_TYPES, Cardinality, ViewShape

SILENT = frozenset({"rule"})
"""Aggregates whose events set no rule off."""
CHANGED = "changed"
_UNTOLD = frozenset({"id", "version", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class EventField:
    """A value of an event. ``path`` leads to it in the event's data; ``ref`` is the type of the record it names."""

    name: str
    type: Any
    path: tuple[str | int, ...]
    ref: str | None = None

    def value(self, data: Mapping[str, Any]) -> Any:
        """The value in an event's data; None where it has none."""
        found: Any = data
        for step in self.path:
            if isinstance(step, int):
                found = found[step] if isinstance(found, list | tuple) and len(found) > step else None
            else:
                found = found.get(step) if isinstance(found, dict) else None
        return sorted(found) if self.name == CHANGED and isinstance(found, dict) else found


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event that rules can begin with."""

    event: type[Event]
    service: str
    fields: Mapping[str, EventField]
    view: ViewShape | None
    """The view of the record that the event is about, where the API has one."""

    @property
    def type_name(self) -> str | None:
        """The type of the record that the event is about."""
        return self.view.name if self.view else None


@cache
def triggers() -> Mapping[str, Trigger]:
    """Every declared event that rules can begin with, by its type."""
    return {
        event_type: _trigger(event, service.name)
        for service in services().values()
        for event_type, event in sorted(service.events.items())
        if event_type.partition(".")[0] not in SILENT
    }


def _trigger(event: type[Event], service: str) -> Trigger:
    aggregate = event.event_type.partition(".")[0]
    name = "".join(part.capitalize() for part in aggregate.split("_"))
    view = services()[service].views.get(name)
    return Trigger(event, service, {each.name: each for each in _fields(event, view)}, view)


def _fields(event: type[Event], view: ViewShape | None) -> list[EventField]:
    hints = get_type_hints(event, include_extras=True)
    found = []
    for declared in fields(event):
        kind = _value_type(hints[declared.name])
        if kind is not None:
            ref = view.name if view and declared.name == event.subject_field else _ref(view, declared.name)
            found.append(EventField(declared.name, kind, (declared.name,), ref))
    if hints.get("changes") == Changes:
        found.append(EventField(CHANGED, list[str], ("changes",)))
        found += _before_and_after(view) if view else []
    return found


def _before_and_after(view: ViewShape) -> list[EventField]:
    return [
        EventField(f"{word}_{name}", shape.type, ("changes", name, place), shape.ref)
        for name, shape in view.fields.items()
        if shape.cardinality is Cardinality.VALUE and not shape.masked and name not in _UNTOLD and _known(shape.type)
        for place, word in enumerate(("before", "after"))
    ]


def _ref(view: ViewShape | None, name: str) -> str | None:
    shape = view.fields.get(name) if view else None
    return shape.ref if shape is not None and shape.type is UUID else None


def _value_type(hint: Any) -> Any:
    """The type of a value that conditions can be asked of: of a tuple that of a list; None for everything else."""
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not NoneType]
        return _value_type(parts[0]) if len(parts) == 1 else None
    if get_origin(hint) is Annotated:
        return _value_type(get_args(hint)[0])
    if get_origin(hint) in (tuple, frozenset, list):
        inner: Any = _value_type(get_args(hint)[0])
        return None if inner is None or inner in (datetime, date) else GenericAlias(list, (inner,))
    return hint if _known(hint) else None


def _known(kind: Any) -> bool:
    if get_origin(kind) is list:
        return get_args(kind)[0] in (str, UUID, int)
    return isinstance(kind, type) and (kind in VALUE_TYPES or issubclass(kind, Enum))
