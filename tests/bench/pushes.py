"""``python -m bench.pushes``: 2,000 open subscriptions on one gateway, and how long a message takes to its reader.

Not part of ``make bench``. In one process and over the broker; what it printed stands in docs/adr/0131.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psutil
from websockets.asyncio.client import ClientConnection, connect

from bench.ground import ground
from crm_servers.addresses import Postgres
from crm_servers.rabbitmq import RabbitServer
from infra.postgres import SharedPostgres
from standing.person import Person
from standing.systems import System, embedded, on_broker
from walking.company import Company, do

FREE = {
    **{f"GATEWAY_RATE_{name}": "1000000" for name in ("ACTOR", "ACTOR_BURST", "ADDRESS", "ADDRESS_BURST")},
    "GATEWAY_LIMIT_SOCKETS": "100000",
    "GATEWAY_LIMIT_AT_ONCE": "100000",
}
FOLLOW = "subscription { messageArrived { occurredAt record { title } } }"
MEGABYTE = 2**20


@dataclass(slots=True)
class Reader:
    """Somebody who waits for his messages; ``late`` are the seconds from a message's moment until he had it."""

    person: Person
    id: str
    late: list[float] = field(default_factory=list)

    async def hear(self, connection: ClientConnection, count: Callable[[], None]) -> None:
        """Note how late each message comes, counted from the beginning of the change that told it, and ``count``."""
        async for text in connection:
            now = datetime.now(UTC)
            message = json.loads(text)
            if message["type"] == "next":
                at = datetime.fromisoformat(message["payload"]["data"]["messageArrived"]["occurredAt"])
                self.late.append((now - at).total_seconds())
                count()


@asynccontextmanager
async def following(person: Person) -> AsyncIterator[ClientConnection]:
    """An open subscription."""
    url = person.url.replace("http", "ws", 1) + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"], ping_interval=None) as connection:  # type: ignore[list-item]
        hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {person.token}"}}
        await connection.send(json.dumps(hello))
        await connection.recv()
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}}))
        await connection.send(json.dumps({"type": "ping"}))
        await connection.recv()
        yield connection


def staffed(system: System, count: int) -> tuple[Person, list[Reader]]:
    """Somebody who writes, and those who read."""
    company = Company(system)
    tag = uuid4().hex[:5]
    position = company.position(f"压测 {tag}", company.root)
    ids = [company.employee(f"r{n}.{tag}", position) for n in range(count)]
    return company.admin, [Reader(company.first_login(f"r{n}.{tag}"), each) for n, each in enumerate(ids)]


async def measured(system: System, pid: int, chosen: argparse.Namespace) -> str:
    """One line of the table."""
    loop = asyncio.get_running_loop()
    writer, readers = await loop.run_in_executor(None, staffed, system, chosen.readers)
    before = memory(pid)
    async with AsyncExitStack() as stack:
        idle = readers[0].person
        place = asyncio.Semaphore(20)

        async def wait_only() -> None:
            async with place:
                await stack.enter_async_context(following(idle))

        await asyncio.gather(*(wait_only() for _ in range(chosen.open - chosen.readers + 1)))
        awake = [(each, await stack.enter_async_context(following(each.person))) for each in readers[1:]]
        counted = asyncio.Event()

        def count() -> None:
            if sum(len(each.late) for each in readers) == chosen.messages:
                counted.set()

        hearing = [asyncio.ensure_future(each.hear(connection, count)) for each, connection in awake]
        after = memory(pid)
        for n in range(chosen.messages):
            to = awake[n % len(awake)][0]
            await loop.run_in_executor(None, leave, writer, to)
        async with asyncio.timeout(30):
            await counted.wait()
        for each in hearing:
            each.cancel()
    late = sorted(each for reader in readers for each in reader.late)
    quantiles = [statistics.median(late), late[int(len(late) * 0.99) - 1], late[-1]]
    shown = " | ".join(f"{each * 1000:.0f}" for each in quantiles)
    return f"| {system.mode} | {chosen.open} | {before:.0f} → {after:.0f} | {len(late)} | {shown} |"


def leave(writer: Person, to: Reader) -> None:
    """A note, which becomes a message."""
    do(writer, "leaveNote", toIds=[to.id], text="x")


def memory(pid: int) -> float:
    """What a process holds, in MB."""
    return float(psutil.Process(pid).memory_info().rss) / MEGABYTE


def main() -> None:
    """Both ways in turn."""
    parser = argparse.ArgumentParser(prog="python -m bench.pushes", description=__doc__)
    parser.add_argument("--open", type=int, default=2_000, help="subscriptions")
    parser.add_argument("--readers", type=int, default=11, help="people; all but the first get messages")
    parser.add_argument("--messages", type=int, default=200)
    chosen: Any = parser.parse_args()
    print("| system | open | MB before → after | messages | median ms | p99 ms | longest ms |", flush=True)
    print("|---|---|---|---|---|---|---|", flush=True)
    with embedded(FREE) as system:
        print(asyncio.run(measured(system, system.processes["crm"].running.pid, chosen)), flush=True)
    with ground() as place:
        rabbit = RabbitServer(place.folder / "mq", place.lifeline, remove=True).start()
        place.closing.callback(rabbit.kill)
        system = place.closing.enter_context(
            on_broker(
                SharedPostgres(Postgres(place.server.url, place.server.url), "bench"), rabbit.url, place.folder, FREE
            )
        )
        print(asyncio.run(measured(system, system.processes["gateway"].running.pid, chosen)), flush=True)


if __name__ == "__main__":
    main()
