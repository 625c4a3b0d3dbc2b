"""A broker that goes and comes back: everybody finds it again, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import kombu
import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.declare import Envelope
from crm_common.provision import Provisioned
from crm_common.runtime import link
from crm_common.runtime.broker_client import BrokerClient
from crm_common.runtime.broker_feed import BrokerFeed
from crm_common.store import Store
from crm_servers import addresses
from crm_servers.postgres import PostgresServer
from crm_servers.rabbitmq import RabbitServer
from infra.postgres import SharedPostgres
from infra.run import TestRun
from ledger.waiting import until
from probe.house import SEAL, House, asking
from probe.running import SERVICES, Loop, Place, ServiceProcesses, databases

pytestmark = pytest.mark.infra
# how long anybody may take before he is given up; the five seconds that are promised are of an idle machine
BACK = 40.0


@pytest.fixture(scope="module")
def rabbit(test_run: TestRun) -> Iterator[RabbitServer]:
    """A broker of this module's own, which every test leaves running."""
    server = RabbitServer(test_run.path / f"own-rabbit-{uuid4().hex[:6]}", test_run.lifeline, remove=True).start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def own_place(
    rabbit: RabbitServer, service_databases: dict[str, Provisioned], tmp_path_factory: pytest.TempPathFactory
) -> Place:
    made = Place(rabbit.url, service_databases, tmp_path_factory.mktemp("logs"))
    made.install(*SERVICES)
    return made


@pytest.fixture(scope="module")
def own_processes(own_place: Place) -> Iterator[ServiceProcesses]:
    made = ServiceProcesses(own_place)
    yield made
    made.end()


@pytest.fixture(scope="module")
def house(own_place: Place, own_processes: ServiceProcesses, loop: Loop) -> Iterator[House]:
    """Services and a gateway on that broker."""
    own_processes.start_all(*SERVICES)
    client, feed = BrokerClient(own_place.amqp_url, seal=SEAL), BrokerFeed(own_place.amqp_url)
    loop.run(client.start())
    loop.run(feed.start())
    stores = {name: Store(each.url, service=name) for name, each in own_place.databases.items()}
    yield House("broker", loop, client, feed, stores)
    loop.run(client.close())
    loop.run(feed.close())
    for store in stores.values():
        store.close()


def heard(house: House, subject: UUID) -> list[int]:
    return [number for about, number, _ in house.call("hearer", "heard") if about == str(subject)]


def answered(house: House) -> bool:
    try:
        return bool(house.call("probe", "rows", {"count": 1}, asking(seconds=0.5)))
    except CrmError as refused:
        if refused.code is not Code.UNAVAILABLE:
            raise
        return False


def test_after_a_restart_of_the_broker_all_goes_on_and_nothing_is_lost(
    house: House, rabbit: RabbitServer, own_processes: ServiceProcesses
) -> None:
    processes = own_processes
    before, during, after = uuid4(), uuid4(), uuid4()
    house.call("probe", "note", {"text": "before", "about": str(before)})
    until(lambda: heard(house, before) == [1], "events flow before")
    in_flight = house.begin(
        "probe", "note", {"text": "during", "about": str(during), "times": 3, "seconds": 1}, asking()
    )
    until(lambda: _sleeping(house) == 1, "a command is at work")
    rabbit.stop()

    # the answer is lost with the connection, and said so at once; the work itself was finished
    with pytest.raises(CrmError) as lost:
        in_flight(5)
    assert lost.value.rule == "the_service_is_unavailable"
    while_away = time.monotonic()
    assert not answered(house)
    assert time.monotonic() - while_away < 10

    rabbit.start()
    until(lambda: answered(house), "calls are answered again", BACK)
    house.call("probe", "note", {"text": "after", "about": str(after)})
    until(lambda: heard(house, during) == [1, 2, 3] and heard(house, after) == [1], "all events are heard", BACK)
    until(lambda: all(processes.only(service).ready() for service in SERVICES), "all connections are back")


def test_a_listener_is_told_of_the_gap_and_hears_again(
    house: House, rabbit: RabbitServer, own_processes: ServiceProcesses
) -> None:
    gaps: list[float] = []

    async def scenario() -> tuple[Envelope, Envelope]:
        async with house.feed.listen(["note.written"], on_gap=lambda: gaps.append(time.monotonic())) as events:
            await house.client.call("probe", "note", {"text": "before"}, asking())
            first = await anext(events)
            gaps.clear()
            await asyncio.to_thread(rabbit.stop)
            await asyncio.to_thread(rabbit.start)
            returned = time.monotonic()
            while not gaps:
                assert time.monotonic() - returned < BACK
                await asyncio.sleep(0.01)
            while not await asyncio.to_thread(answered, house):
                assert time.monotonic() - returned < BACK
            await house.client.call("probe", "note", {"text": "after"}, asking())
            return first, await anext(events)

    first, second = house.loop.run(scenario(), 90)
    assert (first.data["text"], second.data["text"]) == ("before", "after")


