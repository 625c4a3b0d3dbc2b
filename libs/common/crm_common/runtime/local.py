"""Runs many service classes in this process, without monkey patching: worker threads behind an asyncio client."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from nameko.constants import DEFAULT_MAX_WORKERS
from nameko.containers import get_service_name
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, is_dependency, iter_extensions

from crm_common import codec
from crm_common.clock import Clock, SystemClock
from crm_common.context import Context, Seal
from crm_common.errors import CommonRules, CrmError
from crm_common.ids import Ids, Uuid7
from crm_common.limits import watch
from crm_common.protocol.declare import GetQuery, ListQuery, OneQuery
from crm_common.runtime.assembly import Assembly, Builtins
from crm_common.runtime.client import PeerClient
from crm_common.runtime.feed import LocalFeed
from crm_common.runtime.host import CONFIG_KEY, ServiceHost
from crm_common.runtime.onloop import Lane
from crm_common.runtime.publishing import LocalPublisher, Stores
from crm_common.runtime.threads import WorkerThreads
from crm_common.settings import SettingsReader
from crm_common.store import Store, assert_no_open_transaction

_READS = (GetQuery, ListQuery, OneQuery)
_BY_THREAD_SECONDS = 10.0
"""How long a query that cannot be answered on the loop is not tried there again."""


class LocalContainer:
    """What Nameko's extensions see of a container where there is none: the same bindings, no greenlets, no broker."""

    def __init__(self, service_cls: type, config: dict[str, Any]) -> None:
        self.service_cls = service_cls
        self.service_name: str = get_service_name(service_cls)
        self.config = config
        self.max_workers = DEFAULT_MAX_WORKERS
        self.shared_extensions: dict[Any, Any] = {}
        self.dependencies = [
            provider.bind(self, name) for name, provider in inspect.getmembers(service_cls, is_dependency)
        ]
        self.entrypoints = [
            entrypoint.bind(self, name)
            for name, method in inspect.getmembers(service_cls, inspect.isfunction)
            for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
        ]

    def extensions(self) -> list[Any]:
        """Every bound extension once."""
        bound = [*self.dependencies, *self.entrypoints]
        return list(dict.fromkeys(each for top in bound for each in (*iter_extensions(top), top)))

    def start(self) -> None:
        """Set up everything, then start everything."""
        for extension in self.extensions():
            extension.setup()
        for extension in self.extensions():
            extension.start()

    def stop(self) -> None:
        """Entrypoints first, then what they may have needed."""
        for extension in dict.fromkeys((*self.entrypoints, *self.dependencies, *self.extensions())):
            extension.stop()


class LocalRuntime:
    """All services of one process. ``add`` the classes, ``start``, call through ``client``, ``stop``.

    ``threads`` bounds the calls that run at once; each service's store should have about as many connections.
    """

    def __init__(
        self,
        *,
        seal: Seal,
        clock: Clock | None = None,
        ids: Ids | None = None,
        threads: int = 16,
        inbox_workers: int = 2,
    ) -> None:
        self.seal = seal
        self.clock = clock or SystemClock()
        self.ids = ids or Uuid7()
        self.services: dict[str, Assembly] = {}
        self.threads = WorkerThreads(threads)
        self.client = LocalClient(self)
        self.peers: PeerClient = LocalPeerClient(self)
        self.feed = LocalFeed()
        self._inbox_workers = inbox_workers

    def add(
        self,
        service_cls: type,
        *,
        store: Store,
        settings: SettingsReader,
        builtins: Builtins | None = None,
        environment: Any = None,
    ) -> Assembly:
        """Bind a service class to its surroundings; ``DeclarationError`` when it does not fit its protocol."""
        host = ServiceHost(
            service=get_service_name(service_cls),
            store=store,
            seal=self.seal,
            clock=self.clock,
            ids=self.ids,
            settings=settings,
            client=self.peers,
            mode="local",
            environment=environment,
        )
        container = LocalContainer(service_cls, {CONFIG_KEY: host})
        publisher = LocalPublisher(self._subscribers, self.feed.publish)
        service = Assembly(container, publisher, builtins=builtins, inbox_workers=self._inbox_workers)
        self.services[host.service] = service
        return service

    def start(self) -> None:
        """Start the services' providers, then relays, inboxes and jobs."""
        for service in self.services.values():
            service.container.start()
        for service in self.services.values():
            service.start()

    def stop(self, seconds: float = 25.0) -> bool:
        """Take no more calls, finish the running ones, end the loops; False when ``seconds`` were not enough."""
        until = time.monotonic() + seconds
        clean = self.threads.close(seconds)
        for service in self.services.values():
            service.wind_up()
        for service in self.services.values():
            clean &= not service.stop(max(0.0, until - time.monotonic()))
        for service in self.services.values():
            service.container.stop()
        return clean

    def answer(self, service: str, method: str, payload: dict[str, Any], headers: dict[str, str]) -> bytes:
        """Answer a call in this thread, through the same JSON as over a broker."""
        found = self.services.get(service)
        if found is None:
            raise CommonRules.the_service_is_unavailable(service=service)
        fields = codec.decode_json(codec.encode(payload))
        try:
            return found.dispatcher.answer(method, fields, headers)
        except CrmError as error:
            # a copy of what a broker would carry: no local objects in it, no chain of causes
            raise CrmError.from_wire(codec.decode_json(codec.encode(error.to_wire()))) from None

    def only_reads(self, service: str, method: str) -> bool:
        """Whether a call is one of the queries about records: it has no effect, so it may be begun twice."""
        found = self.services.get(service)
        operation = found.dispatcher.operation(method) if found else None
        return operation is not None and issubclass(operation.cls, _READS)

    def is_prompt(self, service: str, method: str) -> bool:
        """Whether a call is one of the commands that `crm_common.runtime.entrypoints.prompt` marks."""
        found = self.services.get(service)
        return found is not None and hasattr(getattr(found.container.service_cls, method, None), "prompt")

    def _subscribers(self, event_type: str) -> Iterable[tuple[Stores, str]]:
        # whoever hears all events does so by one subscription for each service: he is given each event once
        return dict.fromkeys(
            (service.inbox, subscription.consumer)
            for service in self.services.values()
            for subscription in service.dispatcher.declaration.subscriptions
            if subscription.hears(event_type)
        )


