"""Two processes of the depot on a broker, and gateways that reach them over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from crm_common import migrations, provision
from crm_common.context import Context, Seal
from crm_common.protocol.declare import Envelope
from crm_common.provision import Provisioned
from crm_common.runtime.broker_client import BrokerClient
from crm_common.runtime.broker_feed import BrokerFeed
from depot.front import Front, gateway_over
from depot.protocol import known
from depot.running import SECRET
from edge.desk import Desk
from infra.postgres import SharedPostgres
from standing.systems import Process


class OverBroker:
    """A gateway's ``Client`` and ``Feed``, connected on its own loop when first used. Sessions are the desk's."""

    def __init__(self, amqp_url: str) -> None:
        self.desk = Desk()
        self._client = BrokerClient(amqp_url, seal=Seal(SECRET.encode()))
        self._feed = BrokerFeed(amqp_url)
        self._started: asyncio.Future[None] | None = None

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As ``crm_common.runtime.client.Client``."""
        if service != "depot":
            return await self.desk.call(service, method, payload, context)
        await self._start()
        return await self._client.call(service, method, payload, context)

    @asynccontextmanager
    async def listen(
        self, types: Collection[str], *, on_gap: Callable[[], None] | None = None
    ) -> AsyncIterator[AsyncIterator[Envelope]]:
        """As ``crm_common.runtime.client.Feed``."""
        await self._start()
        async with self._feed.listen(types, on_gap=on_gap) as events:
            yield events

    def standing(self) -> bool:
        """Whether the feed's connection stands."""
        return self._feed.standing()

    async def _start(self) -> None:
        if self._started is None:
            self._started = asyncio.ensure_future(self._connect())
        await asyncio.shield(self._started)

    async def _connect(self) -> None:
        await self._client.start()
        await self._feed.start()

    async def close(self) -> None:
        """End both connections."""
        await self._feed.close()
        await self._client.close()


@contextmanager
def replicas(server: SharedPostgres, amqp_url: str, folder: Path, count: int = 2) -> Iterator[Provisioned]:
    """So many processes of the depot over one database."""
    url = server.create_database("depot")
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    database = provision.database(server.url, "depot", name=name)
    migrations.run(database.owner_url, "depot")
    told = {
        "CRM_AMQP_URL": amqp_url,
        "CRM_CLUSTER_SECRET": SECRET,
        "CRM_METRICS_PORT": "0",
        "DEPOT_DATABASE_URL": database.url,
        "DEPOT_OWNER_DATABASE_URL": database.owner_url,
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    with ExitStack() as closing:
        closing.callback(server.drop_database, database.url)
        processes = [Process(["-m", "depot", "run"], told, folder / f"depot-{place}.log") for place in range(count)]
        for process in processes:
            closing.callback(process.end)
        for process in processes:
            process.wait_for("service.started")
        yield database


@contextmanager
def gateways_over(amqp_url: str, count: int = 2) -> Iterator[list[Front]]:
    """So many gateways over the broker."""
    with ExitStack() as closing:
        closing.enter_context(known())
        found = []
        for _ in range(count):
            client = OverBroker(amqp_url)
            front = closing.enter_context(gateway_over(client, client, client.desk))
            assert front.served.loop is not None
            closing.callback(_close, client, front.served.loop)
            found.append(front)
        yield found


def _close(client: OverBroker, loop: asyncio.AbstractEventLoop) -> None:
    asyncio.run_coroutine_threadsafe(client.close(), loop).result(20)
