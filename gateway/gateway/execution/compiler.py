"""Compiles a selection into one Python function that turns rows into the answer, as the stock executor would.

The function knows the good case only. Whatever is not exactly as declared makes it raise, and the stock executor then
judges the same rows: so errors, their places and the propagation of nulls are always the stock executor's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from gateway.execution.rows import global_ids
from gateway.publishing.meaning import Kind, RootKind
from gateway.publishing.scalars import TEXTS
from gateway.selection import Picked

Complete = Callable[[Any], Any]

_CHECKS = {
    **dict.fromkeys(TEXTS, "type({v}) is not str"),
    "ID": "type({v}) is not str",
    "Int": "type({v}) is not int or not -2147483648 <= {v} <= 2147483647",
    "Float": "type({v}) is not float",  # JSON knows no infinity
    "Boolean": "{v} is not True and {v} is not False",
}
# Where a value is read from, when it is not the key of a row. Renamed keys are known here, so nothing is projected.
_SOURCES = {
    Kind.NODES: "r.rows()",
    Kind.EDGES: "r.edges('')",
    Kind.NODE: "r[0]",
    Kind.CURSOR: "r[1]",
    Kind.PAGE_INFO: "r.info()",
}


class DeviationError(Exception):
    """The rows are not exactly as declared: the stock executor has to judge them."""


class CannotCompileError(Exception):
    """The selection holds something that only the stock executor can do."""


def compile_selection(kind: GraphQLOutputType, picked: Picked) -> Complete:
    """A function of the value below ``picked``, which is of type ``kind``; CannotCompileError when there is none."""
    return _Writer().build(kind, picked)


class _Writer:
    """Writes the source. Text that clients chose never becomes source: it is bound as a constant."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {"Deviation": DeviationError}
        self.functions: list[str] = []
        self._known: dict[tuple[str, Any], str] = {}

    def build(self, kind: GraphQLOutputType, picked: Picked) -> Complete:
        body: list[str] = []
        result = self.value(kind, picked, "v", body)
        self.functions.append(_function("complete", "v", [*body, f"return {result}"]))
        source = _factory(tuple(self.constants), self.functions)
        namespace: dict[str, Any] = {}
        exec(_code(source), namespace)  # noqa: S102 - our own text, see the class
        complete: Complete = namespace["make"](**self.constants)
        return complete

    def constant(self, group: str, value: Any, key: Any = None) -> str:
        """The name under which ``value`` is bound."""
        known = (group, value if key is None else key)
        if known not in self._known:
            name = self._known[known] = f"{group}{len(self._known)}"
            self.constants[name] = value
        return self._known[known]

    def value(self, kind: GraphQLOutputType, picked: Picked, v: str, body: list[str], *, nullable: bool = True) -> str:
        """The expression for the completed value of the variable ``v``; checks and conversions go into ``body``."""
        if is_non_null_type(kind):
            return self.value(kind.of_type, picked, v, body, nullable=False)
        if is_list_type(kind):
            return self.sequence(kind.of_type, picked, v, body, nullable=nullable)
        if is_object_type(kind):
            call = f"{self.record(kind, picked)}({v})"
            return f"None if {v} is None else {call}" if nullable else call
        if is_leaf_type(kind):
            return self.leaf(kind, picked, v, body, nullable=nullable)
        raise CannotCompileError(str(kind))

    def sequence(self, kind: GraphQLOutputType, picked: Picked, v: str, body: list[str], *, nullable: bool) -> str:
        inner: list[str] = []
        item = self.value(kind, picked, "x", inner)
        if inner:
            self.functions.append(_function(name := self._name("i"), "x", [*inner, f"return {item}"]))
            item = f"{name}(x)"
        lines = [f"if type({v}) is not list:", "    raise Deviation", f"{v} = [{item} for x in {v}]"]
        body += [f"if {v} is not None:", *(f"    {line}" for line in lines)] if nullable else lines
        return v

    def record(self, kind: GraphQLObjectType, picked: Picked) -> str:
        """The name of the function that completes one object of this type."""
        body = ["if type(r) is not dict:", "    raise Deviation"] if _holds_rows(picked) else []
        shown = []
        for number, each in enumerate(picked.below):
            key = self.constant("k", each.key)
            shown.append(f"{key}: {self.field(kind, each, f'v{number}', body)}")
        self.functions.append(_function(name := self._name("f"), "r", [*body, f"return {{{', '.join(shown)}}}"]))
        return name

    def field(self, parent: GraphQLObjectType, picked: Picked, v: str, body: list[str]) -> str:
        meaning = picked.meaning
        if picked.is_typename:
            return self.constant("k", parent.name)
        if meaning is None or meaning.kind is Kind.ROOT:
            raise CannotCompileError(f"{parent}.{picked.key}")
        if meaning.kind in (Kind.PART, Kind.PAYLOAD):
            source = f"r[{self.constant('k', meaning.name)}]"
        else:
            source = _SOURCES.get(meaning.kind) or f"r[{self.constant('k', picked.wire)}]"
        body.append(f"{v} = {source}")
        return self.value(picked.field.type, picked, v, body)

    def leaf(self, kind: GraphQLLeafType, picked: Picked, v: str, body: list[str], *, nullable: bool) -> str:
        reference = picked.meaning.ref if picked.meaning else None
        if reference is not None:
            found = f"{self.constant('g', global_ids(reference), key=reference)}[{v}]"
            return f"None if {v} is None else {found}" if nullable else found
        if is_enum_type(kind):
            found = f"{self.constant('e', _enum_names(kind), key=kind.name)}[{v}]"
            return f"None if {v} is None else {found}" if nullable else found
        check = _CHECKS.get(kind.name)
        if kind.name == "JSON":
            body += [] if nullable else [f"if {v} is None:", "    raise Deviation"]
            return v
        slow = f"    {v} = {self.constant('c', _coerced(kind), key=kind.name)}({v})"
        if check is None:
            body += [f"if {v} is not None:", slow] if nullable else [slow[4:]]
        else:
            condition = check.format(v=v)
            body += [f"if {v} is not None and ({condition}):" if nullable else f"if {condition}:", slow]
        return v

    def _name(self, prefix: str) -> str:
        return f"{prefix}_{len(self.functions)}"


def _holds_rows(picked: Picked) -> bool:
    meaning = picked.meaning
    if meaning is None or meaning.kind in (Kind.EDGES, Kind.PAGE_INFO):
        return False
    return meaning.root is None or meaning.root.kind not in (RootKind.LIST, RootKind.COMMAND, RootKind.LIVE)


def _function(name: str, parameter: str, body: list[str]) -> str:
    return "\n".join([f"    def {name}({parameter}):", *(f"        {line}" for line in body)])


def _factory(constants: tuple[str, ...], functions: list[str]) -> str:
    return "\n".join([f"def make({', '.join(constants)}):", *functions, "    return complete"])


@lru_cache(maxsize=1024)
def _code(source: str) -> CodeType:
    # clients' names are no part of the source, so selections of one shape share their code
    return compile(source, "<selection>", "exec")


def _enum_names(kind: GraphQLEnumType) -> dict[Any, str]:
    return {each.value: name for name, each in kind.values.items()}


def _coerced(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    coerce = kind.coerce_output_value

    def coerced(value: Any) -> Any:
        found = coerce(value)
        if found is None or found is Undefined:
            raise DeviationError
        return found

    return coerced
