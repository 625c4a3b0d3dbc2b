"""What an operation selects, after fragments, variables and directives, and what of it each service is asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from crm_common.protocol.selection import Selected
from crm_common.protocol.selection import dump as dump_selection
from crm_common.protocol.views import Cardinality, ViewShape
from gateway.execution.rows import Path, Rename
from gateway.publishing.meaning import Kind, Meaning, meaning_of
from gateway.publishing.outputs import children_limit

TYPENAME = "__typename"


@dataclass(slots=True, eq=False)
class Picked:
    """A response key of a selection set: the field it shows and what is selected below it.

    ``wire`` is the key in the service's row: the response key, unless several selections share a row and clash.
    """

    key: str
    field: GraphQLField
    meaning: Meaning | None
    details: FieldDetailsList
    parent: GraphQLObjectType
    arguments: dict[str, Any]
    below: list[Picked] = dataclasses.field(default_factory=list)
    wire: str = ""

    @property
    def field_name(self) -> str:
        """The field's name in the schema."""
        return self.details[0].node.name.value

    @property
    def is_typename(self) -> bool:
        """Whether it shows the type's own name."""
        return self.field_name == TYPENAME

    @property
    def object(self) -> GraphQLObjectType | None:
        """The object type below, when there is one."""
        kind = get_named_type(self.field.type)
        return kind if is_object_type(kind) else None


@dataclass(frozen=True, slots=True)
class Want:
    """One key of a row: what a service is asked for, or what is joined in from a neighbour.

    Of a neighbour, ``reference`` is the row's key that holds the id (or ids) of the record (or records).
    """

    wire: str
    name: str
    arguments: bytes = b""
    below: tuple[Want, ...] = ()
    neighbour: Meaning | None = None
    reference: str = ""

    def same(self, other: Want) -> bool:
        """Whether both hold the same under another key."""
        return dataclasses.replace(self, wire=other.wire) == other


class Picker:
    """Collects the selections of one operation under one set of variables."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
        *,
        suggestions: bool,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = fragments
        self.variables = variables
        self.hide = not suggestions

    def roots(self, root: GraphQLObjectType) -> list[Picked]:
        """The root fields, without what is below them."""
        found = collect_fields(self.schema, self.fragments, self.variables, root, self.operation, self.hide)
        return [
            picked
            for key, details in found.grouped_field_set.items()
            if (picked := self._picked(root, key, details, root=True)) is not None
        ]

    def below(self, parent: GraphQLObjectType, details: FieldDetailsList) -> list[Picked]:
        """Everything below a field, for rows of the type ``parent``."""
        found = collect_subfields(
            self.schema, self.fragments, self.variables, self.operation, parent, details, self.hide
        )
        picked_fields = []
        for key, each in found.grouped_field_set.items():
            picked = self._picked(parent, key, each)
            if picked is None:
                continue
            if picked.object is not None:
                picked.below = self.below(picked.object, each)
            picked_fields.append(picked)
        return picked_fields

    def arguments(self, picked: Picked) -> dict[str, Any]:
        """The coerced arguments of a field under the variables of this picker."""
        return arguments_of(picked, self.variables, hide=self.hide)

    def _picked(
        self, parent: GraphQLObjectType, key: str, details: FieldDetailsList, *, root: bool = False
    ) -> Picked | None:
        definition = self.schema.get_field(parent, details[0].node.name.value)
        if definition is None:
            return None
        picked = Picked(key, definition, meaning_of(definition), details, parent, {}, wire=key)
        if not root and definition.args:
            picked.arguments = self.arguments(picked)
        return picked


def arguments_of(picked: Picked, variables: VariableValues, *, hide: bool) -> dict[str, Any]:
    """The coerced arguments of a field; GraphQLError when one cannot be coerced."""
    if not picked.field.args:
        return {}
    found: dict[str, Any] = get_argument_values(picked.field, picked.details[0].node, variables, None, hide)
    return found


class ChildrenLimitError(Exception):
    """More children are asked for than their view allows; ``field`` is the path, dotted, in response keys."""

    def __init__(self, field: str, limit: int) -> None:
        super().__init__(field, limit)
        self.field = field
        self.limit = limit


def check_children(picked_fields: Iterable[Picked], path: str = "") -> None:
    """Raise ChildrenLimitError where ``first`` is more than a list of children allows, or negative."""
    for picked in picked_fields:
        shape = picked.meaning.shape if picked.meaning else None
        where = f"{path}{picked.key}"
        if shape is not None and shape.cardinality is Cardinality.MANY and picked.meaning.kind is Kind.RECORD:  # type: ignore[union-attr]
            limit = children_limit(shape)
            if not 0 <= picked.arguments.get("first", 0) <= limit:
                raise ChildrenLimitError(f"{where}.first", limit)
        check_children(picked.below, f"{where}.")


class _Keys:
    """Gives each want a key in the row; wants that are the same share one, others never do."""

    def __init__(self, response_keys: Iterable[str]) -> None:
        self.reserved = frozenset(response_keys)
        self.taken: dict[str, Want] = {}

    def place(self, want: Want, *, own: bool = True) -> str:
        """The key: the want's own, or one that no response key of any selection is."""
        wire, number = want.wire, 0
        while not self._fits(wire, want, own=own and not number):
            number += 1
            wire = f"{want.wire}_{number}"
        self.taken[wire] = dataclasses.replace(want, wire=wire)
        return wire

    def _fits(self, wire: str, want: Want, *, own: bool) -> bool:
        there = self.taken.get(wire)
        return (
            there.same(dataclasses.replace(want, wire=wire)) if there is not None else own or wire not in self.reserved
        )


