"""How a service declares what it says to others: views, queries, commands, events, permissions, settings."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from crm_common.protocol import views
from crm_common.protocol.policy import Policy

C = TypeVar("C", bound=type)


def snake(name: str) -> str:
    """``CreateDepartment`` → ``create_department``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def given(doc: str, *, default: Any = dataclasses.MISSING, default_factory: Any = dataclasses.MISSING) -> Any:
    """A described field of a command or query: ``name: str = given("Its name.")``."""
    if default_factory is not dataclasses.MISSING:
        return field(metadata={"doc": doc}, default_factory=default_factory)
    return field(metadata={"doc": doc}, default=default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of every command: an intention to change something."""

    select: dict[str, str] | None = field(default=None, metadata={"hidden": True})
    """What to answer of each record in the payload: payload key → selection text; absent records are not read."""
    idempotency_key: str | None = given("Same key twice = one effect, same answer. Kept 7 days.", default=None)


class Direction(StrEnum):
    """Direction of an order."""

    ASC = "ASC"
    """From small to large, from early to late, from A to Z."""
    DESC = "DESC"
    """From large to small, from late to early, from Z to A."""


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One step of an order: a sortable field of the view, by snake_case name."""

    field: str
    direction: Direction = Direction.ASC


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Base of every list: a page of records under the viewer's scope.

    ``filter`` is a tree of ``{"and": [..]}``, ``{"or": [..]}``, ``{"not": ..}`` and ``{field: {operator: value}}``.
    The answer is ``{"nodes": [..], "cursors": [..], "has_next", "has_previous", "total", "total_at_least"}``.
    """

    select: str | None = field(default=None, metadata={"hidden": True})
    filter: dict[str, Any] | None = field(default=None, metadata={"hidden": True})
    order_by: tuple[OrderBy, ...] = field(default=(), metadata={"hidden": True})
    first: int | None = field(default=None, metadata={"hidden": True})
    after: str | None = field(default=None, metadata={"hidden": True})
    last: int | None = field(default=None, metadata={"hidden": True})
    before: str | None = field(default=None, metadata={"hidden": True})
    cursors: bool = field(default=False, metadata={"hidden": True})
    total: bool = field(default=False, metadata={"hidden": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class GetQuery:
    """Base of every look-up by id: the answer is a list aligned with ``ids``, null where there is nothing to see."""

    ids: tuple[UUID, ...] = field(metadata={"hidden": True})
    select: str | None = field(default=None, metadata={"hidden": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class OneQuery:
    """Base of a query about oneself or the company: the answer is one record or null (``me``, ``company``)."""

    select: str | None = field(default=None, metadata={"hidden": True})


Changes = dict[str, tuple[Any, Any]]
"""``{field: (before, after)}`` in JSON values; complete, so that state can be rebuilt from events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What of an event tells of a person: the journal keeps it sealed, so that it can be forgotten with the person.

    ``of`` names the UUID field that says of whom; where that is null, nothing is kept sealed. ``fields`` are the
    event's own fields; ``changes`` the keys in its ``changes``, where ``custom.`` stands for all that begin so and an
    empty text for all there are. Null is not hidden.
    """

    of: str
    fields: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of every event: something that happened. ``type`` and ``subject`` are set by the declaration."""

    event_type: ClassVar[str] = ""
    subject_field: ClassVar[str] = ""
    data_version: ClassVar[int] = 1
    contract: ClassVar[bool] = False
    """Set on a base class that is no event itself: who subscribes to it hears every declared event derived from it."""
    personal: ClassVar[Personal | None] = None
    """Set on an event that tells of a person (features AUD-03); who hears the event reads it as ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An event with its CloudEvents attributes, as journal, broker and inbox carry it."""

    id: UUID
    type: str
    source: str
    subject: str
    """``<aggregate>/<uuid>``: what the order of events is kept for."""
    seq: int
    """Counts the events of one subject from 1 without gaps."""
    time: datetime
    data: dict[str, Any]
    data_version: int = 1
    actor: str | None = None
    """``employee:<uuid>``, ``api_client:<uuid>`` or ``system:<service>``."""
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission key ``<module>.<operation>`` with the words a role editor shows."""

    key: str
    en: str
    zh: str

    @property
    def module(self) -> str:
        """The part before the dot."""
        return self.key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of the company (SYS-01): typed, with default and range, changed by data and effective at once."""

    key: str
    type: type
    default: Any
    doc: str
    minimum: Any = None
    maximum: Any = None
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A declared query or command: the method of the same name on the service answers it.

    ``returns`` of a query is the view class it shows. ``returns`` of a command maps each payload key to a view class
    (one record), ``list[View]`` (records), or a value type. ``public`` False keeps it out of the schema.
    """

    service: str
    name: str
    cls: type
    policy: Policy
    doc: str
    returns: Any
    public: bool = True


E = TypeVar("E", bound=type[Event])

_SERVICES: dict[str, ServiceProtocol] = {}


@dataclass(frozen=True, slots=True)
class Live:
    """A declared subscription: after each of these events the event's subject is shown, as the subscriber may see it.

    ``returns`` is the view class; its by-ids query reads the record with the subscriber's rights of that moment, and
    what he may not see is not delivered.
    ``to`` is the field of the events that names the one employee who is told: nobody else's subscription wakes up.
    """

    service: str
    name: str
    events: tuple[type[Event], ...]
    returns: Any
    policy: Policy
    doc: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class FoundView:
    """A view whose records search finds, and which of its plain values a hit shows: ``title`` and ``details``."""

    view: views.ViewShape
    title: str
    details: tuple[str, ...]


class ServiceProtocol:
    """Everything one service offers, collected by its protocol module."""

    def __init__(self, name: str, *, doc: str) -> None:
        self.name = name
        self.doc = doc
        self.views: dict[str, views.ViewShape] = {}
        self.queries: dict[str, Operation] = {}
        self.commands: dict[str, Operation] = {}
        self.events: dict[str, type[Event]] = {}
        self.lives: dict[str, Live] = {}
        self.searches: dict[str, FoundView] = {}
        self.permissions: dict[str, Permission] = {}
        self.settings: dict[str, Setting] = {}
        if name in _SERVICES:
            raise TypeError(f"two protocols are named {name}")
        _SERVICES[name] = self

    def view(self, policy: Policy) -> Callable[[C], C]:
        """Declare a (slots, not frozen) dataclass as a view; its docstring is the type's description."""

        def declare(cls: C) -> C:
            shape = views.ViewShape(cls, service=self.name, policy=policy, doc=_doc(cls))
            views.declare(cls, shape)
            self.views[shape.name] = shape
            return cls

        return declare

    def query(self, policy: Policy, *, returns: Any, public: bool = True) -> Callable[[C], C]:
        """Declare a query class: ``Employees`` is answered by the method and root field ``employees``."""
        return self._operation(self.queries, policy, returns, public)

    def command(
        self, policy: Policy, *, returns: dict[str, Any] | None = None, public: bool = True
    ) -> Callable[[C], C]:
        """Declare a command class: the method and mutation ``create_department`` answer ``CreateDepartment``."""
        return self._operation(self.commands, policy, returns or {}, public)

    def event(self, event_type: str, *, subject: str, version: int = 1) -> Callable[[E], E]:
        """Declare an event class. ``subject`` names its UUID field; the aggregate is the type's part before the dot."""

        def declare(cls: E) -> E:
            cls.event_type, cls.subject_field, cls.data_version = event_type, subject, version
            if event_type in self.events:
                raise TypeError(f"two events are of type {event_type}")
            _doc(cls)
            self.events[event_type] = cls
            return cls

        return declare

    def live(
        self,
        name: str,
        *,
        events: tuple[type[Event], ...],
        returns: Any,
        policy: Policy,
        doc: str,
        to: str | None = None,
    ) -> Live:
        """Declare a subscription ``name``: it shows the record (``returns``) that each of these events is about."""
        if name in self.lives:
            raise TypeError(f"two subscriptions are named {name}")
        if to is not None and not all(to in {each.name for each in dataclasses.fields(event)} for event in events):
            raise TypeError(f"{name}: not every event tells {to}")
        self.lives[name] = Live(self.name, name, events, returns, policy, doc, to)
        return self.lives[name]

    def searchable(self, view: type, *, title: str, details: tuple[str, ...] = ()) -> None:
        """Declare that search finds records of ``view``; the service binds their words by a `Searchable`."""
        shape = views.shape_of(view)
        self.searches[shape.name] = FoundView(shape, title, details)

    def permission(self, key: str, *, en: str, zh: str) -> str:
        """Declare a permission key and give it back."""
        self.permissions[key] = Permission(key, en, zh)
        return key

    def setting(self, setting: Setting) -> Setting:
        """Declare a setting with its default and range."""
        self.settings[setting.key] = setting
        return setting

    def _operation(self, book: dict[str, Operation], policy: Policy, returns: Any, public: bool) -> Callable[[C], C]:
        def declare(cls: C) -> C:
            name = snake(cls.__name__)
            if name in self.queries or name in self.commands:
                raise TypeError(f"{self.name} declares {name} twice")
            book[name] = Operation(self.name, name, cls, policy, _doc(cls), returns, public)
            return cls

        return declare


def services() -> dict[str, ServiceProtocol]:
    """Every service protocol by name: imports all modules of ``crm_common.protocol``."""
    import crm_common.protocol as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_SERVICES.items()))


def permission_catalogue() -> dict[str, Permission]:
    """Every permission key of every service."""
    return {key: found for service in services().values() for key, found in service.permissions.items()}


def _doc(cls: type) -> str:
    doc = cls.__dict__.get("__doc__") or ""
    # dataclasses write a signature where there is no docstring
    if not doc.strip() or doc.startswith(f"{cls.__name__}("):
        raise TypeError(f"{cls.__name__} has no docstring: everything public is described")
    return " ".join(doc.split())
