"""Compares a service class with its protocol before it starts: whatever is declared is served, and nothing else."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from crm_common.projections.declare import Projection, projections_of
from crm_common.protocol import platform
from crm_common.protocol.declare import Envelope, Event, Operation, services
from crm_common.runtime.entrypoints import Every, Rpc, Subscribe
from crm_common.runtime.wire import source_of


class DeclarationError(TypeError):
    """A service class does not fit its protocol; ``faults`` lists everything that is wrong."""

    def __init__(self, service: str, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{service} cannot start:\n" + "\n".join(f"- {fault}" for fault in self.faults))


ALL_TYPES = "#"
"""The type of a subscription to everything that a service tells; as a routing key it means the same."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What hears the events of one type, or of all, from the service that declares them: a method, or a projection."""

    source: str
    event_type: str
    hearer: Subscribe | Projection

    @property
    def consumer(self) -> str:
        """What the inbox knows the subscriber by: the method's name, or the projection's."""
        hearer = self.hearer
        return hearer.consumer if isinstance(hearer, Projection) else str(hearer.method_name)

    def hears(self, event_type: str) -> bool:
        """Whether events of this type are meant, or all."""
        return self.event_type in (event_type, ALL_TYPES)


@dataclass(frozen=True, slots=True)
class ServiceDeclaration:
    """What a service class declares, checked. ``operations`` are those a method answers, by method name."""

    service: str
    operations: Mapping[str, tuple[Operation, Rpc]]
    subscriptions: tuple[Subscription, ...]
    jobs: Mapping[str, Every]


def declaration_of(service_cls: type, entrypoints: Iterable[Any]) -> ServiceDeclaration:
    """Sort the (bound) entrypoints of a class and check them; ``DeclarationError`` lists all faults at once."""
    name = str(service_cls.name)  # type: ignore[attr-defined]
    found = sorted(entrypoints, key=lambda each: str(each.method_name))
    faults: list[str] = []
    operations = _operations(name, service_cls, [each for each in found if isinstance(each, Rpc)], faults)
    subscriptions = [
        subscription
        for each in found
        if isinstance(each, Subscribe)
        for subscription in _subscriptions(service_cls, each, faults)
    ]
    jobs: dict[str, Every] = {}
    for each in found:
        if isinstance(each, Every):
            if each.name in jobs:
                faults.append(f"two methods are the job {each.name}: {jobs[each.name].method_name}, {each.method_name}")
            jobs[each.name] = each
    if faults:
        raise DeclarationError(name, faults)
    return ServiceDeclaration(name, operations, (*subscriptions, *_projected(service_cls)), jobs)


def declared_subscriptions(service_cls: type) -> tuple[Subscription, ...]:
    """The subscriptions of a class that nothing runs."""
    found = []
    for name, method in inspect.getmembers(service_cls, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, Subscribe):
                named = Subscribe(entrypoint.event, only=entrypoint.only)
                named.method_name = name
                found += [Subscription(source, event_type, named) for source, event_type in _heard(named.event)]
    return (*found, *_projected(service_cls))


def _projected(service_cls: type) -> list[Subscription]:
    return [
        Subscription(projection.owner, event.event_type, projection)
        for projection in projections_of(service_cls)
        for event in (*projection.events, *projection.deletes)
    ]


def _operations(
    name: str, service_cls: type, entrypoints: list[Rpc], faults: list[str]
) -> dict[str, tuple[Operation, Rpc]]:
    protocol = services().get(name)
    if protocol is None:
        faults.append(f"no protocol is named {name}")
    declared = {**protocol.queries, **protocol.commands} if protocol else {}
    operations: dict[str, tuple[Operation, Rpc]] = {}
    for entrypoint in entrypoints:
        method = str(entrypoint.method_name)
        operation = declared.pop(method, None) or platform.operation(name, method)
        if operation is None:
            faults.append(f"the method {method} answers no declared query or command")
            continue
        _check_argument(service_cls, method, operation.cls, 1, faults)
        operations[method] = (operation, entrypoint)
    faults.extend(
        f"{operation.cls.__name__} is declared, but no method {missing}" for missing, operation in declared.items()
    )
    return operations


def _subscriptions(service_cls: type, entrypoint: Subscribe, faults: list[str]) -> list[Subscription]:
    _check_argument(service_cls, str(entrypoint.method_name), entrypoint.event, 2, faults)
    try:
        return [Subscription(source, event_type, entrypoint) for source, event_type in _heard(entrypoint.event)]
    except LookupError as unknown:
        faults.append(f"{entrypoint.method_name} subscribes: {unknown}")
        return []


def _heard(event: type[Event | Envelope]) -> list[tuple[str, str]]:
    """Source and type of the event, or of all events that keep the contract: none, until a service declares one."""
    if not issubclass(event, Event):
        return [(protocol.name, ALL_TYPES) for protocol in services().values() if protocol.events]
    if not vars(event).get("contract"):
        return [(source_of(event), event.event_type)]
    return [
        (protocol.name, event_type)
        for protocol in services().values()
        for event_type, declared in protocol.events.items()
        if issubclass(declared, event)
    ]


def _check_argument(service_cls: type, method: str, expected: type, count: int, faults: list[str]) -> None:
    function = getattr(service_cls, method)
    parameters = list(inspect.signature(function).parameters)[1:]
    if len(parameters) != count:
        faults.append(f"{method} takes {len(parameters)} parameters beside self, not {count}")
        return
    try:
        annotation = get_type_hints(function).get(parameters[0])
    except NameError as unknown:
        faults.append(f"{method}: its annotations cannot be resolved ({unknown})")
        return
    if annotation is not expected:
        faults.append(
            f"{method} takes {getattr(annotation, '__name__', annotation)}, but {expected.__name__} is declared"
        )
