"""Worker threads behind asyncio: bounded, emptied before they end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from crm_common.runtime.threads import WorkerThreads


def submitted(threads: WorkerThreads, call: Callable[[], Any]) -> asyncio.Future[Any]:
    future = threads.submit(call)
    assert future is not None
    return future


def test_results_and_errors_come_back() -> None:
    async def main() -> None:
        threads = WorkerThreads(2)
        assert await submitted(threads, lambda: 41 + 1) == 42
        with pytest.raises(ZeroDivisionError):
            await submitted(threads, lambda: 1 / 0)
        assert threads.close(5)

    asyncio.run(main())


def test_as_many_run_at_once_as_there_are_threads() -> None:
    async def main() -> None:
        threads = WorkerThreads(3)
        # passes only if three calls are in it together
        meeting = threading.Barrier(3)
        assert sorted(await asyncio.gather(*[submitted(threads, lambda: meeting.wait(10)) for _ in range(3)])) == [
            0,
            1,
            2,
        ]
        assert threads.close(5)

    asyncio.run(main())


def test_too_many_waiting_calls_are_refused_instead_of_piled_up() -> None:
    async def main() -> None:
        threads = WorkerThreads(1, waiting=2)
        begun, go = threading.Event(), threading.Event()

        def block() -> bool:
            begun.set()
            return go.wait(10)

        first = submitted(threads, block)
        await asyncio.to_thread(begun.wait, 10)
        waiting = [submitted(threads, lambda: "done") for _ in range(2)]
        refused = threads.submit(lambda: "never")
        go.set()
        assert refused is None
        assert [await first, *(await asyncio.gather(*waiting))] == [True, "done", "done"]
        assert threads.close(5)

    asyncio.run(main())


def test_a_call_given_up_before_its_turn_is_not_made() -> None:
    async def main() -> None:
        threads = WorkerThreads(1)
        begun, go = threading.Event(), threading.Event()
        made: list[int] = []

        def block() -> bool:
            begun.set()
            return go.wait(10)

        first = submitted(threads, block)
        await asyncio.to_thread(begun.wait, 10)
        submitted(threads, lambda: made.append(1)).cancel()
        go.set()
        await first
        await submitted(threads, lambda: made.append(2))
        assert made == [2]
        assert threads.close(5)

    asyncio.run(main())


def test_closing_finishes_what_was_taken_and_takes_nothing_more() -> None:
    async def main() -> None:
        threads = WorkerThreads(2)
        futures = [submitted(threads, lambda n=n: n) for n in range(50)]  # type: ignore[misc]
        assert await asyncio.to_thread(threads.close, 5)
        assert await asyncio.gather(*futures) == list(range(50))
        assert threads.submit(lambda: 1) is None

    asyncio.run(main())


def test_closing_does_not_wait_for_ever() -> None:
    async def main() -> None:
        threads = WorkerThreads(1)
        go = threading.Event()
        future = submitted(threads, lambda: go.wait(30))
        assert not await asyncio.to_thread(threads.close, 0.2)
        go.set()
        assert await future

    asyncio.run(main())