def merge(variants: Sequence[list[Picked]]) -> tuple[tuple[Want, ...], list[Rename]]:
    """Row keys that serve several selections of the same rows, and for each selection how its keys are called there.

    A response key that means different things in two of them gets a key of its own; else nothing is asked for twice.
    """
    keys = _Keys(picked.key for variant in variants for picked in variant)
    for variant in variants:
        for picked in variant:
            if not picked.is_typename and picked.meaning is not None:
                picked.wire = keys.place(_want(picked, picked.meaning, keys))
    return tuple(keys.taken.values()), [_rename(variant) for variant in variants]


def _want(picked: Picked, meaning: Meaning, keys: _Keys) -> Want:
    arguments = msgspec.json.encode(picked.arguments) if picked.arguments else b""
    if meaning.kind is Kind.NEIGHBOUR:
        reference = keys.place(Want(f"_{meaning.name}", meaning.name), own=False)
        return Want(picked.key, meaning.name, arguments, merge([picked.below])[0], meaning, reference)
    below = merge([picked.below])[0] if meaning.kind is Kind.RECORD else ()
    return Want(picked.key, meaning.name, arguments, below)


def _rename(variant: Iterable[Picked]) -> Rename:
    keys = {picked.key: picked.wire for picked in variant if not picked.is_typename}
    return keys if any(key != wire for key, wire in keys.items()) else None


def merge_wants(variants: Sequence[tuple[Want, ...]]) -> tuple[tuple[Want, ...], list[Rename]]:
    """As ``merge``, for what was merged before (the same neighbour wanted at several places)."""
    keys = _Keys(want.wire for variant in variants for want in variant)
    renames: list[Rename] = []
    for variant in variants:
        placed: dict[str, str] = {}
        for want in variant:  # a neighbour's reference stands before the neighbour
            reference = placed[want.reference] if want.neighbour is not None else ""
            placed[want.wire] = keys.place(dataclasses.replace(want, reference=reference))
        renames.append(placed if any(key != wire for key, wire in placed.items()) else None)
    return tuple(keys.taken.values()), renames


def select_text(wants: Iterable[Want], view: ViewShape) -> str:
    """The text that travels in ``select``."""
    return dump_selection(_selected(wants, view))


def _selected(wants: Iterable[Want], view: ViewShape) -> tuple[Selected, ...]:
    found = []
    for want in wants:
        if want.neighbour is None:
            arguments = msgspec.json.decode(want.arguments) if want.arguments else {}
            # what is not declared is a custom field, which has nothing below it
            child = view.fields[want.name].view if want.name in view.fields else None
            below = _selected(want.below, child) if child is not None else ()
            found.append(Selected(want.wire, want.name, arguments, below))
    return tuple(found) or _least(view)


def _least(view: ViewShape) -> tuple[Selected, ...]:
    # rows whose type alone is shown still have to be counted: ask for as little as there is
    name = "id" if "id" in view.fields else next(iter(view.fields))
    child = view.fields[name].view
    return (Selected("_", name, {}, _least(child) if child is not None else ()),)


def neighbours(wants: Iterable[Want], path: Path = ()) -> list[tuple[Path, Want]]:
    """The neighbours in a selection with the row keys that lead to their rows; those below a neighbour come with it."""
    found: list[tuple[Path, Want]] = []
    for want in wants:
        if want.neighbour is not None:
            found.append((path, want))
        else:
            found += neighbours(want.below, (*path, want.wire))
    return found


def shape_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: dict[str, FragmentDetails]
) -> tuple[str, ...]:
    """Names of the variables whose values decide the selection: all but those only used as arguments of root fields."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        raise GraphQLError(f"Schema is not configured to execute {operation.operation.value} operation.", operation)
    finder = _ShapeVariables(fragments)
    finder.walk(operation.selection_set, at_root=True)
    return tuple(sorted(finder.names))


class _ShapeVariables:
    def __init__(self, fragments: dict[str, FragmentDetails]) -> None:
        self.fragments = fragments
        self.names: set[str] = set()
        self._seen: set[tuple[str, bool]] = set()

    def walk(self, selection_set: Any, *, at_root: bool) -> None:
        for node in selection_set.selections if selection_set else ():
            for directive in node.directives or ():
                self._values(directive.arguments)
            if node.kind == "field":
                if not at_root:
                    self._values(node.arguments)
                self.walk(node.selection_set, at_root=False)
            elif node.kind == "inline_fragment":
                self.walk(node.selection_set, at_root=at_root)
            else:
                self._spread(node.name.value, at_root=at_root)

    def _spread(self, name: str, *, at_root: bool) -> None:
        fragment = self.fragments.get(name)
        if fragment is not None and (name, at_root) not in self._seen:
            self._seen.add((name, at_root))
            self.walk(fragment.definition.selection_set, at_root=at_root)

    def _values(self, arguments: Any) -> None:
        for argument in arguments or ():
            self._value(argument.value)

    def _value(self, value: Any) -> None:
        if value.kind == "variable":
            self.names.add(value.name.value)
        for item in getattr(value, "values", ()) or ():
            self._value(item)
        for each in getattr(value, "fields", ()) or ():
            self._value(each.value)
