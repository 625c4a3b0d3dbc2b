"""How many values an answer may hold if every list were full: known before anything is read.

One per field; a list counts its elements times what is asked of each: ``first``/``last`` where the field takes them
(the declared default otherwise), the number of ``ids`` where it takes these, 10 for any other list. A connection's
``nodes`` and ``edges`` count its page. A root field costs 10 more: it is a call to a service. Introspection is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_object_type,
)
from graphql.language import DocumentNode

from gateway.publishing.meaning import Kind, meaning_of

ROOT_FIELD = 10
PAGE = 20
UNKNOWN_LIST = 10
# beyond any limit; keeps the numbers of a hostile document small
_CEILING = 10**12


@dataclass(frozen=True, slots=True)
class Factor:
    """How often something counts: the largest of a number and some variables' values, or ``absent`` without any."""

    number: int | None
    variables: tuple[str, ...] = ()
    absent: int = PAGE

    def value(self, variables: Mapping[str, Any]) -> int:
        """The factor for these variables; what is no number is for the coercion to refuse, and counts 1."""
        found = -1 if self.number is None else self.number
        for name in self.variables:
            given = variables.get(name)
            if isinstance(given, list):
                found = max(found, len(given))
            elif given is not None:
                found = max(found, given if isinstance(given, int) else 1, 0)
        return self.absent if found < 0 else found


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """``fixed`` plus each term's factor times its own sum. Shared below several terms where a fragment is."""

    fixed: int
    terms: tuple[tuple[Factor, Sum], ...] = ()

    def evaluate(self, variables: Mapping[str, Any], known: dict[int, int]) -> int:
        """The number for these variables; each shared part is computed once."""
        if not self.terms:
            return self.fixed
        if id(self) not in known:
            total = self.fixed + sum(f.value(variables) * s.evaluate(variables, known) for f, s in self.terms)
            known[id(self)] = min(total, _CEILING)
        return known[id(self)]


def _added(parts: list[tuple[Factor, Sum]], fixed: int = 0) -> Sum:
    """The sum of the parts, folded where no variable is in them."""
    terms = []
    for factor, part in parts:
        if not factor.variables and not part.terms:
            fixed += factor.value({}) * part.fixed
        elif part.fixed or part.terms:
            terms.append((factor, part))
    return Sum(min(fixed, _CEILING), tuple(terms))


_ONCE = Factor(1)


@dataclass(frozen=True, slots=True)
class CostPlan:
    """An operation's cost as a function of its variables; made once per document."""

    total: Sum

    def cost(self, variables: Mapping[str, Any] | None) -> int:
        """The cost with these (not yet coerced) variables."""
        return self.total.evaluate(variables or {}, {})


class _Plan:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self.schema = schema
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.known: dict[str, tuple[Sum, Sum]] = {}
        self.defaults = {
            each.variable.name.value: each.default_value
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        }
        self.root = schema.get_root_type(operation.operation)

    def selection(self, node: SelectionSetNode, parent: Any) -> tuple[Sum, Sum]:
        """What the selection costs once, and what it costs per element of the parent's page (connections only)."""
        once: list[tuple[Factor, Sum]] = []
        each: list[tuple[Factor, Sum]] = []
        for part in node.selections:
            if isinstance(part, FieldNode):
                self.field(part, parent, once, each)
                continue
            mine, paged = self.fragment(part, parent)
            once.append((_ONCE, mine))
            each.append((_ONCE, paged))
        return _added(once), _added(each)

    def fragment(self, part: Any, parent: Any) -> tuple[Sum, Sum]:
        if isinstance(part, InlineFragmentNode):
            condition = part.type_condition
            return self.selection(
                part.selection_set, self.schema.get_type(condition.name.value) if condition else parent
            )
        assert isinstance(part, FragmentSpreadNode)
        name = part.name.value
        if name not in self.known:
            found = self.fragments[name]
            self.known[name] = self.selection(
                found.selection_set, self.schema.get_type(found.type_condition.name.value)
            )
        return self.known[name]

    def field(
        self, node: FieldNode, parent: Any, once: list[tuple[Factor, Sum]], each: list[tuple[Factor, Sum]]
    ) -> None:
        definition: GraphQLField | None = parent.fields.get(node.name.value) if _has_fields(parent) else None
        if definition is None:  # __typename and introspection
            if node.name.value == "__typename":
                once.append((_ONCE, Sum(1)))
            return
        if parent is self.root or _is_block(definition):
            once.append((_ONCE, Sum(ROOT_FIELD)))
        below, paged = Sum(0), Sum(0)
        if node.selection_set is not None:
            below, paged = self.selection(node.selection_set, get_named_type(definition.type))
        size = self.size(node, definition)
        if is_list_type(get_nullable_type(definition.type)):
            whole = _added([(_ONCE, below)], fixed=1)
            if node.selection_set is None:
                once.append((_ONCE, Sum(1)))
            elif size is None and _is_connection(parent):
                each.append((_ONCE, whole))
            else:
                once.append((size or Factor(UNKNOWN_LIST), whole))
        else:
            once.append((_ONCE, _added([(_ONCE, below), (size or Factor(PAGE), paged)], fixed=1)))

    def size(self, node: FieldNode, definition: GraphQLField) -> Factor | None:
        """The page or number of ids the field asks for; None when it takes no such argument."""
        known = [name for name in ("first", "last", "ids") if name in definition.args]
        if not known:
            return None
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        number: int | None = None
        variables: list[str] = []
        for name in known:
            value: Any = given.get(name)
            if isinstance(value, VariableNode):
                variables.append(value.name.value)
                value = self.defaults.get(value.name.value)
            if isinstance(value, IntValueNode):
                number = max(number or 0, int(value.value))
            elif isinstance(value, ListValueNode):
                number = max(number or 0, len(value.values))
        default = definition.args[known[0]].default_value
        return Factor(number, tuple(variables), default if isinstance(default, int) else PAGE)


def _is_block(definition: GraphQLField) -> bool:
    """Whether the field is a root field in its own right, below another (a block of the workbench)."""
    meaning = meaning_of(definition)
    return meaning is not None and meaning.kind is Kind.ROOT


def _has_fields(parent: Any) -> bool:
    return isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)


def _is_connection(parent: Any) -> bool:
    return is_object_type(parent) and parent.name.endswith("Connection") and "pageInfo" in parent.fields


def cost_plan(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> CostPlan:
    """The plan of one operation of a valid document."""
    plan = _Plan(schema, document, operation)
    return CostPlan(plan.selection(operation.selection_set, plan.root)[0])
