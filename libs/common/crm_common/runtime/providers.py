"""What a service class asks for by declaring it: commands, views, peers and the caller's context, bound to one call."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from nameko.extensions import DependencyProvider

from crm_common import codec
from crm_common.changes import Usecase, execute
from crm_common.context import Context
from crm_common.custom_fields.reading import LiveReader, has_custom_fields
from crm_common.objects import Objects as ObjectStore
from crm_common.objects import open_objects
from crm_common.protocol import platform
from crm_common.protocol.declare import Command, GetQuery, ListQuery, OneQuery, Operation, services
from crm_common.reading import Binding, Noting, Reader, Where
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.runtime.raw import Raw
from crm_common.runtime.work import Work, context_of
from crm_common.vault import Vault

COUNT_LIMIT = "api.count_limit"


class BoundCommands:
    """Runs use cases for one caller."""

    __slots__ = ("_answers", "_context", "_host", "_operation")

    def __init__(
        self, host: ServiceHost, context: Context, operation: Operation | None, answers: Reader | None
    ) -> None:
        self._host = host
        self._context = context
        self._operation = operation
        self._answers = answers

    def run(self, usecase: Usecase, command: Command) -> Raw:
        """The answer to ``command``, after ``usecase`` has run in a transaction: see ``crm_common.changes.execute``.

        RuntimeError outside of an ``rpc`` method: events and jobs have transactions of their own.
        """
        if self._operation is None:
            raise RuntimeError("only an rpc method answers a command; events and jobs use the change they are given")
        return Raw(execute(self._host, self._context, self._operation, usecase, command, answers=self._answers))


class BoundViews:
    """Answers queries for one caller, under his scope: see ``crm_common.reading.Reader``."""

    __slots__ = ("_context", "reader")

    def __init__(self, reader: Reader, context: Context) -> None:
        self.reader = reader
        self._context = context

    def page(self, query: ListQuery, *, where: Where | None = None) -> Raw:
        """The page that the list query asks for; ``where`` adds the service's own condition."""
        return Raw(self.reader.page(query, self._context, where=where))

    def get(self, query: GetQuery) -> Raw:
        """The records of ``query.ids``, aligned with them, null where there is nothing to see."""
        return Raw(self.reader.get(query, self._context))

    def one(self, query: OneQuery, record: UUID | None) -> Raw:
        """The record, or null."""
        return Raw(self.reader.one(query, record, self._context))


class BoundPeer:
    """Another service, called for the same caller with what is left of his deadline."""

    __slots__ = ("_client", "_context", "service")

    def __init__(self, client: Any, service: str, context: Context) -> None:
        self._client = client
        self.service = service
        self._context = context

    def call(self, method: str, payload: dict[str, Any], *, context: Context | None = None) -> Any:
        """The decoded result of the peer's ``method``; errors as :class:`crm_common.runtime.client.PeerClient`.

        ``context`` is another one to call in than the caller's, for example that of the service itself.
        """
        return codec.decode_json(self._client.call(self.service, method, payload, context or self._context))


class Commands(DependencyProvider):
    """``commands = Commands()``: in a method, ``self.commands.run(usecase, command)``."""

    container: Any = None

    def __init__(self) -> None:
        """Nothing to say: which operation is answered, the protocol knows."""

    def setup(self) -> None:
        self._host = host_of(self.container)
        views = [each for each in self.container.dependencies if isinstance(each, Views)]
        if len(views) > 1:
            raise TypeError(f"{self.container.service_name} has two Views: which one reads a command's answer?")
        self._views = views[0] if views else None

    def get_dependency(self, worker_ctx: Any) -> BoundCommands:
        operation = worker_ctx.operation if isinstance(worker_ctx, Work) else None
        answers = self._views.reader if self._views else None
        return BoundCommands(self._host, context_of(worker_ctx), operation, answers)

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> BoundCommands: ...


class Views(DependencyProvider):
    """``views = Views(bindings)``: in a method, ``self.views.page(query)``, ``.get(query)``, ``.one(query, id)``."""

    reader: Reader

    def __init__(
        self,
        bindings: Iterable[Binding] = (),
        *,
        vault: Callable[[ServiceHost], Vault] | None = None,
        noted: Callable[[ServiceHost], Noting] | None = None,
    ) -> None:
        """``vault`` and ``noted`` make, of the service's surroundings, what opens the masked fields of the bindings,
        and what notes who saw them (`masked`)."""
        self.bindings = tuple(bindings)
        self.vault = vault
        self.noted = noted

    def bind(self, container: Any, attr_name: str) -> Views:  # type: ignore[override]
        """As Nameko's; the reader is there from now on, as the statements it keeps belong to the process."""
        bound: Views = super().bind(container, attr_name)
        host = host_of(container)
        make = LiveReader if has_custom_fields(self.bindings) else Reader
        bound.reader = make(
            self.bindings,
            host.store,
            clock=host.clock,
            count_limit=_setting(host, COUNT_LIMIT, 100_000),
            zone=_setting(host, platform.TIMEZONE.key, platform.TIMEZONE.default),
            vault=self.vault(host) if self.vault else None,
            noted=self.noted(host) if self.noted else None,
        )
        return bound

    def get_dependency(self, worker_ctx: Any) -> BoundViews:
        return BoundViews(self.reader, context_of(worker_ctx))

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> BoundViews: ...


class Peer(DependencyProvider):
    """``customers = Peer("customer")``: in a method, ``self.customers.call("customer_cards", {"ids": [...]})``."""

    def __init__(self, service: str) -> None:
        self.service = service

    def setup(self) -> None:
        self._client = host_of(self.container).client

    def get_dependency(self, worker_ctx: Any) -> BoundPeer:
        return BoundPeer(self._client, self.service, context_of(worker_ctx))

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> BoundPeer: ...


class CurrentContext(DependencyProvider):
    """``context = CurrentContext()``: in a method, ``self.context`` is the caller's :class:`Context`."""

    def __init__(self) -> None:
        """Nothing to say."""

    def get_dependency(self, worker_ctx: Any) -> Context:
        return context_of(worker_ctx)

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> Context: ...


class Objects(DependencyProvider):
    """``objects = Objects()``: in a method, ``self.objects`` is the store of files (``crm_common.objects``)."""

    def __init__(self) -> None:
        """Nothing to say: where files lie, the environment knows (``CRM_OBJECTS_…``)."""

    def setup(self) -> None:
        self._store = objects_of(host_of(self.container))

    def get_dependency(self, _worker_ctx: Any) -> ObjectStore:
        return self._store

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> ObjectStore: ...


def objects_of(host: ServiceHost) -> ObjectStore:
    """The store of files of the service's process; LookupError where it was told nothing of its environment."""
    if host.environment is None:
        raise LookupError(f"{host.service} was given no environment: where would its files lie?")
    return open_objects(host.environment.process)


class Surroundings(DependencyProvider):
    """``host = Surroundings()``: in a method, ``self.host`` is the :class:`ServiceHost`, for what has no provider."""

    def __init__(self) -> None:
        """Nothing to say."""

    def get_dependency(self, _worker_ctx: Any) -> ServiceHost:
        return host_of(self.container)

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> ServiceHost: ...


def _setting(host: ServiceHost, key: str, default: Any) -> Callable[[], Any]:
    declared = {each.key: each for each in platform.SETTINGS}
    for protocol in services().values():
        declared.update(protocol.settings)
    setting = declared.get(key)
    return (lambda: default) if setting is None else (lambda: host.settings.get(setting))
