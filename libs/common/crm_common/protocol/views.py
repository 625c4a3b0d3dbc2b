"""Views: the public shape of what a service shows. Gateway types, filters, orders and SQL derive from here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from crm_common.protocol.policy import Policy


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a UUID that names a record: ``Annotated[UUID, Ref("Department")]`` is a global id outside.

    ``record`` names a field that stands outside beside the id and holds the record itself (``owner_id`` → ``owner``),
    asked of the service that owns the type; for ``list[Annotated[UUID, Ref(...)]]`` the records in the list's order.
    """

    type_name: str
    record: str | None = None


class Cardinality(StrEnum):
    """Whether a field holds a value, a record, or a list of records."""

    VALUE = "value"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a view says of one of its fields beside its type."""

    doc: str
    filterable: bool = False
    sortable: bool = False
    policy: Policy | None = None
    limit: int | None = None
    masked: bool = False
    custom: bool = False


def shown(
    doc: str,
    *,
    filterable: bool = False,
    sortable: bool = False,
    masked: bool = False,
    policy: Policy | None = None,
    default: Any = dataclasses.MISSING,
) -> Any:
    """A field that holds a value. ``policy`` is asked beside the view's own; a viewer without it gets null.

    ``masked``: a text that only some may see in full, the others its mask. It has no order, and if it is filterable,
    records are found by the whole value only.
    """
    metadata = {"shown": Shown(doc, filterable, sortable, policy, masked=masked)}
    return dataclasses.field(metadata=metadata, default=default)


def child(doc: str, *, limit: int | None = None, filterable: bool = False, policy: Policy | None = None) -> Any:
    """A field that holds a record, or (``list[...]``) records: then ``first`` is its argument, at most ``limit``.

    ``filterable``: lists can be narrowed by what is filterable of the record, or of some, none, every of the records.
    """
    return dataclasses.field(metadata={"shown": Shown(doc, filterable, policy=policy, limit=limit)})


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A view's field, resolved. ``type`` is the value's Python type without None (for lists of values: ``list[T]``)."""

    name: str
    doc: str
    type: Any
    nullable: bool
    cardinality: Cardinality
    view: ViewShape | None
    ref: str | None
    filterable: bool
    sortable: bool
    policy: Policy | None
    limit: int | None
    record: str | None = None
    """The name of the field outside that holds the neighbour's record this id names."""
    masked: bool = False
    """Whether only some viewers see the text itself, the others its mask."""

    @property
    def is_enum(self) -> bool:
        """Whether the value is one of a closed list."""
        return isinstance(self.type, type) and issubclass(self.type, Enum)


class ViewShape:
    """A declared view: its name outside, its policy, its fields in order of declaration."""

    def __init__(self, cls: type, *, service: str, policy: Policy, doc: str) -> None:
        self.cls = cls
        self.service = service
        self.policy = policy
        self.doc = doc
        self.name = cls.__name__.removesuffix("View")

    @cached_property
    def fields(self) -> dict[str, FieldShape]:
        """Fields by snake_case name. Resolved at first use, so that views may name one another."""
        hints = get_type_hints(self.cls, include_extras=True, localns=dict(_CLASSES))
        return {f.name: _resolve(self, f, hints[f.name]) for f in dataclasses.fields(self.cls)}

    def __repr__(self) -> str:
        return f"<view {self.name}>"


_SHAPES: dict[type, ViewShape] = {}
_CLASSES: dict[str, type] = {}


def declare(cls: type, shape: ViewShape) -> None:
    """Make the shape known; a second view of one name is a TypeError, as both would be one type outside."""
    if cls.__name__ in _CLASSES and _CLASSES[cls.__name__] is not cls:
        raise TypeError(f"two views are named {cls.__name__}")
    _CLASSES[cls.__name__] = cls
    _SHAPES[cls] = shape


def shape_of(cls: Any) -> ViewShape:
    """The shape of a view class; TypeError when it was not declared as one."""
    try:
        return _SHAPES[cls]
    except (KeyError, TypeError) as missing:
        raise TypeError(f"{cls!r} is not a declared view") from missing


def is_view(cls: Any) -> bool:
    """Whether ``cls`` is a declared view class."""
    return isinstance(cls, type) and cls in _SHAPES


VALUE_TYPES = (bool, int, float, str, Decimal, date, datetime, UUID)


def _resolve(shape: ViewShape, declared: dataclasses.Field[Any], hint: Any) -> FieldShape:
    about: Shown | None = declared.metadata.get("shown")
    if about is None or not about.doc:
        raise TypeError(f"{shape.name}.{declared.name} has no description: every public field is described")
    inner, nullable = _without_none(hint)
    mark = None
    if get_origin(inner) is Annotated:
        mark = _mark(inner)
        inner = get_args(inner)[0]
    elif get_origin(inner) is list and get_origin(get_args(inner)[0]) is Annotated:
        mark = _mark(get_args(inner)[0])
    ref = mark.type_name if mark else None
    if declared.name == "id":
        ref = shape.name
    if about.masked and (inner is not str or about.sortable):
        raise TypeError(f"{shape.name}.{declared.name} is masked: it must be a text, and cannot be sorted by")
    view, cardinality = None, Cardinality.VALUE
    if about.custom:
        if f"{shape.name}CustomView" not in _CLASSES:
            raise TypeError(f"{shape.name}.{declared.name}: declare custom_fields(…, {shape.name!r}) before the view")
        view, cardinality = shape_of(_CLASSES[f"{shape.name}CustomView"]), Cardinality.ONE
    elif is_view(inner):
        view, cardinality = shape_of(inner), Cardinality.ONE
    elif get_origin(inner) is list and is_view(get_args(inner)[0]):
        view, cardinality = shape_of(get_args(inner)[0]), Cardinality.MANY
    return FieldShape(
        declared.name, about.doc, inner, nullable, cardinality, view, ref,
        about.filterable, about.sortable, about.policy, about.limit, mark.record if mark else None, about.masked,
    )  # fmt: skip


def _mark(hint: Any) -> Ref | None:
    return next((mark for mark in get_args(hint) if isinstance(mark, Ref)), None)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not NoneType]
        if len(parts) != 1:
            raise TypeError(f"a view field has one type, or one and None: {hint}")
        return parts[0], True
    return hint, False
