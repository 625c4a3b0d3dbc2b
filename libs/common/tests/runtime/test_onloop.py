"""Queries on the event loop: side by side, each with its own context, in a thread where they would hold it up."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
import uvloop

from crm_common.changes import repeating
from crm_common.provision import Provisioned
from crm_common.runtime.onloop import Lane
from crm_common.runtime.threads import WorkerThreads
from crm_common.statements import written
from crm_common.store import DatabaseLostError, Store, commit_with_next
from crm_common.waiting import NeedsThreadError, thread_needed

WHO: ContextVar[str] = ContextVar("who", default="nobody")


def no_thread(_call: Callable[[], Any], future: asyncio.Future[Any], for_now: bool) -> None:
    future.set_result(f"needs a thread{' for now' if for_now else ''}")


LANES: dict[asyncio.AbstractEventLoop, Lane] = {}


def lane() -> Lane:
    """The running loop's."""
    return LANES.setdefault(asyncio.get_running_loop(), Lane(8))


def on_loop(call: Callable[[], Any]) -> asyncio.Future[Any]:
    return lane().answer(call, no_thread)


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


def opened(database: Provisioned, connections: int) -> Store:
    """A store in which so many connections are open and free."""
    store = Store(database.url, service="ledger", size=connections)
    slots = [store._pool.take(time.time() + 5) for _ in range(connections)]
    for slot in slots:
        store._pool.give_back(slot)
    return store


def test_results_and_errors_come_back() -> None:
    async def main() -> None:
        assert await on_loop(lambda: 41 + 1) == 42
        with pytest.raises(ZeroDivisionError):
            await on_loop(lambda: 1 / 0)

    run(main)


def test_queries_wait_side_by_side_in_one_thread(database: Provisioned) -> None:
    store = opened(database, 8)

    def ask(number: int) -> tuple[bytes | None, str, int]:
        WHO.set(str(number))
        found = store.read("SELECT %s::text FROM pg_sleep(0.5)", (str(number),))
        return found, WHO.get(), threading.get_ident()

    async def main() -> None:
        began = time.monotonic()
        answers = await asyncio.gather(*(on_loop(partial(ask, number)) for number in range(8)))

        assert time.monotonic() - began < 8 * 0.5
        assert answers == [(str(number).encode(), str(number), threading.get_ident()) for number in range(8)]
        assert WHO.get() == "nobody"

    run(main)
    store.close()


def test_a_long_answer_arrives_whole(database: Provisioned) -> None:
    store = opened(database, 1)

    async def main() -> None:
        assert await on_loop(lambda: store.read("SELECT repeat('x', 3000000)")) == b"x" * 3_000_000
        long = "y" * 3_000_000
        assert await on_loop(lambda: store.read("SELECT length(%s)", (long,))) == b"3000000"

    run(main)
    store.close()


def test_a_statement_that_fails_does_not_harm_the_next(database: Provisioned) -> None:
    store = opened(database, 1)

    async def main() -> None:
        with pytest.raises(Exception, match="division by zero"):
            await on_loop(lambda: store.read("SELECT 1 / %s::int", ("0",)))
        assert await on_loop(lambda: store.read("SELECT 1 / %s::int", ("1",))) == b"1"

    run(main)
    store.close()


def test_a_connection_that_is_cut_off_is_made_anew(database: Provisioned) -> None:
    store = opened(database, 1)

    async def main() -> None:
        pid = int((await on_loop(lambda: store.read("SELECT pg_backend_pid()"))) or 0)
        slow = on_loop(lambda: store.read("SELECT pg_sleep(20)"))
        with store.dedicated() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        # it is asked again, as after a restart of the server, but no connection is open any more
        assert await slow == "needs a thread for now"
        assert await on_loop(lambda: store.read("SELECT 1")) == "needs a thread for now"
        assert await asyncio.to_thread(store.read, "SELECT 1") == b"1"
        assert await on_loop(lambda: store.read("SELECT 1")) == b"1"

    run(main)
    store.close()


def test_the_loop_rests_beside_a_connection_that_is_over(database: Provisioned) -> None:
    store = opened(database, 1)

    async def main() -> None:
        pid = int((await on_loop(lambda: store.read("SELECT pg_backend_pid()"))) or 0)
        with store.dedicated() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        # its end lies at the socket, and nobody comes to read it
        spent = time.thread_time()
        await asyncio.sleep(0.5)
        assert time.thread_time() - spent < 0.25

    run(main)
    store.close()


