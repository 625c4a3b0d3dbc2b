"""Views, values and enums become Strawberry object types and enums; a view that can be asked by id is a Node."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from msgspec import UnsetType
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from crm_common.protocol.declare import GetQuery, Operation, ServiceProtocol
from crm_common.protocol.policy import Policy, PolicyKind
from crm_common.protocol.views import Cardinality, FieldShape, Ref, ViewShape, is_view, shape_of
from gateway.permissions import declared_policy
from gateway.publishing.docs import UnpublishableError, class_doc, field_doc, member_doc
from gateway.publishing.meaning import KEY, Kind, Meaning
from gateway.publishing.naming import camel, sentence, words
from gateway.publishing.scalars import JSON

PLAIN = (bool, int, float, str, Decimal, date, datetime)
DEFAULT_CHILDREN = 20
MOST_CHILDREN = 100


class Parts(NamedTuple):
    """An annotation taken apart: the type itself, whether None or UNSET may stand there, its ``Ref``, its words."""

    type: Any
    nullable: bool
    unset: bool
    ref: str | None
    doc: str | None


def parts(hint: Any) -> Parts:
    """Take an annotation apart; a union of several types is an UnpublishableError."""
    nullable = unset = False
    if get_origin(hint) in (Union, UnionType):
        kept = [part for part in get_args(hint) if part not in (NoneType, UnsetType)]
        nullable, unset = NoneType in get_args(hint), UnsetType in get_args(hint)
        if len(kept) != 1:
            raise UnpublishableError(f"one type, or one and None: {hint}")
        hint = kept[0]
    ref = doc = None
    if get_origin(hint) is Annotated:
        hint, *marks = get_args(hint)
        ref = next((mark.type_name for mark in marks if isinstance(mark, Ref)), None)
        doc = next((mark for mark in marks if isinstance(mark, str)), None)
        inner = parts(hint)
        return Parts(inner.type, nullable or inner.nullable, unset or inner.unset, ref or inner.ref, doc or inner.doc)
    return Parts(hint, nullable, unset, ref, doc)


def element(hint: Any) -> Any | None:
    """The element's annotation when ``hint`` is a list, tuple or set of one type; else None."""
    if get_origin(hint) in (list, tuple, set, frozenset):
        return get_args(hint)[0]
    return None


def output_field(
    annotation: Any, name: str, doc: str, meaning: Meaning, arguments: Iterable[StrawberryArgument] = ()
) -> StrawberryField:
    """A generated field: its value comes from what ``meaning`` says, not from a resolver."""
    found: StrawberryField = strawberry.field(
        name=name, description=sentence(doc), graphql_type=annotation, metadata={KEY: meaning}
    )
    found.arguments = list(arguments)
    return found


def new_type(name: str, fields: dict[str, StrawberryField], doc: str, bases: tuple[type, ...] = ()) -> type:
    """A Strawberry object type made of generated fields."""
    return finish_type(type(name, bases, {}), fields, doc)


def finish_type(cls: type, fields: dict[str, StrawberryField], doc: str) -> type:
    """Give a bare class its fields and make it a Strawberry type (in two steps, as types name one another)."""
    cls.__annotations__ = {
        name: field.type_annotation.annotation for name, field in fields.items() if field.type_annotation
    }
    for name, field in fields.items():
        setattr(cls, name, field)
    return strawberry.type(cls, name=cls.__name__, description=sentence(doc))


def give_fields(cls: type, fields: dict[str, StrawberryField]) -> None:
    """Set the fields with their annotations, as a class body would."""
    cls.__annotations__ = {
        name: each.type_annotation.annotation for name, each in fields.items() if each.type_annotation
    }
    for name, each in fields.items():
        setattr(cls, name, each)


@strawberry.interface(name="Node", description="A record with an id that is unique in the whole system.")
class Node:
    """What ``node(id)`` answers."""

    id: strawberry.ID = cast(
        "strawberry.ID",
        output_field(strawberry.ID, "id", "The id, unique in the whole system.", Meaning(kind=Kind.LEAF, name="id")),
    )


