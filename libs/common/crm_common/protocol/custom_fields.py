"""What a service with custom fields says (CFD-01 … 03): definitions, the commands that change them, their event.

``CUSTOMER_FIELDS = custom_fields(customer, "Customer", see=SEE)`` declares all of it for one kind of record; its view
then has ``custom: dict[str, Any] = custom_values()`` and its commands ``custom: CustomerGiven | UnsetType`` where
``CustomerGiven = Annotated[dict[str, Any], CustomOf("Customer")]``.
"""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.custom_field_rules import CustomFieldRules
from crm_common.protocol.declare import (
    Changes,
    Command,
    Event,
    GetQuery,
    ListQuery,
    ServiceProtocol,
    given,
    snake,
)
from crm_common.protocol.policy import INTERNAL, Policy, needs
from crm_common.protocol.views import Ref, Shown, ViewShape, shape_of, shown

__all__ = [
    "CustomFieldRules",
    "CustomFieldType",
    "CustomFields",
    "CustomOf",
    "CustomOption",
    "custom_fields",
    "declared",
]

EDIT = needs("field.edit")
EVENT = "field.changed"
_LABEL = Annotated[str, Meta(min_length=1, max_length=100)]
_PART = Annotated[str, Meta(max_length=100)]
_TEXT = Annotated[str, Meta(max_length=500)]
_LENGTH = Annotated[int, Meta(ge=1, le=20_000)]
_OPTIONS = Meta(max_length=200)


class CustomFieldType(StrEnum):
    """What a custom field holds."""

    TEXT = "TEXT"
    """One line of text."""
    MULTILINE = "MULTILINE"
    """Several lines of text."""
    OPTION = "OPTION"
    """One of the field's options."""
    MULTI_OPTION = "MULTI_OPTION"
    """Any of the field's options."""
    NUMBER = "NUMBER"
    """An exact number."""
    MONEY = "MONEY"
    """An amount with two decimals."""
    DATE = "DATE"
    """A day."""
    DATETIME = "DATETIME"
    """A moment."""
    ADDRESS = "ADDRESS"
    """Province, city, district, street and postcode."""
    EMAIL = "EMAIL"
    """An e-mail address."""
    URL = "URL"
    """An address of the web."""
    YES_NO = "YES_NO"
    """Yes or no."""
    PERSON = "PERSON"
    """An employee."""
    FILE = "FILE"
    """Documents, by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomOption:
    """An option of a field of choices."""

    key: Annotated[str, Meta(pattern="^[A-Za-z][A-Za-z0-9_]{0,39}$")] = given("What is stored; it never changes.")
    name: _LABEL = given("What people read, in Chinese or in the only language there is.")
    name_en: _LABEL | None = given("What people read in English.", default=None)
    archived: bool = given("Whether it cannot be chosen any more; records keep it.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomAddress:
    """An address in its parts."""

    province: _PART | None = given("Province or municipality.", default=None)
    city: _PART | None = given("City.", default=None)
    district: _PART | None = given("District or county.", default=None)
    street: Annotated[str, Meta(max_length=200)] | None = given("Street and number.", default=None)
    postcode: Annotated[str, Meta(max_length=20)] | None = given("Postcode.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomFieldUse:
    """A place where a field is used: a saved view, a rule, a report."""

    kind: str
    """What uses it, for example ``saved view``."""
    name: str
    """Its name, as people know it."""


@dataclass(frozen=True, slots=True)
class CustomOf:
    """Marks the values of a command: ``Annotated[dict[str, Any], CustomOf("Customer")]``, by key."""

    record: str


def custom_values(doc: str = "Its custom fields, as the company defined them.") -> Any:
    """The field ``custom`` of a view; after `custom_fields` was called for it."""
    return dataclasses.field(metadata={"shown": Shown(doc, filterable=True, custom=True)}, default=dataclasses.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomFieldChanged(Event):
    """Base of ``field.changed``: a definition was made, changed, moved, archived or restored, or its index is ready."""

    field_id: UUID
    record: str
    key: str
    revision: int
    """Of all definitions of this kind of record: grows with each change."""
    changes: Changes


@dataclass(frozen=True, slots=True)
class CustomFields:
    """What was declared for one kind of record. Classes by what they are for."""

    service: str
    record: str
    prefix: str
    """``customer_field``: the beginning of the methods' names."""
    values: ViewShape
    """The type of ``custom`` as it is without any definition."""
    view: type
    event: type[CustomFieldChanged]
    operations: dict[str, type]
    """By what they do: fields, by_ids, uses, definitions, create, update, archive, restore, reorder."""


