"""The index follows the tables: nothing lost, nothing out of order, whoever dies; rebuilt while it is used (SCH-01)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import sqlalchemy as sa

from crm_common.errors import Code, CrmError
from crm_common.provision import Provisioned
from crm_common.search import state
from crm_common.search.documents import load
from crm_common.search.elastic import ElasticSearch
from crm_common.search.port import SearchStore
from crm_common.search.postgres import PostgresSearch
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from finding.corpus import CORPUS, firm, person
from finding.keeping import Replica, build, found, ids, indexing
from finding.service import SEARCHABLES, save, save_firm, save_person, saving
from infra.toxiproxy import Proxy
from ledger.host import LedgerHost
from ledger.waiting import until


@pytest.fixture
def host(store: Store) -> LedgerHost:
    return LedgerHost(store, settings=GivenSettings(), service="finding")


@pytest.fixture
def replicas(
    database_of_module: Provisioned, index: SearchStore, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Replica]]:
    """Starts processes that keep the index of the test."""
    started: list[Replica] = []
    elastic = ("-", "-")
    if isinstance(index, ElasticSearch):
        elastic = (request.getfixturevalue("elasticsearch"), index.name)

    def start() -> Replica:
        started.append(Replica(database_of_module.url, elastic, tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.end()


def number(host: LedgerHost, record: UUID, turn: int) -> None:
    """The firm's name says which turn it is."""
    with saving(host) as change:
        save_firm(change, record, name=f"第{turn}号商行")


def in_tables(store: Store) -> dict[UUID, str]:
    return dict(store.rows("SELECT id, name FROM firm WHERE NOT deleted"))


def agrees(index: SearchStore, store: Store) -> bool:
    """Whether every firm is found by the name that it has now, and no firm by any other."""
    index.settle()
    expected = in_tables(store)
    hits = {hit.id for hit in found(index, "商行", types=("Buyer",))}
    return hits == expected.keys() and all(
        record in {hit.id for hit in found(index, name, types=("Buyer",))} for record, name in expected.items()
    )


def test_what_is_made_changed_and_deleted_is_found_as_it_is_now(host: LedgerHost, index: SearchStore) -> None:
    build(host, index)
    record = firm("华信科技").id
    with indexing(host.store, index):
        with saving(host) as change:
            save(change, firm("华信科技"))
        until(lambda: ids(index, "华信") == {record}, "made")
        with saving(host) as change:
            save_firm(change, record, name="鼎盛科技")
        until(lambda: ids(index, "鼎盛") == {record} and ids(index, "华信") == set(), "changed")
        with saving(host) as change:
            save_firm(change, record, deleted=True)
        until(lambda: ids(index, "科技") == set(), "deleted")
        with saving(host) as change:
            save_firm(change, record, deleted=False)
        until(lambda: ids(index, "科技") == {record}, "restored")


def test_what_was_there_before_the_index_is_found_after_its_first_build(host: LedgerHost, index: SearchStore) -> None:
    with saving(host) as change:
        for record in CORPUS[:20]:
            save(change, record)

    run = build(host, index)

    assert run["report"] == {"documents": 20}
    assert ids(index, "zhangsan") >= {person("张三").id}
    assert state.read(host.store)[:4] == (1, None, False, None)


def test_many_writers_at_once_leave_the_index_as_the_tables_are(host: LedgerHost, index: SearchStore) -> None:
    build(host, index)
    records = [UUID(int=each) for each in range(1, 13)]

    def write(seed: int) -> None:
        dice = random.Random(seed)
        for turn in range(25):
            record = dice.choice(records)
            number(host, record, seed * 1000 + turn)
            if dice.random() < 0.2:
                with saving(host) as change:
                    save_firm(change, record, deleted=dice.random() < 0.5)

    with indexing(host.store, index, batch=7):
        threads = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        until(lambda: agrees(index, host.store), "the index is as the tables are")