def test_a_connection_under_the_number_of_a_closed_one_is_heard(database: Provisioned) -> None:
    async def main() -> None:
        numbers = []
        for number in range(3):
            store = opened(database, 1)
            numbers.append(store._pool._idle[0].reader.fileno())
            asked = partial(store.read, "SELECT %s::text FROM pg_sleep(0.05)", (str(number),))
            assert await asyncio.wait_for(on_loop(asked), 5) == str(number).encode()
            store.close()
        assert len(set(numbers)) < len(numbers)

    run(main)


@pytest.mark.parametrize("what", ["rows", "transaction", "a value that is no text", "not prepared", "computing"])
def test_what_would_hold_up_the_loop_needs_a_thread(database: Provisioned, what: str) -> None:
    store = opened(database, 1)
    calls: dict[str, Callable[[], Any]] = {
        "rows": lambda: store.rows("SELECT 1"),
        "transaction": lambda: store.transaction().__enter__(),
        "a value that is no text": lambda: store.read("SELECT %s", (1,)),
        "not prepared": lambda: store.read("SELECT 1", prepare=False),
        "computing": thread_needed,
    }

    async def main() -> None:
        assert await on_loop(calls[what]) == "needs a thread"

    run(main)
    with pytest.raises(NeedsThreadError):
        raise NeedsThreadError
    assert store.rows("SELECT 1") == [(1,)]
    store.close()


def test_a_call_without_a_free_connection_waits_for_one_in_a_thread(database: Provisioned) -> None:
    store, threads = opened(database, 2), WorkerThreads(4)

    def instead(call: Callable[[], Any], future: asyncio.Future[Any], for_now: bool) -> None:
        assert for_now
        assert threads.take(call, future)

    async def main() -> None:
        ask = "SELECT 'x' FROM pg_sleep(0.05)"
        wide = Lane(20)
        answers = [wide.answer(lambda: store.read(ask), instead) for _ in range(20)]
        assert await asyncio.gather(*answers) == [b"x"] * 20

    run(main)
    assert threads.close(5)
    store.close()


def test_who_stops_waiting_leaves_the_connection_usable(database: Provisioned) -> None:
    store = opened(database, 1)

    async def main() -> None:
        slow = on_loop(lambda: store.read("SELECT 'slow' FROM pg_sleep(0.2)"))
        slow.cancel()
        until = time.monotonic() + 10
        while (answer := await on_loop(lambda: store.read("SELECT 'next'"))) != b"next":
            assert answer == "needs a thread for now"
            assert time.monotonic() < until
            await asyncio.sleep(0.01)

    run(main)
    store.close()


def changing_on_loop(call: Callable[[], Any]) -> asyncio.Future[Any]:
    return lane().answer(call, no_thread, changes=True)


INSERT = written("INSERT INTO entry VALUES (%(id)s::uuid, %(amount)s)")
LOCK = written("SELECT amount FROM entry WHERE id = %(id)s::uuid FOR UPDATE")
ADD = written("UPDATE entry SET amount = amount + 1 WHERE id = %(id)s::uuid")
ONE = UUID(int=1)


def test_changes_wait_for_one_another_in_one_thread(service_database: Callable[[], Provisioned]) -> None:
    store = opened(service_database(), 8)
    with store.transaction() as connection:
        INSERT.run(connection, id=ONE, amount=0)

    def add(by_driver: bool) -> tuple[int, int]:
        with store.transaction() as connection:
            if by_driver:
                # SQLAlchemy and the driver give way, too, while they wait for somebody's lock
                connection.exec_driver_sql("SELECT FROM entry WHERE id = %s FOR UPDATE", (ONE,))
            found = LOCK.first(connection, id=ONE).amount
            connection.exec_driver_sql("SELECT pg_sleep(0.01)")
            ADD.run(connection, id=ONE)
        return found, threading.get_ident()

    async def main() -> None:
        answers = await asyncio.gather(*(changing_on_loop(partial(add, bool(number % 2))) for number in range(8)))
        assert sorted(answers) == [(number, threading.get_ident()) for number in range(8)]

    run(main)
    assert store.rows("SELECT amount FROM entry") == [(8,)]
    store.close()


def test_what_changed_nothing_yet_begins_anew_in_a_thread_and_nothing_of_it_stays(
    service_database: Callable[[], Provisioned],
) -> None:
    store = opened(service_database(), 1)

    def change() -> None:
        with store.transaction() as connection:
            INSERT.run(connection, id=ONE, amount=0)
            LOCK.rows(connection, id=ONE)
            thread_needed()

    async def main() -> None:
        assert await changing_on_loop(change) == "needs a thread"

    run(main)
    assert store.rows("SELECT * FROM entry") == []
    store.close()


