"""Random protocols: services with views of every kind of field, that name one another and their neighbours."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, make_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Annotated, Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from crm_common.protocol import declare
from crm_common.protocol.declare import Command, GetQuery, ListQuery, OneQuery, ServiceProtocol
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.selection import Selected, parse
from crm_common.protocol.views import Cardinality, FieldShape, Ref, ViewShape, child, shape_of, shown
from library.protocol import Genre, Measure

_numbers: Iterator[int] = itertools.count()
_VALUES = [bool, int, float, str, Decimal, date, datetime, UUID, Genre, Measure, list[str], list[Genre], list[UUID]]


@dataclass
class Invention:
    """Two services with some views, each listed, looked up, and asked for alone."""

    protocols: list[ServiceProtocol] = field(default_factory=list)
    views: list[type] = field(default_factory=list)


def invent(draw: DrawFn) -> Invention:
    """A fresh invention; its names are new each time, as views and services are known by name."""
    number = next(_numbers)
    invention = Invention()
    names = [f"V{number}x{index}" for index in range(draw(st.integers(1, 4)))]
    homes = [draw(st.sampled_from("ab")) for _ in names]
    for letter in sorted({*homes}):
        invention.protocols.append(_service(f"service_{letter}{number}"))
    by_letter = dict(zip(sorted({*homes}), invention.protocols, strict=True))
    for name, home in zip(names, homes, strict=True):
        near = [each for each, its in zip(names, homes, strict=True) if its == home]
        view = _view(draw, by_letter[home], name, near, names)
        invention.views.append(view)
        _queries(by_letter[home], name, view)
    return invention


def _service(name: str) -> ServiceProtocol:
    made = ServiceProtocol(name, doc="Invented.")
    declare._SERVICES.pop(name)
    return made


def _view(draw: DrawFn, service: ServiceProtocol, name: str, near: list[str], everybody: list[str]) -> type:
    fields: list[tuple[str, Any, Any]] = [("id", UUID, shown("Its id."))]
    for index in range(draw(st.integers(1, 5))):
        kind: Any = draw(st.sampled_from(_VALUES))
        fields.append((f"value{index}", kind | None if draw(st.booleans()) else kind, shown("A value.")))
    for index, other in enumerate(draw(st.lists(st.sampled_from(near), max_size=2))):
        kind = draw(st.sampled_from([f"{other}View", f"{other}View | None", f"list[{other}View]"]))
        fields.append((f"child{index}", kind, child("Others.", limit=10)))
    if draw(st.booleans()):
        reference = Annotated[UUID, Ref(draw(st.sampled_from(everybody)), record="neighbour")]
        fields.append(("neighbour_id", draw(st.sampled_from([reference, reference | None])), shown("A neighbour.")))
    made = make_dataclass(f"{name}View", fields, slots=True, kw_only=True)
    made.__doc__ = "Invented."
    made.__module__ = __name__
    return service.view(AUTHENTICATED)(made)


def _queries(service: ServiceProtocol, name: str, view: type) -> None:
    for suffix, base in (("List", ListQuery), ("ByIds", GetQuery), ("One", OneQuery)):
        made: Any = make_dataclass(f"{name}{suffix}", [], bases=(base,), frozen=True, slots=True, kw_only=True)
        made.__doc__ = "Invented."
        service.query(AUTHENTICATED, returns=view)(made)
    command: Any = make_dataclass(f"{name}Do", [], bases=(Command,), frozen=True, slots=True, kw_only=True)
    command.__doc__ = "Invented."
    returns = {"one": view, "many": list[view], "text": str, "number": UUID}  # type: ignore[valid-type]
    service.command(AUTHENTICATED, returns=returns)(command)


class Inventor:
    """Answers the calls of invented services with random rows of the declared shape."""

    def __init__(self, chance: Random, invention: Invention) -> None:
        self.chance = chance
        self.shapes = {shape.name.lower(): shape for shape in map(shape_of, invention.views)}

    def answer(self, method: str, payload: dict[str, Any]) -> Any:
        """A well-formed answer to a call."""
        name, _, kind = method.rpartition("_")
        shape = self.shapes[name.removesuffix("_by").replace("_", "")]
        if kind == "do":
            return self._payload(shape, payload["select"])
        selection = parse(payload["select"])
        if kind == "one":
            return self._row_or_none(shape, selection)
        if kind == "ids":
            return [self._row_or_none(shape, selection) for _ in payload["ids"]]
        rows = [self.row(shape, selection) for _ in range(self.chance.randint(0, 3))]
        return {
            "nodes": rows,
            "cursors": [f"c{index}" for index, _ in enumerate(rows)] if payload.get("cursors") else None,
            "has_next": True,
            "has_previous": False,
            "total": 7 if payload.get("total") else None,
            "total_at_least": 7 if payload.get("total") else None,
        }

    def _payload(self, shape: ViewShape, selects: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = {"text": self.chance.choice(["a", None]), "number": str(UUID(int=4))}
        if "one" in selects:
            answer["one"] = self._row_or_none(shape, parse(selects["one"]))
        if "many" in selects:
            answer["many"] = [
                self._row_or_none(shape, parse(selects["many"])) for _ in range(self.chance.randint(0, 2))
            ]
        return answer

    def row(self, shape: ViewShape, selection: tuple[Selected, ...]) -> dict[str, Any]:
        """A row with what was selected."""
        return {each.key: self._field(shape.fields[each.name], each) for each in selection}

    def _row_or_none(self, shape: ViewShape, selection: tuple[Selected, ...]) -> dict[str, Any] | None:
        return self.row(shape, selection) if self.chance.random() < 0.85 else None

    def _field(self, shape: FieldShape, selected: Selected) -> Any:
        if shape.nullable and self.chance.random() < 0.25:
            return None
        if shape.view is None:
            return self._value(shape.type)
        if shape.cardinality is Cardinality.ONE:
            return self.row(shape.view, selected.children)
        return [self.row(shape.view, selected.children) for _ in range(self.chance.randint(0, 2))]

    def _value(self, kind: Any) -> Any:
        if kind is Measure:
            return {"width": 3, "owner_id": None, "parts": [{"label": "a"}]}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.chance.choice([member.value for member in kind])
        if kind in _PLAIN:
            return self.chance.choice(_PLAIN[kind])
        return [self._value(kind.__args__[0]) for _ in range(self.chance.randint(0, 2))]


_PLAIN: dict[Any, list[Any]] = {
    bool: [True, False],
    int: [0, 7, -(2**31), 2**31 - 1],
    float: [0.0, -1.5, 3, 1e300],
    str: ["", "a", "文"],
    Decimal: ["1.00", "-3"],
    date: ["2026-01-02"],
    datetime: ["2026-01-02T00:00:00.000000Z"],
    UUID: [str(UUID(int=number)) for number in range(3)],
}
_WRONG: list[Any] = [
    None, 0, 1, -(2**40), 1.5, True, "", "text", "7", "novel", [], ["a", None, 3], {}, {"id": 1}, [[]], [{"width": "x"}]
]  # fmt: skip


_NEAR: dict[type, list[Any]] = {
    str: [7, True, None, 1.5],
    bool: [1, 0, "true", None],
    int: ["7", 7.0, 7.5, True, 2**40, None],
    float: ["1.5", True, 2, None],
}


def corrupt(chance: Random, answer: Any) -> Any:
    """The answer with one thing wrong: a missing key, a wrong or nearly right value, a null, a list too long."""
    places = list(_places(answer))
    if not places:
        return deepcopy(chance.choice(_WRONG))
    near = [(holder, key) for holder, key in places if type(holder[key]) in _NEAR]
    if near and chance.random() < 0.5:
        holder, key = chance.choice(near)
        holder[key] = chance.choice(_NEAR[type(holder[key])])
        return answer
    holder, key = chance.choice(places)
    what = chance.randint(0, 3)
    if what == 0 and isinstance(holder, dict):
        del holder[key]
    elif what == 1 and isinstance(holder[key], list):
        holder[key].extend(deepcopy(holder[key]) * 40 or [deepcopy(chance.choice(_WRONG))])
    else:
        holder[key] = deepcopy(chance.choice(_WRONG))
    return answer


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)