def test_nobody_waits_for_the_longest_transaction_and_that_one_is_found_as_well(
    host: LedgerHost, index: SearchStore
) -> None:
    build(host, index)
    engine = sa.create_engine(host.store.url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    late, early = UUID(int=1), UUID(int=2)
    with engine.connect() as slow, indexing(host.store, index):
        slow.exec_driver_sql("INSERT INTO firm (id, name) VALUES (%s, '第1号商行')", (late,))
        slow.exec_driver_sql("SELECT pg_current_xact_id()")
        number(host, early, 2)
        until(lambda: ids(index, "商行") == {early}, "the later one, while the older is open")
        slow.exec_driver_sql(
            "WITH head AS (INSERT INTO subject_head VALUES (%s, 1)) INSERT INTO journal (txid, event_id, type, subject,"
            " seq, occurred_at, correlation_id, data_version, data) SELECT pg_current_xact_id()::text::bigint,"
            " gen_random_uuid(), 'firm.changed', %s, 1, now(), 'slow', 1, '{}'",
            (f"firm/{late}", f"firm/{late}"),
        )
        slow.commit()
        until(lambda: ids(index, "商行") == {early, late}, "the older one, which came last")


def test_a_killed_process_loses_nothing(host: LedgerHost, index: SearchStore, replicas: Callable[[], Replica]) -> None:
    build(host, index)
    for turn in range(3):
        replica = replicas()
        number(host, UUID(int=1), turn * 10)
        until(lambda: agrees(index, host.store), "the process works", 40)
        replica.trigger.touch()
        # it dies of a record that nobody touches again
        number(host, UUID(int=turn + 100), turn * 10 + 1)
        assert replica.process.wait(40) == -9
        number(host, UUID(int=1), turn * 10 + 3)
    with indexing(host.store, index):
        until(lambda: agrees(index, host.store), "the index is as the tables are")


def test_a_build_that_dies_goes_on_where_it_was(
    host: LedgerHost, index: SearchStore, replicas: Callable[[], Replica]
) -> None:
    build(host, index)
    for turn in range(60):
        number(host, UUID(int=turn + 1), turn)
    with indexing(host.store, index):
        until(lambda: agrees(index, host.store), "indexed")
    replica = replicas()
    replica.trigger.touch()
    state.ask(host.store)
    assert replica.process.wait(60) == -9
    half = state.read(host.store)
    assert (half.live, half.building) == (1, 2)
    # somebody changes what the dead build has read, and what it has not
    number(host, UUID(int=1), 1001)
    number(host, UUID(int=60), 1060)

    replicas()

    until(lambda: state.read(host.store)[:2] == (2, None), "the new generation is asked", 60)
    until(lambda: agrees(index, host.store), "the index is as the tables are")


def test_the_index_is_rebuilt_while_it_is_written_and_asked(host: LedgerHost, index: SearchStore) -> None:
    build(host, index)
    for turn in range(40):
        number(host, UUID(int=turn + 1), turn)
    with saving(host) as change:
        save(change, person("张三"))
    stop = threading.Event()
    missing: list[float] = []

    def write() -> None:
        turn = 1000
        while not stop.is_set():
            turn += 1
            number(host, UUID(int=turn % 40 + 1), turn)
            if turn % 7 == 0:
                with saving(host) as change:
                    save_firm(change, UUID(int=turn % 40 + 1), deleted=turn % 2 == 0)

    def ask() -> None:
        while not stop.is_set():
            if [hit.id for hit in found(index, "zhangsan")] != [person("张三").id]:
                missing.append(time.monotonic())

    with indexing(host.store, index):
        until(lambda: ids(index, "zhangsan") == {person("张三").id}, "indexed")
        threads = [threading.Thread(target=write), threading.Thread(target=ask)]
        for each in threads:
            each.start()
        runs = [build(host, index, page=5) for _ in range(3)]
        stop.set()
        for each in threads:
            each.join()
        until(lambda: agrees(index, host.store), "the index is as the tables are")

    assert [run["outcome"] for run in runs] == ["DONE"] * 3
    assert state.read(host.store)[:2] == (4, None)
    assert missing == []
    assert ids(index, "zhangsan") == {person("张三").id}


def test_while_the_server_is_away_only_search_refuses_and_afterwards_it_catches_up(
    host: LedgerHost,
    elasticsearch: str,
    elastic: Callable[[str | None], ElasticSearch],
    toxiproxy: Callable[[str], Proxy],
) -> None:
    proxy = toxiproxy(urlsplit(elasticsearch).netloc)
    index = elastic(proxy.put_before(elasticsearch))
    build(host, index)
    with indexing(host.store, index):
        number(host, UUID(int=1), 1)
        until(lambda: agrees(index, host.store), "indexed")
        proxy.cut()

        with pytest.raises(CrmError) as refusal:
            found(index, "商行")
        assert (refusal.value.code, refusal.value.rule) == (Code.UNAVAILABLE, "search_is_unavailable")
        for turn in range(2, 30):
            number(host, UUID(int=turn), turn)
        assert len(in_tables(host.store)) == 29

        proxy.restore()
        until(lambda: len(ids(index, "商行")) == 29 and agrees(index, host.store), "caught up", 40)


def test_every_change_of_a_record_or_its_parent_makes_a_later_version(host: LedgerHost) -> None:
    one, other = UUID(int=1), UUID(int=2)

    def version() -> int:
        (document,) = load(host.store, SEARCHABLES[1], [person("张三").id])
        return document.version

    def at(firm_id: UUID) -> int:
        with saving(host) as change:
            save_person(change, "张三", firm_id)
        return version()

    for turn in range(9):
        number(host, one, turn)
    number(host, other, 1)
    versions = [at(one)]
    number(host, one, 10)
    versions.append(version())
    versions.append(at(other))
    number(host, other, 2)
    versions.append(version())

    assert versions == [(1 << 20) + 9, (1 << 20) + 10, (2 << 20) + 1, (2 << 20) + 2]


def test_a_dropped_generation_does_not_come_back(host: LedgerHost, index: SearchStore) -> None:
    build(host, index)
    build(host, index)
    number(host, UUID(int=1), 1)
    with indexing(host.store, index):
        until(lambda: agrees(index, host.store), "indexed")

    if isinstance(index, PostgresSearch):
        assert host.store.rows("SELECT DISTINCT generation FROM search_document") == [(2,)]
    else:
        assert isinstance(index, ElasticSearch)
        assert index.generations() == {2}