def test_a_frozen_broker_is_given_up_by_heartbeats_and_calls_end_in_time(
    house: House, rabbit: RabbitServer, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "HEARTBEAT_SECONDS", 1)
    client = BrokerClient(rabbit.url, seal=SEAL)
    loop.run(client.start())
    pid = rabbit.pid()
    assert pid is not None
    until(client.standing, "it stands")
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(CrmError) as refused:
            loop.run(client.call("probe", "rows", {"count": 1}, asking(seconds=1)))
        assert refused.value.rule == "the_service_is_unavailable"
        assert time.monotonic() - began < 10
        until(lambda: not client.standing(), "the silence is noticed")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(client.standing, "it stands again")
    loop.run(client.close())
    until(lambda: answered(house), "calls are answered again", BACK)


def test_a_removed_queue_is_an_alarm_and_is_made_again(
    house: House, rabbit: RabbitServer, own_processes: ServiceProcesses
) -> None:
    processes = own_processes
    queue = "evt-probe-note.written--hearer.hear_the_note"
    hearer = processes.only("hearer")
    metric = f'crm_subscription_queue_missing_total{{queue="{queue}",service="hearer"}}'
    assert hearer.metric(metric) == 0.0
    rabbit.ctl("delete_queue", queue)
    until(lambda: hearer.said("subscription.queue_missing"), "the alarm")
    until(hearer.ready, "it consumes again")
    subject = uuid4()
    house.call("probe", "note", {"text": "x", "about": str(subject)})
    until(lambda: heard(house, subject) == [1], "it hears again")

    assert [line["queue"] for line in hearer.said("subscription.queue_missing")] == [queue]
    assert hearer.metric(metric) == 1.0


def test_a_queue_that_an_earlier_release_declared_otherwise_is_used_as_it_is(
    house: House, rabbit: RabbitServer, own_place: Place, own_processes: ServiceProcesses
) -> None:
    queue = "evt-probe-note.written--hearer.hear_the_note"
    assert own_processes.only("hearer").end() == 0
    rabbit.ctl("delete_queue", queue)
    with kombu.Connection(rabbit.url) as connection:
        arguments = {"x-queue-type": "quorum", "x-delivery-limit": 5}
        kombu.Queue(queue, durable=True, queue_arguments=arguments, channel=connection.channel()).declare()
    hearer = own_processes.start("hearer")
    subject = uuid4()
    house.call("probe", "note", {"text": "x", "about": str(subject)})
    until(lambda: heard(house, subject) == [1], "it hears")

    assert queue in [line["queue"] for line in hearer.said("broker.queue_is_otherwise")]
    assert hearer.said("broker.connection_lost") == []
    assert hearer.end() == 0
    rabbit.ctl("delete_queue", queue)
    own_place.install("hearer")
    own_processes.start("hearer")


def test_a_service_may_start_before_its_broker(
    house: House, rabbit: RabbitServer, own_processes: ServiceProcesses
) -> None:
    rabbit.stop()
    early = own_processes.begin("probe")
    until(lambda: early.said("service.started"), "it has started")
    until(lambda: early.said("broker.connection_lost"), "it looks for its broker")
    rabbit.start()

    assert early.started().ready()
    assert early.end() == 0
    until(lambda: answered(house), "calls are answered again", BACK)


def test_events_wait_for_a_database_that_is_away(
    house: House, own_place: Place, own_processes: ServiceProcesses, own_postgres: Callable[..., PostgresServer]
) -> None:
    own_processes.only("hearer").end()
    server = own_postgres(durable=False)
    with databases(SharedPostgres(addresses.Postgres(server.url, server.tcp_url), "native")) as made:
        place = replace(own_place, databases=own_place.databases | {"hearer": made["hearer"]})
        hearers = ServiceProcesses(place)
        hearer = hearers.start("hearer")
        server.stop()
        subject = uuid4()
        house.call("probe", "note", {"text": "x", "about": str(subject), "times": 5})
        until(lambda: hearer.said("subscription.waits_for_the_database"), "it waits")
        server.start()
        until(lambda: heard(house, subject) == [1, 2, 3, 4, 5], "everything is heard")
        assert hearer.end() == 0
    own_processes.start("hearer")


def _sleeping(house: House) -> int:
    ((count,),) = house.stores["probe"].rows(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%pg_sleep%%'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    return int(count)
