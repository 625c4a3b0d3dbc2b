"""A link to RabbitMQ that is kept on asyncio: opened again, within a second of the broker's return, when it breaks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from crm_common import telemetry
from crm_common.runtime import measures
from crm_common.runtime.frames import Delivery
from crm_common.runtime.link import Link

LONGEST_PAUSE = 1.0


class KeptLink:
    """``setup`` prepares each new link, ``lost`` is told when one is gone, ``on_message`` gets what arrives."""

    def __init__(
        self,
        url: str,
        *,
        name: str,
        on_message: Callable[[Delivery], None],
        setup: Callable[[Link], Awaitable[None]],
        lost: Callable[[], None],
    ) -> None:
        self._url = url
        self.name = name
        self._on_message = on_message
        self._setup = setup
        self._lost = lost
        self._link: Link | None = None
        self._changed = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect, on the running loop."""
        self._keeper = asyncio.create_task(self._keep(), name=self.name)

    async def close(self) -> None:
        """Close the link and keep it no more."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)

    @property
    def link(self) -> Link | None:
        """The link while it stands and is set up."""
        return self._link

    async def wait(self, seconds: float) -> Link | None:
        """The link, waited for at most so long."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                while self._link is None:
                    await self._changed.wait()
        except TimeoutError:
            return None
        return self._link

    async def _keep(self) -> None:
        failures = 0
        while True:
            try:
                await self._hold()
                failures = 0
            except Exception as problem:  # noqa: BLE001 - whatever it was, the next attempt may go well
                failures += 1
                telemetry.logger().warning("broker.not_connected", connection=self.name, problem=repr(problem))
            # all replicas lose the broker at the same moment; they should not all return at the same moment
            await asyncio.sleep(min(LONGEST_PAUSE, 0.05 * 2**failures) * random.uniform(0.5, 1.0))  # noqa: S311

    async def _hold(self) -> None:
        link = await Link.open(self._url, name=self.name, on_message=self._on_message)
        try:
            await self._setup(link)
            self._link = link
            self._changed.set()
            measures.connected.labels(self.name).set(1)
            await asyncio.shield(link.closed)
        finally:
            self._link = None
            self._changed.clear()
            measures.connected.labels(self.name).set(0)
            self._lost()
            await link.close()
