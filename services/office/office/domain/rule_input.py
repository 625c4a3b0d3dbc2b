"""What a rule sends: the mutations it may, and their inputs with the event's values in their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from crm_common.context import Actor
from crm_common.errors import CommonRules
from crm_common.ids import from_global
from crm_common.protocol.declare import Command, Operation, services
from crm_common.protocol.office.rule_refusals import WorkflowRules
from crm_common.protocol.office.rules import RuleAction
from crm_common.protocol.policy import PolicyKind
from crm_common.protocol.views import Ref

_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NEVER = frozenset({"identity"})
"""Services whose records no rule changes: accounts and rights are people's business."""
_NOT_THESE = frozenset({"create_rule", "update_rule"})
_LATER = {"inDays": "days", "inHours": "hours"}
Value = Callable[[str], Any]
"""The value for a place; KeyError where there is none."""


def camel(name: str) -> str:
    """``due_at`` → ``dueAt``, as the API writes it."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


@cache
def mutations() -> Mapping[str, Operation]:
    """What rules may send at all, by the name of the mutation."""
    return {
        camel(operation.name): operation
        for service in services().values()
        for operation in service.commands.values()
        if service.name not in _NEVER
        and operation.name not in _NOT_THESE
        and operation.public
        and operation.policy.kind in (PolicyKind.PERMISSION, PolicyKind.AUTHENTICATED)
    }


def sendable(action: RuleAction, owner: Actor, *, path: str) -> Operation:
    """The command of an action that its owner may send."""
    found = mutations().get(action.mutation)
    if found is None:
        raise WorkflowRules.rules_do_not_do_this(field=f"{path}.mutation", name=action.mutation)
    if not found.policy.allows(owner):
        raise CommonRules.the_right_is_missing(field=f"{path}.mutation", permission=found.policy.permissions[0])
    return found


@dataclass(frozen=True, slots=True)
class Filling:
    """Makes the payload of a command from an action's input. ``later`` counts from ``now``."""

    value: Value
    now: datetime

    def payload(self, command: type, given: Mapping[str, Any], *, path: str) -> dict[str, Any]:
        """The command's fields by their own names; VALIDATION names what does not fit."""
        hints = get_type_hints(command, include_extras=True)
        known = {camel(each.name): each for each in fields(command) if not each.metadata.get("hidden")}
        for name in given:
            if name not in known or name == "idempotencyKey":
                raise CommonRules.a_field_is_unknown(field=f"{path}.{name}", name=name)
        for name, each in known.items():
            if each.default is MISSING and each.default_factory is MISSING and name not in given:
                raise WorkflowRules.an_input_is_missing(field=path, mutation=camel(command.__name__), name=name)
        return {known[n].name: self._read(hints[known[n].name], v, f"{path}.{n}") for n, v in given.items()}

    def _read(self, hint: Any, given: Any, path: str) -> Any:
        kind, ref = _plain(hint)
        if isinstance(given, str):
            return _key(self._filled(given, path), kind, ref, path)
        if isinstance(given, dict) and given.keys() <= _LATER.keys() and kind in (datetime, date):
            moment = self.now + timedelta(**{_LATER[unit]: float(number) for unit, number in given.items()})
            return moment.isoformat() if kind is datetime else moment.date().isoformat()
        if isinstance(given, dict) and isinstance(kind, type) and is_dataclass(kind):
            return self.payload(kind, given, path=path)
        if isinstance(given, dict):
            return {name: self._read(Any, each, f"{path}.{name}") for name, each in given.items()}
        if isinstance(given, list):
            inner = get_args(kind)[0] if get_args(kind) else Any
            return [self._read(inner, each, f"{path}.{place}") for place, each in enumerate(given)]
        return given

    def _filled(self, text: str, path: str) -> Any:
        try:
            if whole := _PLACE.fullmatch(text):
                return self.value(whole[1])
            return _PLACE.sub(lambda found: _shown(self.value(found[1])), text)
        except KeyError as unknown:
            raise WorkflowRules.a_place_names_a_value(field=path, name=unknown.args[0]) from unknown


def check(command: type[Command], given: Mapping[str, Any], known: Value, now: datetime, *, path: str) -> None:
    """Refuse an input that could not be sent: unknown or missing names, unknown places, fixed values of other types."""
    Filling(known, now).payload(command, given, path=path)
    fixed = {name: value for name, value in given.items() if not any(_places(value))}
    payload = Filling(known, now).payload(command, fixed | {n: given[n] for n in given if n not in fixed}, path=path)
    hints = get_type_hints(command, include_extras=True)
    names = {camel(each.name): each.name for each in fields(command)}
    for name in fixed:
        try:
            msgspec.convert(payload[names[name]], hints[names[name]])
        except msgspec.ValidationError as wrong:
            raise CommonRules.a_value_has_the_wrong_shape(field=f"{path}.{name}", problem=str(wrong)) from wrong


def _places(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield from _PLACE.findall(given)
    elif isinstance(given, dict | list):
        for each in given.values() if isinstance(given, dict) else given:
            yield from _places(each)


def _plain(hint: Any) -> tuple[Any, str | None]:
    """The type without None, UNSET and annotations, and the type of the record it names."""
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part not in (NoneType, msgspec.UnsetType)]
        return _plain(parts[0]) if len(parts) == 1 else (Any, None)
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        kind, ref = _plain(inner)
        return kind, next((mark.type_name for mark in marks if isinstance(mark, Ref)), ref)
    return hint, None


def _key(value: Any, kind: Any, ref: str | None, path: str) -> Any:
    """A record's key from its global id, where a key is wanted; keys and all other values as they are."""
    if kind is not UUID or ref is None or not isinstance(value, str):
        return value
    try:
        return str(UUID(value))
    except ValueError:
        pass
    try:
        found, key = from_global(value)
    except ValueError as broken:
        raise CommonRules.a_value_has_the_wrong_shape(field=path, problem="not an id") from broken
    if found != ref:
        raise CommonRules.a_value_has_the_wrong_shape(field=path, problem=f"an id of {ref}")
    return str(key)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
