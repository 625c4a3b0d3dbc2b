"""Dataclass ⇄ JSON with msgspec: one strict codec for commands, queries, views and events, in both runtimes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from crm_common.errors import CommonRules

T = TypeVar("T")

encode: Callable[[Any], bytes] = msgspec.json.Encoder(decimal_format="string").encode
decode_json: Callable[[bytes | str], Any] = msgspec.json.Decoder().decode

# what has no fields in it: most of what there is
_PLAIN = frozenset({str, int, float, bool, type(None)})
_PATH = re.compile(r" - at `\$(?:\.|\[\.\.\.\]\.?)?([^`]*)`$")


def to_builtins(value: Any) -> Any:
    """Plain dicts, lists and JSON scalars of a protocol value: what a broker would carry."""
    return msgspec.to_builtins(value)


def from_json(raw: bytes | str, target: type[T]) -> T:
    """The ``target`` in ``raw``; any mismatch is a ``VALIDATION`` that names the field."""
    try:
        data = decode_json(raw)
    except (msgspec.DecodeError, RecursionError) as broken:
        raise CommonRules.a_value_has_the_wrong_shape(problem=str(broken)) from broken
    return from_builtins(data, target)


def from_builtins(data: Any, target: type[T]) -> T:
    """The ``target`` made of plain data: strict types, declared limits, no unknown field, no NUL anywhere."""
    _refuse_unknown_fields(data, target, "")
    _refuse_nul(data, None)
    try:
        return msgspec.convert(data, target)
    except msgspec.ValidationError as broken:
        text = str(broken)
        path = _PATH.search(text)
        problem = _PATH.sub("", text)
        missing = re.search(r"missing required field `(\w+)`", problem)
        field = path.group(1) if path else None
        if missing:
            field = f"{field}.{missing.group(1)}" if field else missing.group(1)
        raise CommonRules.a_value_has_the_wrong_shape(field=field or None, problem=problem) from broken


def _refuse_unknown_fields(data: Any, target: Any, path: str) -> None:
    # msgspec forbids unknown fields for its own structs only; the protocol is made of dataclasses
    if not isinstance(data, Mapping | list | tuple):
        return
    for known, element in _shapes_of(target):
        if isinstance(data, Mapping) and known is not None:
            for name, value in data.items():
                if name not in known:
                    raise CommonRules.a_field_is_unknown(field=f"{path}{name}", name=f"{path}{name}")
                if type(value) not in _PLAIN:
                    _refuse_unknown_fields(value, known[name], f"{path}{name}.")
        elif element is not None and not isinstance(data, Mapping):
            for value in data:
                if type(value) not in _PLAIN:
                    _refuse_unknown_fields(value, element, path)


def _refuse_nul(data: Any, field: str | None) -> None:
    # no text of PostgreSQL's can hold it, so it would be a fault of the service where it is one of the caller's
    if isinstance(data, str):
        if "\0" in data:
            raise CommonRules.a_value_has_the_wrong_shape(field=field, problem="a text cannot contain U+0000")
    elif isinstance(data, Mapping):
        for name, value in data.items():
            _refuse_nul(value, f"{field}.{name}" if field else str(name))
    elif isinstance(data, list | tuple):
        for value in data:
            _refuse_nul(value, field)


@cache
def _shapes_of(target: Any) -> tuple[tuple[dict[str, Any] | None, Any], ...]:
    """``(fields of a dataclass, element type of a sequence)`` for each alternative that ``target`` allows."""
    if is_dataclass(target) and isinstance(target, type):
        hints = get_type_hints(target)
        return (({f.name: hints[f.name] for f in fields(target)}, None),)
    origin = get_origin(target)
    if origin in (Union, UnionType):
        return tuple(found for part in get_args(target) for found in _shapes_of(part))
    if origin in (list, tuple, set, frozenset):
        return tuple((None, part) for part in get_args(target) if part is not Ellipsis)
    return ()
