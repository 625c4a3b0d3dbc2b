"""Random queries: fragments, aliases, duplicates, directives, connections and nodes, as long as they are valid."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_interface_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

VARIABLES = {"yes": True, "no": False, "few": 1}
_TYPES = {"yes": "Boolean!", "no": "Boolean!", "few": "Int!"}
_ALWAYS = ["@include(if: true)", "@skip(if: $no)", "@include(if: $yes)", "@skip(if: $no) @include(if: $yes)"]
_NEVER = ["@skip(if: $yes)", "@include(if: $no)"]


@dataclass
class Query:
    """A query being written."""

    draw: DrawFn
    schema: GraphQLSchema
    fragments: list[str] = field(default_factory=list)

    def text(self, roots: dict[str, str], *, mutation: bool = False) -> str:
        """The whole document; ``roots`` are root fields with the arguments they are given."""
        kind = self.schema.mutation_type if mutation else self.schema.query_type
        assert kind is not None
        parts = []
        for index, name in enumerate(self.draw(st.lists(st.sampled_from(sorted(roots)), min_size=1, max_size=3))):
            below = self.selection(get_named_type(kind.fields[name].type), 4)
            parts.append(f"r{index}: {name}{roots[name]} {self.directive()} {below}")
        body = "\n".join([f"{{ {' '.join(parts)} __typename }}", *self.fragments])
        used = [f"${name}: {kind}" for name, kind in _TYPES.items() if re.search(rf"\${name}\b", body)]
        variables = f"({', '.join(used)})" if used else ""
        return f"{'mutation' if mutation else 'query'} Q{variables} {body}"

    def directive(self) -> str:
        """Mostly none; some that keep the field, few that drop it."""
        return self.draw(st.sampled_from([""] * 12 + _ALWAYS + _NEVER))

    def selection(self, kind: Any, depth: int) -> str:
        """A selection set on a composite type; empty text for a leaf."""
        if not is_composite_type(kind):
            return ""
        if is_interface_type(kind):
            return self._on_interface(kind, depth)
        assert is_object_type(kind)
        parts = [self._part(kind, depth) for _ in range(self.draw(st.integers(1, 5)))]
        return f"{{ {' '.join(parts)} }}"

    def _on_interface(self, kind: GraphQLInterfaceType, depth: int) -> str:
        kinds = self.draw(st.lists(st.sampled_from(self.schema.get_possible_types(kind)), max_size=2))
        inner = [f"... on {each.name} {self.selection(each, depth - 1)}" for each in kinds]
        return f"{{ __typename id {' '.join(inner)} }}"

    def _part(self, kind: GraphQLObjectType, depth: int) -> str:
        choice = self.draw(st.integers(0, 9))
        if choice == 0:
            return f"{self.draw(st.sampled_from(['', 'kind: ']))}__typename {self.directive()}"
        if choice == 1 and depth > 0:
            condition = self.draw(st.sampled_from(["", f"on {kind.name}"]))
            return f"... {condition} {self.directive()} {self.selection(kind, depth - 1)}"
        if choice == 2 and depth > 0:
            return self._fragment(kind, depth)
        return self._field(kind, depth)

    def _fragment(self, kind: GraphQLObjectType, depth: int) -> str:
        name = f"F{len(self.fragments)}"
        self.fragments.append("")
        place = len(self.fragments) - 1
        self.fragments[place] = f"fragment {name} on {kind.name} {self.selection(kind, depth - 1)}"
        return " ".join([f"...{name} {self.directive()}"] * self.draw(st.integers(1, 2)))

    def _field(self, kind: GraphQLObjectType, depth: int) -> str:
        names = [n for n, f in kind.fields.items() if depth > 0 or not is_composite_type(get_named_type(f.type))]
        if not names:
            return "__typename"
        name = self.draw(st.sampled_from(names))
        definition: GraphQLField = kind.fields[name]
        children = "first" in definition.args
        arguments = self.draw(st.sampled_from(["(first: 1)", "(first: 2)", "(first: $few)"])) if children else ""
        mark = re.sub(r"\W", "", arguments)
        # the same response key in different places means different things: what selections of one row have to bear
        alias = self.draw(st.sampled_from([f"a_{name}{mark}", f"x{_shape(definition.type)}{mark}", f"b{mark}_{name}"]))
        if not children and self.draw(st.booleans()):
            alias = name
        below = self.selection(get_named_type(definition.type), depth - 1)
        return f"{alias}: {name}{arguments} {self.directive()} {below}"


def _shape(kind: Any) -> str:
    """Letters for the wrappers and the type, so that equal aliases have equal shapes wherever they meet."""
    if is_non_null_type(kind):
        return f"N{_shape(kind.of_type)}"
    if is_list_type(kind):
        return f"L{_shape(kind.of_type)}"
    return str(kind)
