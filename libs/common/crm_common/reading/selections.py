"""Checks a selection against its view, once per text, and finds what of it depends on the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.policy import Policy
from crm_common.protocol.reading_rules import ReadingRules
from crm_common.protocol.selection import Selected, Selection
from crm_common.protocol.views import Cardinality, ViewShape
from crm_common.reading.bindings import Binding
from crm_common.reading.masks import Masked
from crm_common.reading.scope import Scope

MAX_DEPTH = 12
MAX_FIELDS = 1_000
FIRST, MOST = 20, 100

Bindings = Mapping[ViewShape, Binding]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a selection touches that depends on the viewer."""

    policies: tuple[Policy, ...]
    scopes: tuple[Scope, ...]


def everything(shape: ViewShape) -> Selection:
    """What is answered when nothing is selected: every value under its own name."""
    return tuple(Selected(name, name) for name, each in shape.fields.items() if each.view is None)


def check(selection: Selection, binding: Binding, bindings: Bindings) -> Needs:
    """Refuse names the views lack, wrong arguments, doubled keys, too much; answer what depends on the viewer."""
    walk = _Walk(bindings)
    walk.into(selection, binding, "select", 1)
    return Needs(tuple(walk.policies), tuple(walk.scopes))


class _Walk:
    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._count = 0
        # dicts, as they keep the order of first meeting
        self.policies: dict[Policy, None] = {}
        self.scopes: dict[Scope, None] = {}

    def into(self, selection: Selection, binding: Binding, path: str, depth: int) -> None:
        self._count += len(selection)
        if depth > MAX_DEPTH or self._count > MAX_FIELDS:
            raise ReadingRules.a_selection_is_too_large(field=path, fields=MAX_FIELDS, depth=MAX_DEPTH)
        if binding.scope is not None:
            self.scopes[binding.scope] = None
        if len({selected.key for selected in selection}) != len(selection):
            raise _wrong(path, "two fields under one key")
        for selected in selection:
            self._field(selected, binding, f"{path}.{selected.key}", depth)

    def _field(self, selected: Selected, binding: Binding, path: str, depth: int) -> None:
        # the key stands in the statement's text
        if not (selected.key.isascii() and selected.key.isidentifier()):
            raise _wrong(path, "a response key is a name of GraphQL")
        if selected.name == "__typename":
            return
        shape = binding.shape.fields.get(selected.name)
        if shape is None:
            raise CommonRules.a_field_is_unknown(field=path, name=selected.name)
        if shape.policy is not None:
            self.policies[shape.policy] = None
        if shape.masked:
            self.policies.update(dict.fromkeys(_masked(binding, selected.name).policies))
        if shape.view is None:
            if selected.children or selected.arguments:
                raise _wrong(path, "a plain value has neither arguments nor fields")
            return
        self.policies[shape.view.policy] = None
        if not selected.children:
            raise _wrong(path, "say which fields of the record")
        limit = shape.limit or MOST
        _check_arguments(selected, path, limit if shape.cardinality is Cardinality.MANY else None)
        self.into(selected.children, self._bindings[shape.view], path, depth + 1)


def _masked(binding: Binding, name: str) -> Masked:
    masked = binding.fields[name].masked
    assert masked is not None  # the binding's own check
    return masked


def _check_arguments(selected: Selected, path: str, limit: int | None) -> None:
    unknown = selected.arguments.keys() - ({"first"} if limit is not None else set())
    if unknown:
        name = min(unknown)
        raise CommonRules.a_field_is_unknown(field=f"{path}.{name}", name=name)
    first = selected.arguments.get("first", 0)
    if not isinstance(first, int) or isinstance(first, bool) or first < 0:
        raise _wrong(f"{path}.first", "a whole number, not negative")
    if limit is not None and first > limit:
        raise CommonRules.a_page_is_too_large(field=f"{path}.first", limit=limit)


def _wrong(path: str, problem: str) -> CrmError:
    return CommonRules.a_value_has_the_wrong_shape(field=path, problem=problem)
