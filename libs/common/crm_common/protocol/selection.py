"""What a caller wants back, after fragments and directives: response keys, names, arguments, children."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from crm_common.errors import CommonRules


class Selected(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One selected field: ``[key, name, arguments, children]`` on the wire, trailing defaults left out.

    ``key`` is the response key (the alias, if any), ``name`` the view's field name (snake_case), ``arguments`` the
    field's coerced arguments by snake_case name, ``children`` the selection below a field that holds records.
    """

    key: str
    name: str
    arguments: dict[str, Any] = {}
    children: tuple[Selected, ...] = ()


Selection = tuple[Selected, ...]

_decoder = msgspec.json.Decoder(tuple[Selected, ...])


def dump(selection: Iterable[Selected]) -> str:
    """The selection as the JSON text that travels in ``select``; equal selections give equal texts (a cache key)."""
    return msgspec.json.encode(tuple(selection)).decode()


@lru_cache(maxsize=4096)
def parse(text: str) -> Selection:
    """The selection in ``text``; ``VALIDATION`` on ``select`` when it is none. Cached by text, do not mutate."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as broken:
        raise CommonRules.a_value_has_the_wrong_shape(field="select", problem=str(broken)) from broken


def names(*fields: str) -> str:
    """The ``select`` text for plain fields under their own names: what services and tests write by hand."""
    return dump(Selected(name, name) for name in fields)
