"""How a service class says what it answers (``rpc``), hears (``subscribe``) and does on time (``every``)."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from nameko.extensions import Entrypoint, register_entrypoint

from crm_common.protocol.declare import Envelope, Event, snake

F = TypeVar("F", bound=Callable[..., Any])


class Rpc(Entrypoint):
    """Answers the declared operation of the method's name."""


Wanted = Callable[[Any, Collection[str]], Collection[str]]
"""(the service's host, types of events that have arrived) → those of them that somebody waits for."""


class Subscribe(Entrypoint):
    """Hears one type of event, or (``Envelope``) all of them, through the inbox."""

    method_name: Any = None

    def __init__(self, event: type[Event | Envelope], *, only: Wanted | None = None, **options: Any) -> None:
        self.event = event
        self.only = only
        super().__init__(**options)


class Every(Entrypoint):
    """Runs on a schedule, once for the whole company."""

    def __init__(self, schedule: str, name: str, **options: Any) -> None:
        self.schedule = schedule
        self.name = name
        super().__init__(**options)


def answer_with(service: type, methods: Mapping[type, Callable[[Any, Any], Any]]) -> None:
    """Give a service class a method for each of these commands and queries: ``method(self, asked)`` answers it."""
    for operation, method in methods.items():
        method.__name__ = snake(operation.__name__)
        method.__qualname__ = f"{service.__qualname__}.{method.__name__}"
        method.__doc__ = operation.__doc__
        method.__annotations__ = {method.__code__.co_varnames[1]: operation, "return": Any}
        setattr(service, method.__name__, rpc(method))


def rpc(method: F) -> F:
    """The method answers the declared operation of its name; its one parameter's annotation is the operation's class.

    It returns :class:`crm_common.runtime.raw.Raw` or any JSON-able value, and refuses by raising a ``CrmError``.
    """
    register_entrypoint(method, Rpc())
    return method


def prompt(method: F) -> F:
    """Marks a command's method that does nothing but run one use case, which neither computes long nor waits for
    anything but its transaction: in one process it is answered on the event loop, as queries are."""
    method.__dict__["prompt"] = True
    return method


def subscribe(event: type[Event | Envelope], *, only: Wanted | None = None) -> Callable[[F], F]:
    """The method ``(self, event, change)`` hears every event of this class, at least once, in order per subject.

    It runs from the inbox, inside the inbox's transaction: an exception brings it back later (1 s, 10 s, 1 min,
    10 min, 1 h, then parked), and holds back only the events of the same subject. A class that is a ``contract`` stands
    for every declared event derived from it, whichever service declares it. `Envelope` stands for every event of every
    service, and the method is given the envelope; ``only`` then says which types are worth keeping, asked with each
    batch that arrives: the others are forgotten before they are stored.
    """

    def register(method: F) -> F:
        register_entrypoint(method, Subscribe(event, only=only))
        return method

    return register


def every(schedule: str, *, name: str) -> Callable[[F], F]:
    """The method ``(self, run)`` runs at each moment of the cron ``schedule``, read in the company's time zone.

    ``name`` (``<service>.<job>``) is what ``runJob`` and the table of runs call it.
    """

    def register(method: F) -> F:
        register_entrypoint(method, Every(schedule, name))
        return method

    return register
