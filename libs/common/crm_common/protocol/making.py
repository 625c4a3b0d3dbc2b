"""Makes protocol classes that several services have alike: the same shape under each service's own names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from crm_common.protocol.declare import Command, ServiceProtocol
from crm_common.protocol.policy import Policy

T = TypeVar("T", bound=type)
Fields = dict[str, tuple[Any, Any]]
"""Field name → type and ``given(...)`` or ``shown(...)``, made anew for every class."""


class Maker:
    """Makes and declares the classes of one service; ``{}`` in a name stands for ``noun`` (``Customer``)."""

    def __init__(self, protocol: ServiceProtocol, noun: str, policy: Policy) -> None:
        self.noun = noun
        self._protocol = protocol
        self._policy = policy

    def view(self, name: str, doc: str, base: type, fields: Fields) -> type:
        """A view with what ``base`` shows and ``fields``."""
        return self._protocol.view(self._policy)(self._made(name, doc, base, fields, frozen=False))

    def command(self, name: str, doc: str, returns: dict[str, Any], fields: Fields) -> type:
        """A command."""
        return self._protocol.command(self._policy, returns=returns)(self._made(name, doc, Command, fields))

    def query(self, name: str, doc: str, base: type, returns: Any) -> type:
        """A query for records."""
        return self._protocol.query(self._policy, returns=returns)(self._made(name, doc, base, {}))

    def value(self, name: str, doc: str, returns: Any, fields: Fields) -> type:
        """A query for a value."""
        return self._protocol.query(self._policy, returns=returns)(self._made(name, doc, object, fields))

    def event(self, name: str, event_type: str, subject: str, doc: str, base: T) -> T:
        """An event with what ``base`` tells."""
        declare: Callable[[Any], Any] = self._protocol.event(event_type, subject=subject)
        made: T = declare(self._made(name, doc, base, {}))
        return made

    def _made(self, name: str, doc: str, base: type, fields: Fields, *, frozen: bool = True) -> type:
        return dataclasses.make_dataclass(
            name.format(self.noun),
            [(key, hint, declared) for key, (hint, declared) in fields.items()],
            bases=() if base is object else (base,),
            namespace={"__doc__": doc, "__module__": __name__},
            frozen=frozen,
            slots=True,
            kw_only=True,
        )
