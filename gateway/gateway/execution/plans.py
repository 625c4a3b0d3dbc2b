"""A plan per document, operation and the variables that decide its selection: what to ask and how to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from graphql import GraphQLError, GraphQLObjectType, OperationDefinitionNode
from graphql.execution.values import VariableValues

from crm_common.protocol.policy import Policy
from gateway.errors import page_too_large
from gateway.execution.blocks import BlocksRoot
from gateway.execution.documents import Document
from gateway.execution.roots import ROOTS, Ground, Root
from gateway.permissions import policy_of
from gateway.publishing.meaning import RootKind
from gateway.selection import ChildrenLimitError, Picked, Picker, arguments_of, shape_variables

if TYPE_CHECKING:
    from gateway.schema import GatewaySchema


KINDS: dict[RootKind, type[Root]] = ROOTS | {RootKind.BLOCKS: BlocksRoot}


@dataclass(slots=True)
class Planned:
    """A root field. ``root`` is None for what the stock executor does alone: introspection, resolvers by hand."""

    picked: Picked
    policy: Policy | None
    root: Root | None
    refusal: Exception | None
    fixed: dict[str, Any] | None
    """Its arguments, when no variable is in them."""
    hide: bool
    told: Any = None
    """What introspection answered: it never changes for one plan."""

    @property
    def is_introspection(self) -> bool:
        """Whether it tells of the schema itself."""
        return self.picked.field_name in ("__schema", "__type")

    def arguments(self, variables: VariableValues) -> dict[str, Any]:
        """Its coerced arguments."""
        return arguments_of(self.picked, variables, hide=self.hide) if self.fixed is None else self.fixed


@dataclass(slots=True, eq=False)
class Plan:
    """How one operation is executed."""

    operation: OperationDefinitionNode
    type: GraphQLObjectType
    fields: list[Planned]


class Plans:
    """Makes plans for one schema and keeps them."""

    def __init__(self, schema: GatewaySchema) -> None:
        self.schema = schema

    def of(self, document: Document, operation: OperationDefinitionNode, variables: VariableValues) -> Plan:
        """The plan, from the cache when the operation came before with such variables."""
        key = (document, id(operation), self._shape(document, operation, variables))
        found: Plan | None = self.schema.plans.get(key)
        if found is None:
            found = self._make(document, operation, variables)
            self.schema.plans.put(key, found, len(document.text))
        return found

    def _shape(self, document: Document, operation: OperationDefinitionNode, variables: VariableValues) -> bytes:
        note = f"shape variables of {id(operation)}"
        names = document.notes.get(note)
        if names is None:
            names = document.notes[note] = shape_variables(self.schema.graphql, operation, document.fragments)
        # absent is not null: an argument then has its default
        given = {name: variables.coerced[name] for name in names if name in variables.coerced}
        return msgspec.json.encode(given) if given else b""

    def _make(self, document: Document, operation: OperationDefinitionNode, variables: VariableValues) -> Plan:
        schema = self.schema
        picker = Picker(
            schema.graphql, operation, document.fragments, variables, suggestions=schema.options.suggestions
        )
        kind = schema.graphql.get_root_type(operation.operation)
        assert kind is not None
        ground = Ground(schema.graphql, picker, schema.by_ids)
        return Plan(operation, kind, [_planned(each, ground) for each in picker.roots(kind)])


def _planned(picked: Picked, ground: Ground) -> Planned:
    meaning = picked.meaning.root if picked.meaning else None
    policy = meaning.policy if meaning else policy_of(picked.field)
    planned = Planned(picked, policy, None, None, None, ground.picker.hide)
    make: Callable[..., Root] | None = KINDS.get(meaning.kind) if meaning else None
    try:
        planned.root = make(picked, meaning, ground) if make else None
        planned.fixed = None if _has_variables(picked) else ground.picker.arguments(picked)
    except ChildrenLimitError as exceeded:
        planned.refusal = page_too_large(exceeded.field, exceeded.limit)
    except GraphQLError as unreadable:  # an argument below that no value can be made of
        planned.refusal = unreadable
    return planned


def _has_variables(picked: Picked) -> bool:
    return any(_mentions_variable(each.value) for each in picked.details[0].node.arguments or ())


def _mentions_variable(value: Any) -> bool:
    if value.kind == "variable":
        return True
    inner = [*(getattr(value, "values", ()) or ()), *(each.value for each in getattr(value, "fields", ()) or ())]
    return any(_mentions_variable(each) for each in inner)
