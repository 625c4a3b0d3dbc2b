"""What a service class asks for by declaring it: commands, views, peers and the caller's context, bound to one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from nameko.extensions import DependencyProvider

from crm_common.context import Context
from crm_common.protocol.declare import Command, GetQuery, ListQuery, OneQuery
from crm_common.runtime.raw import Raw


class BoundCommands:
    """Runs use cases for one caller."""

    def run(self, usecase: Callable[[Any, Any], dict[str, Any]], command: Command) -> Raw:
        """Run the use case in one transaction and answer its payload (see ``crm_common.changes``)."""
        raise NotImplementedError


class BoundViews:
    """Answers queries for one caller, under his scope."""

    def page(self, query: ListQuery) -> Raw:
        """A page of records."""
        raise NotImplementedError

    def get(self, query: GetQuery) -> Raw:
        """Records by id, aligned with ``query.ids``."""
        raise NotImplementedError

    def one(self, query: OneQuery, record: UUID) -> Raw:
        """The one record, or null."""
        raise NotImplementedError


class BoundPeer:
    """Another service, called for the same caller with what is left of his deadline."""

    def call(self, method: str, payload: dict[str, Any]) -> Any:
        """The decoded result of the peer's ``method``; raises as :class:`crm_common.runtime.client.PeerClient`."""
        raise NotImplementedError


class Commands(DependencyProvider):
    """``commands = Commands()``: in a method, ``self.commands.run(usecase, command)``."""

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> BoundCommands: ...


class Views(DependencyProvider):
    """``views = Views(bindings)``: in a method, ``self.views.page(query)``, ``.get(query)``, ``.one(query, id)``."""

    def __init__(self, bindings: Iterable[Any] = ()) -> None:
        self.bindings = bindings

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> BoundViews: ...


class Peer(DependencyProvider):
    """``customers = Peer("customer")``: in a method, ``self.customers.call("customer_cards", {"ids": [...]})``."""

    def __init__(self, service: str) -> None:
        self.service = service

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> BoundPeer: ...


class CurrentContext(DependencyProvider):
    """``context = CurrentContext()``: in a method, ``self.context`` is the caller's :class:`Context`."""

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> Context: ...