_DECLARED: dict[str, CustomFields] = {}


def declared() -> dict[str, CustomFields]:
    """Every kind of record with custom fields, by its name."""
    return dict(_DECLARED)


def custom_fields(protocol: ServiceProtocol, record: str, *, see: Policy, edit: Policy = EDIT) -> CustomFields:
    """Declare custom fields for the records of the view ``<record>View``.

    ``see`` is who may list the definitions: whoever fills in or reads the record's form. Call it before the view.
    """
    made = _Maker(protocol, record, see, edit)
    found = CustomFields(
        protocol.name, record, made.prefix, made.values(), made.field_view, made.event(), made.operations()
    )
    _DECLARED[record] = found
    return found


class _Maker:
    """Makes the classes of one record: their names say whose they are, as all share one schema outside."""

    def __init__(self, protocol: ServiceProtocol, record: str, see: Policy, edit: Policy) -> None:
        self._protocol = protocol
        self._record = record
        self._see, self._edit = see, edit
        self.prefix = f"{snake(record)}_field"
        self.noun = snake(record).replace("_", " ")
        self.field_view = self._view()

    def values(self) -> ViewShape:
        doc = "Every value by its field's key, for programs that do not know the fields."
        about = f"The custom fields of a {self.noun} record, as the company defined them."
        filled = shown("How many custom fields have a value.", filterable=True)
        cls = self._class(
            f"{self._record}CustomView", about, [("json", dict[str, Any], shown(doc)), ("filled", int, filled)]
        )
        return shape_of(self._protocol.view(self._see)(cls))

    def _view(self) -> type:
        cls = self._class(f"{self._record}FieldView", f"A custom field of {self.noun} records.", _VIEW_FIELDS)
        return self._protocol.view(self._see)(cls)

    def event(self) -> type[CustomFieldChanged]:
        doc = f"A custom field of {self.noun} records was changed."
        cls = self._class(f"{self._record}FieldChanged", doc, [], CustomFieldChanged)
        return self._protocol.event(EVENT, subject="field_id")(cls)

    def operations(self) -> dict[str, type]:
        ours, noun, view = f"{self._record}Field", self.noun, self.field_view
        one: dict[str, Any] = {"field": view}
        archived = ("archived", bool, given("Those that are archived instead of those in use.", default=False))
        key = Annotated[UUID, Ref(ours)]
        target = [("id", key, given("The field.")), ("version", int, given("The version the editor saw."))]
        query, command = self._query, self._command
        return {
            "fields": query(f"{ours}s", f"The custom fields of {noun} records in their order.", [archived], ListQuery),
            "by_ids": query(f"{ours}sByIds", "Custom fields by id.", [], GetQuery),
            "uses": query(
                f"{ours}Uses", "Where a custom field is used: what stops working when it is archived.",
                [("id", key, given("The field."))], None, returns=list[CustomFieldUse], policy=self._edit,
            ),
            "definitions": query(
                f"{ours}Definitions", "All definitions in use with their revision, between services.", [], None,
                returns=dict, policy=INTERNAL,
            ),
            "create": command(f"Create{ours}", f"Define a custom field of {noun} records; it comes last.", _NEW, one),
            "update": command(
                f"Update{ours}", "Change a custom field; its key stays, and its type once there are values.",
                [*target, *_EDITED], one,
            ),
            "archive": command(
                f"Archive{ours}", "Take a custom field out of use; its values are kept.", [*target, _CONFIRMED], one
            ),
            "restore": command(
                f"Restore{ours}", "Take an archived custom field into use again, last, not required and without index.",
                target, one,
            ),
            "reorder": command(
                f"Reorder{ours}s", f"Put the custom fields of {noun} records in a new order; all in use are named.",
                [("ids", tuple[key, ...], given("All fields in use, in their new order."))], {"fields": list[view]},  # type: ignore[valid-type]
            ),
        }  # fmt: skip

    def _query(
        self, name: str, doc: str, own: Any, parent: type | None, *, returns: Any = None, policy: Policy | None = None
    ) -> type:
        cls = self._class(name, doc, own, parent, frozen=True)
        policy = policy or self._see
        return self._protocol.query(policy, returns=returns or self.field_view, public=policy is not INTERNAL)(cls)

    def _command(self, name: str, doc: str, own: Any, returns: dict[str, Any]) -> type:
        return self._protocol.command(self._edit, returns=returns)(self._class(name, doc, own, Command, frozen=True))

    def _class(self, name: str, doc: str, own: Any, parent: type | None = None, *, frozen: bool = False) -> type:
        bases = (parent,) if parent else ()
        frozen = frozen or parent is CustomFieldChanged
        namespace = {"__doc__": doc, "__module__": self._protocol.__class__.__module__}
        # each class gets fields of its own: a dataclass writes into them
        own = [(each, kind, copy.copy(field)) for each, kind, field in own]
        return dataclasses.make_dataclass(
            name, own, bases=bases, namespace=namespace, frozen=frozen, slots=True, kw_only=True
        )