class OutputTypes:
    """The output types of one build, each made once."""

    def __init__(self, services: Iterable[ServiceProtocol]) -> None:
        services = list(services)
        self.shapes = {shape.name: shape for service in services for shape in service.views.values()}
        self.by_ids = dict(_by_ids(services))
        self._views: dict[str, type] = {}
        self._values: dict[type, type] = {}
        self._enums: dict[type[Enum], Any] = {}
        self._names: dict[str, object] = {"Node": Node}
        self._unfinished: list[ViewShape] = []

    def claim(self, name: str, thing: object) -> None:
        """Take a type name; two different things of one name are an UnpublishableError."""
        if self._names.setdefault(name, thing) is not thing:
            raise UnpublishableError(f"two types are named {name}: {self._names[name]!r} and {thing!r}")

    def view(self, shape: ViewShape) -> type:
        """The object type of a view. Its fields are there after ``finish``."""
        if shape.name not in self._views:
            declared_policy(shape.policy, f"the view {shape.name}")
            self.claim(shape.name, shape)
            bases = (Node,) if shape.name in self.by_ids and "id" in shape.fields else ()
            self._views[shape.name] = type(shape.name, bases, {})
            self._unfinished.append(shape)
        return self._views[shape.name]

    def finish(self) -> list[type]:
        """Give every view its fields, which may bring in further views; all view types."""
        while self._unfinished:
            shape = self._unfinished.pop()
            finish_type(self._views[shape.name], self._view_fields(shape), shape.doc)
        return list(self._views.values())

    def annotation(self, hint: Any, *, where: str) -> Any:
        """What an annotation is outside, wrapped in Optional and list as inside."""
        found = parts(hint)
        outside = self._named(found, where)
        return outside | None if found.nullable else outside

    def enum(self, cls: type[Enum]) -> Any:
        """The GraphQL enum of a Python one: names outside, values inside."""
        if cls not in self._enums:
            self.claim(cls.__name__, cls)
            members = {m.name: strawberry.enum_value(m.value, description=member_doc(m)) for m in cls}
            outer = Enum(cls.__name__, members)  # type: ignore[misc]
            self._enums[cls] = strawberry.enum(outer, name=cls.__name__, description=class_doc(cls))
        return self._enums[cls]

    def meaning(self, name: str, hint: Any, *, whole: bool) -> Meaning:
        """The meaning of a value: under the response key of a row, or (``whole``) a part of a complete object."""
        inner = parts(hint)
        while (item := element(inner.type)) is not None:
            inner = parts(item)
        is_object = dataclasses.is_dataclass(inner.type)
        kind = Kind.PART if whole else Kind.VALUE if is_object else Kind.LEAF
        return Meaning(kind=kind, name=name, ref=inner.ref)

    def _named(self, found: Parts, where: str) -> Any:
        kind = found.type
        if (item := element(kind)) is not None:
            return list[self.annotation(item, where=where)]  # type: ignore[misc]
        if isinstance(kind, type):
            known = strawberry.ID if kind is UUID else kind if kind in PLAIN else self._class(kind)
            if known is not None:
                return known
        if kind is Any or kind is dict or get_origin(kind) is dict:
            return JSON
        raise UnpublishableError(f"{where}: there is no public form of {kind!r}")

    def _class(self, cls: type) -> Any:
        if issubclass(cls, Enum):
            return self.enum(cls)
        if is_view(cls):
            return self.view(shape_of(cls))
        return self._value(cls) if dataclasses.is_dataclass(cls) else None

    def _value(self, cls: type) -> type:
        if cls not in self._values:
            self.claim(cls.__name__, cls)
            outer = self._values[cls] = type(cls.__name__, (), {})
            hints = get_type_hints(cls, include_extras=True)
            finish_type(
                outer,
                {f.name: self._value_field(cls, f, hints[f.name]) for f in dataclasses.fields(cls)},
                class_doc(cls),
            )
        return self._values[cls]

    def _value_field(self, cls: type, declared: dataclasses.Field[Any], hint: Any) -> StrawberryField:
        annotation = self.annotation(hint, where=f"{cls.__name__}.{declared.name}")
        meaning = self.meaning(declared.name, hint, whole=True)
        return output_field(annotation, camel(declared.name), field_doc(cls, declared), meaning)

    def _view_fields(self, shape: ViewShape) -> dict[str, StrawberryField]:
        fields: dict[str, StrawberryField] = {}
        for field in shape.fields.values():
            if field.policy is not None:
                declared_policy(field.policy, f"{shape.name}.{field.name}")
            if is_internal(field.policy) or (field.view and is_internal(field.view.policy)):
                continue
            fields[field.name] = self._child(shape, field) if field.view else self._shown(shape, field)
            if field.record:
                fields[field.record] = self._neighbour(shape, field)
        return fields

    def _shown(self, shape: ViewShape, field: FieldShape) -> StrawberryField:
        outside = self.annotation(field.type, where=f"{shape.name}.{field.name}")
        # a viewer without the field's own policy gets null
        annotation = outside | None if field.nullable or field.policy else outside
        meaning = self.meaning(field.name, field.type, whole=False)
        meaning = dataclasses.replace(meaning, ref=field.ref or meaning.ref, shape=field)
        return output_field(annotation, camel(field.name), field.doc + needed(field.policy), meaning)

    def _child(self, shape: ViewShape, field: FieldShape) -> StrawberryField:
        assert field.view is not None
        outer: Any = self.view(field.view)
        many = field.cardinality is Cardinality.MANY
        # a viewer without the child's policy gets null
        guarded = field.policy is not None or field.view.policy != shape.policy
        annotation = list[outer] if many else outer
        annotation = annotation | None if field.nullable or guarded else annotation
        meaning = Meaning(kind=Kind.RECORD, name=field.name, view=field.view, shape=field)
        arguments = [first_of_children(children_limit(field))] if many else []
        return output_field(annotation, camel(field.name), field.doc + needed(field.policy), meaning, arguments)

    def _neighbour(self, shape: ViewShape, field: FieldShape) -> StrawberryField:
        target = self.shapes.get(field.ref or "")
        if target is None or target.name not in self.by_ids:
            raise UnpublishableError(f"{shape.name}.{field.name}: nobody offers {field.ref} by ids")
        outer: Any = self.view(target)
        many = element(field.type) is not None
        annotation = (list[outer | None] if many else outer) | None
        meaning = Meaning(kind=Kind.NEIGHBOUR, name=field.name, view=target, shape=field)
        doc = f"{sentence(field.doc)} Asked of the service {target.service}, under its own rights."
        return output_field(annotation, camel(str(field.record)), doc, meaning)


