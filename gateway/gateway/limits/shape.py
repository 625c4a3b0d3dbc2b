"""Measures a document before it is validated: depth, aliases, directives and so on, each fragment walked once.

Validation itself is quadratic in places, so what is too large is refused before it. Numbers count what would be
executed: a fragment that is spread twice counts twice. They are computed per fragment and added up, so 2^n costs n.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
)

# graphql-core's front door does not export these two
from graphql.language.parser import MAX_NESTING_DEPTH
from graphql.validation import ValidationContext
from graphql.validation.validate import ValidationAbortedError

from crm_common.errors import CrmError
from gateway.rules import EdgeRules
from gateway.settings import Limits

_TOO_MANY = re.compile(r"more than (\d+) (?:lexical )?(tokens|comments)")
_TOO_DEEP = "nested too deeply"
_INTROSPECTION = frozenset({"__schema", "__type"})
_NOTHING = (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Shape:
    """The largest of each measure over a document's operations; ``fragments`` and ``repeats`` are of the whole text."""

    depth: int = 0
    introspection_depth: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    fragments: int = 0
    repeats: int = 0
    value_depth: int = 0


class ShapeExceededError(ValidationAbortedError):
    """Ends the validation before any other rule has looked at the document."""


class _Walk:
    """One document's measures. Results are (depth, introspection depth, aliases, directives, direct fields)."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self.known: dict[str, tuple[int, int, int, int, int]] = {}
        self.pieces = 0
        self.names: Counter[str] = Counter()
        self.value_depth = 0
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments[definition.name.value] = definition
                self.pieces += 1

    def selection(self, node: SelectionSetNode | None) -> tuple[int, int, int, int, int]:
        depth = introspection = aliases = directives = fields = 0
        for part in node.selections if node else ():
            found = self.field(part) if isinstance(part, FieldNode) else self.fragment(part)
            depth, introspection = max(depth, found[0]), max(introspection, found[1])
            aliases += found[2]
            directives += found[3] + self.applied(part)
            fields += found[4]
        return depth, introspection, aliases, directives, fields

    def field(self, node: FieldNode) -> tuple[int, int, int, int, int]:
        name = node.name.value
        self.names[node.alias.value if node.alias else name] += 1
        for argument in node.arguments or ():
            self.value(argument.value)
        depth, introspection, aliases, directives, _ = self.selection(node.selection_set)
        if name in _INTROSPECTION:  # the schema is deeper than any answer: it has a limit of its own
            depth, introspection = 0, max(depth, introspection)
        return depth + 1, introspection, aliases + (node.alias is not None), directives, 1

    def fragment(self, node: Any) -> tuple[int, int, int, int, int]:
        self.pieces += 1
        if isinstance(node, InlineFragmentNode):
            return self.selection(node.selection_set)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self.known:
            definition = self.fragments.get(name)
            self.known[name] = _NOTHING  # a cycle ends here; validation refuses it
            if definition is not None:
                self.known[name] = self.selection(definition.selection_set)
        return self.known[name]

    def applied(self, node: Any) -> int:
        for directive in node.directives or ():
            for argument in directive.arguments or ():
                self.value(argument.value)
        return len(node.directives or ())

    def value(self, node: ValueNode, depth: int = 1) -> None:
        if isinstance(node, ListValueNode):
            self.value_depth = max(self.value_depth, depth)
            for item in node.values:
                self.value(item, depth + 1)
        elif isinstance(node, ObjectValueNode):
            self.value_depth = max(self.value_depth, depth)
            for given in node.fields:
                self.value(given.value, depth + 1)


def measure(document: DocumentNode) -> Shape:
    """The shape of a parsed document, valid or not; linear in its length."""
    walk = _Walk(document)
    depth = introspection = aliases = directives = fields = 0
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        for variable in definition.variable_definitions or ():
            if variable.default_value is not None:
                walk.value(variable.default_value)
            directives = max(directives, walk.applied(variable))
        found = walk.selection(definition.selection_set)
        depth, introspection = max(depth, found[0]), max(introspection, found[1])
        aliases, fields = max(aliases, found[2]), max(fields, found[4])
        directives = max(directives, found[3] + walk.applied(definition))
    for name, fragment in walk.fragments.items():  # those that no operation spreads are validated all the same
        if name not in walk.known:
            walk.known[name] = walk.selection(fragment.selection_set)
    repeats = sum(n * (n - 1) // 2 for n in walk.names.values())
    return Shape(depth, introspection, aliases, directives, fields, walk.pieces, repeats, walk.value_depth)


_WORDS = {
    "depth": "depth",
    "introspection_depth": "depth of introspection",
    "aliases": "aliases",
    "directives": "directives",
    "root_fields": "root fields",
    "fragments": "fragments",
    "repeats": "pairs of fields with the same name",
    "value_depth": "nesting of a value",
}


def excess(shape: Shape, limits: Limits) -> list[tuple[str, int, int]]:
    """``(what, limit, found)`` of every measure that is over its limit."""
    measured = ((words, getattr(limits, name), getattr(shape, name)) for name, words in _WORDS.items())
    return [(words, limit, found) for words, limit, found in measured if found > limit]


class ShapeRule(ASTValidationRule):
    """Runs first in a validation and ends it when the document is too large; see :func:`limited_shape`."""

    limits = Limits()

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)

    def enter_document(self, node: DocumentNode, *_args: Any) -> None:
        """Measure, and raise what the validation reports as its last error."""
        try:
            over = excess(measure(node), self.limits)
        except RecursionError:  # fragments nested in fragments: deeper than Python, so deeper than any limit
            refusal = EdgeRules.a_limit_is_passed_over(what="depth", limit=self.limits.depth)
            raise ShapeExceededError(refusal.message(), original_error=refusal) from None
        if over:
            what, limit, found = over[0]
            refusal = EdgeRules.a_limit_is_exceeded(what=what, limit=limit, found=found)
            raise ShapeExceededError(refusal.message(), original_error=refusal)


def limited_shape(limits: Limits) -> type[ShapeRule]:
    """The rule with these limits, for the schema's validation."""
    return type("ShapeRule", (ShapeRule,), {"limits": limits})


def refusal_in(errors: Iterable[GraphQLError]) -> CrmError | None:
    """The limit that ended parsing or validation, if one did."""
    for error in errors:
        if isinstance(error, ShapeExceededError) and isinstance(error.original_error, CrmError):
            return error.original_error
        if found := _TOO_MANY.search(error.message) if isinstance(error, GraphQLSyntaxError) else None:
            return EdgeRules.a_limit_is_passed_over(what=found[2], limit=int(found[1]))
        if _TOO_DEEP in error.message:
            return EdgeRules.a_limit_is_passed_over(what="depth", limit=MAX_NESTING_DEPTH)
    return None