class LocalClient:
    """``Client`` inside one process: queries and prompt commands on the loop, the rest in worker threads."""

    def __init__(self, runtime: LocalRuntime) -> None:
        self._runtime = runtime
        self._by_thread: dict[tuple[str, str], float] = {}
        self._lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Lane]] = WeakKeyDictionary()

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As :meth:`crm_common.runtime.client.Client.call`."""
        runtime = self._runtime
        headers = runtime.seal.to_headers(context)
        future = self._begin(service, method, lambda: runtime.answer(service, method, payload, headers))
        if future is None:
            raise CommonRules.the_service_is_unavailable(service=service)
        limits = watch()
        limit = limits.add(context.remaining(), _give_up, future, service)
        try:
            answer: bytes = await future
        finally:
            limits.drop(limit)
        return answer

    def _begin(self, service: str, method: str, call: Callable[[], bytes]) -> asyncio.Future[bytes] | None:
        runtime, named = self._runtime, (service, method)
        by_thread = self._by_thread.get(named, 0.0) > time.monotonic()
        changes = runtime.is_prompt(service, method)
        if by_thread or runtime.threads.closed or not (changes or runtime.only_reads(service, method)):
            return runtime.threads.submit(call)

        def instead(call: Callable[[], bytes], future: asyncio.Future[bytes], for_now: bool) -> None:
            if not for_now:
                self._by_thread[named] = time.monotonic() + _BY_THREAD_SECONDS
            if not runtime.threads.take(call, future):
                future.set_exception(CommonRules.the_service_is_unavailable(service=service))

        return self._lane(service).answer(call, instead, changes=changes)

    def _lane(self, service: str) -> Lane:
        lanes = self._lanes.setdefault(asyncio.get_running_loop(), {})
        lane = lanes.get(service)
        if lane is None:
            size = self._runtime.services[service].host.store.size
            # the others are for what has to run in a thread
            lane = lanes[service] = Lane(max(1, size - size // 4))
        return lane


class LocalPeerClient:
    """``PeerClient`` inside one process: the peer answers in the caller's own thread."""

    def __init__(self, runtime: LocalRuntime) -> None:
        self._runtime = runtime

    def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As :meth:`crm_common.runtime.client.PeerClient.call`."""
        assert_no_open_transaction()
        answer = self._runtime.answer(service, method, payload, self._runtime.seal.to_headers(context))
        if context.remaining() <= 0:
            # over a broker the caller would not have waited for it
            raise CommonRules.the_service_is_unavailable(service=service)
        return answer


def _give_up(future: asyncio.Future[Any], service: str) -> None:
    if not future.done():
        future.set_exception(CommonRules.the_service_is_unavailable(service=service))