_SEARCHABLE = "Whether filters on it are served by an index."
_SORTABLE = "Whether lists can be ordered by it."
_UNIQUE = "Whether no two records have the same value, pool and trash included."
_REQUIRED = "Whether a record needs a value when it is created or its custom fields are changed."
_MAX_LENGTH = "The greatest number of characters of a text; null: what its type allows."
_IN_LIST = "Whether lists show it."
_DESCRIPTION = "What it is for; shown in forms and in this schema."

_VIEW_FIELDS: list[tuple[str, Any, Any]] = [
    ("id", UUID, shown("Its id.", filterable=True)),
    ("key", str, shown("Its name among the custom fields; it never changes.", filterable=True)),
    ("type", CustomFieldType, shown("What it holds.", filterable=True)),
    ("name", str, shown("What people read, in Chinese or in the only language there is.", filterable=True)),
    ("name_en", str | None, shown("What people read in English.")),
    ("description", str | None, shown(_DESCRIPTION)),
    ("max_length", int | None, shown(_MAX_LENGTH)),
    ("required", bool, shown(_REQUIRED)),
    ("unique", bool, shown(_UNIQUE)),
    ("searchable", bool, shown(_SEARCHABLE)),
    ("sortable", bool, shown(_SORTABLE)),
    ("in_list", bool, shown(_IN_LIST)),
    ("options", list[CustomOption], shown("Its options in their order, archived ones included.")),
    ("position", int, shown("Its place among the fields in use, from 0.", sortable=True)),
    ("ready", bool, shown("Whether the index that its settings ask for is there; until then it is being built.")),
    ("archived_at", datetime | None, shown("Since when it is out of use.")),
    ("created_at", datetime, shown("When it was defined.")),
    ("updated_at", datetime, shown("When it was last changed.")),
    ("version", int, shown("Counts its changes; send it back when editing.")),
]
_NEW: list[tuple[str, Any, Any]] = [
    (
        "key",
        Annotated[str, Meta(max_length=60)],
        given("Its name among the custom fields, as taxNo; it stays."),
    ),
    ("type", CustomFieldType, given("What it holds.")),
    ("name", _LABEL, given("What people read, in Chinese or in the only language there is.")),
    ("name_en", _LABEL | None, given("What people read in English.", default=None)),
    ("description", _TEXT | None, given(_DESCRIPTION, default=None)),
    ("max_length", _LENGTH | None, given(_MAX_LENGTH, default=None)),
    ("required", bool, given(_REQUIRED, default=False)),
    ("unique", bool, given(_UNIQUE, default=False)),
    ("searchable", bool, given(_SEARCHABLE, default=False)),
    ("sortable", bool, given(_SORTABLE, default=False)),
    ("in_list", bool, given(_IN_LIST, default=False)),
    ("options", Annotated[tuple[CustomOption, ...], _OPTIONS], given("Its options in their order.", default=())),
]
_EDITED: list[tuple[str, Any, Any]] = [
    ("type", CustomFieldType | UnsetType, given("What it holds; stays once there are values.", default=UNSET)),
    ("name", _LABEL | UnsetType, given("Its new name.", default=UNSET)),
    ("name_en", _LABEL | UnsetType | None, given("Its new English name.", default=UNSET)),
    ("description", _TEXT | UnsetType | None, given(_DESCRIPTION, default=UNSET)),
    ("max_length", _LENGTH | UnsetType | None, given(_MAX_LENGTH, default=UNSET)),
    ("required", bool | UnsetType, given(_REQUIRED, default=UNSET)),
    ("unique", bool | UnsetType, given(_UNIQUE, default=UNSET)),
    ("searchable", bool | UnsetType, given(_SEARCHABLE, default=UNSET)),
    ("sortable", bool | UnsetType, given(_SORTABLE, default=UNSET)),
    ("in_list", bool | UnsetType, given(_IN_LIST, default=UNSET)),
    (
        "options",
        Annotated[tuple[CustomOption, ...], _OPTIONS] | UnsetType,
        given("All its options in their new order, archived ones included.", default=UNSET),
    ),
]
_CONFIRMED = ("even_if_used", bool, given("Archive it also when saved views, rules or reports use it.", default=False))