def test_what_changed_something_never_begins_anew(service_database: Callable[[], Provisioned]) -> None:
    store = opened(service_database(), 2)

    def change() -> list[Any]:
        with store.transaction() as connection:
            INSERT.run(connection, id=ONE, amount=5)
            commit_with_next()
            seen = [store.read("SELECT amount::text FROM entry"), store.rows("SELECT amount FROM entry")]
        thread_needed()
        return [*seen, store.rows("SELECT count(*) FROM entry")]

    def change_without_a_connection_left() -> None:
        with store.transaction() as connection:
            INSERT.run(connection, id=UUID(int=2), amount=5)
        kept = [store._pool.take_idle() for _ in range(2)]
        try:
            store.read("SELECT 1")
        finally:
            for slot in kept:
                store._pool.give_back(slot)

    async def main() -> None:
        assert await changing_on_loop(change) == [b"5", [(5,)], [(1,)]]
        with pytest.raises(DatabaseLostError):
            await changing_on_loop(change_without_a_connection_left)

    run(main)
    assert store.rows("SELECT count(*) FROM entry") == [(2,)]
    store.close()


def test_what_is_repeated_is_repeated_in_a_thread(database: Provisioned) -> None:
    store = opened(database, 1)

    def attempt() -> None:
        raise psycopg.errors.DeadlockDetected

    async def main() -> None:
        assert await on_loop(lambda: repeating(attempt)) == "needs a thread for now"

    run(main)
    store.close()


def pass_on(answer: asyncio.Future[Any], done: asyncio.Future[Any]) -> None:
    answer.set_result(done.result())


def test_a_call_may_wait_many_times_wherever_the_loop_began_and_resumed_it(database: Provisioned) -> None:
    """The loop of the product keeps pointers into its own stack: a greenlet that spoke to it crashed the process."""
    store = opened(database, 8)

    def ask(number: int, depth: int = 0) -> list[bytes | None]:
        if depth < number * 8:
            # down the processor's own stack, which calls from C only do
            [answers] = map(partial(ask, number), [depth + 1])
            return answers
        return [store.read(f"SELECT %s::text || '{turn}'", (str(number),)) for turn in range(6)]

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def begun(number: int, delay: float) -> asyncio.Future[Any]:
            answer = loop.create_future()
            loop.call_later(delay, lambda: on_loop(partial(ask, number)).add_done_callback(partial(pass_on, answer)))
            return answer

        for turn in range(20):
            answers = [begun(number, (number + turn) % 2 / 1000) for number in range(8)]
            expected = [[f"{number}{turn}".encode() for turn in range(6)] for number in range(8)]
            assert await asyncio.gather(*answers) == expected

    uvloop.run(main())
    store.close()


def test_calls_beyond_the_places_wait_for_their_turn_and_need_no_thread(database: Provisioned) -> None:
    store, at_once, most = opened(database, 2), 0, 0

    def ask(number: int) -> tuple[bytes | None, str]:
        nonlocal at_once, most
        assert WHO.get() == f"caller {number}"
        WHO.set(f"call {number}")
        at_once, most = at_once + 1, max(most, at_once + 1)
        found = store.read("SELECT %s::text FROM pg_sleep(0.01)", (str(number),))
        at_once -= 1
        return found, WHO.get()

    async def call(narrow: Lane, number: int) -> Any:
        WHO.set(f"caller {number}")
        return await narrow.answer(partial(ask, number), no_thread)

    async def main() -> None:
        narrow = Lane(2)
        answers = await asyncio.gather(*(call(narrow, number) for number in range(9)))
        assert answers == [(str(number).encode(), f"call {number}") for number in range(9)]
        assert (at_once, most, WHO.get()) == (0, 2, "nobody")

    run(main)
    store.close()


def test_who_gives_up_before_his_turn_is_not_asked_for(database: Provisioned) -> None:
    store = opened(database, 1)
    asked: list[int] = []

    def ask(number: int) -> int:
        asked.append(number)
        store.read("SELECT pg_sleep(0.05)")
        return number

    async def main() -> None:
        narrow = Lane(1)
        first, second, third = (narrow.answer(partial(ask, number), no_thread) for number in range(3))
        second.cancel()
        assert (await first, await third) == (0, 2)
        assert asked == [0, 2]

    run(main)
    store.close()


def test_a_call_that_fails_or_needs_a_thread_leaves_its_place_to_the_next() -> None:
    async def main() -> None:
        narrow = Lane(1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await narrow.answer(lambda: 1 / 0, no_thread)
            assert await narrow.answer(thread_needed, no_thread) == "needs a thread"
            assert await narrow.answer(lambda: 1, no_thread) == 1

    run(main)