def first_of_children(limit: int) -> StrawberryArgument:
    """The argument ``first`` of a list of children."""
    return argument("first", int, f"How many at most; the limit is {limit}.", min(DEFAULT_CHILDREN, limit))


def children_limit(field: FieldShape) -> int:
    """How many children a client may ask for: what the view declares, never more than a page."""
    return min(field.limit or MOST_CHILDREN, MOST_CHILDREN)


def argument(name: str, annotation: Any, doc: str, default: object = strawberry.UNSET) -> StrawberryArgument:
    """A described argument."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=camel(name),
        type_annotation=strawberry.annotation.StrawberryAnnotation(annotation),
        description=sentence(doc),
        default=default,
    )


def needed(policy: Policy | None) -> str:
    """What a description says of a policy."""
    if policy is None or policy.kind is not PolicyKind.PERMISSION:
        return ""
    return f" Needs {' or '.join(policy.permissions)}."


def is_internal(policy: Policy | None) -> bool:
    """Whether something is between services only."""
    return policy is not None and policy.kind is PolicyKind.INTERNAL


@functools.cache
def singular(shape: ViewShape) -> str:
    """The words of one record: ``rights review``."""
    return words(shape.name)


def _by_ids(services: Iterable[ServiceProtocol]) -> Iterable[tuple[str, Operation]]:
    for service in services:
        for operation in service.queries.values():
            if issubclass(operation.cls, GetQuery) and is_view(operation.returns):
                shape = shape_of(operation.returns)
                if operation.public and not is_internal(operation.policy):
                    yield shape.name, operation
