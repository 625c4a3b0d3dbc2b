"""Many time limits by one timer."""

from __future__ import annotations

import asyncio

import pytest

from crm_common.limits import watch, within


def test_what_takes_longer_than_its_limit_ends_with_a_timeout() -> None:
    async def late() -> str:
        with within(0.01):
            await asyncio.Event().wait()
        return "never"

    with pytest.raises(TimeoutError):
        asyncio.run(late())


def test_what_is_done_in_time_goes_on_undisturbed() -> None:
    async def several() -> list[str]:
        async def one(number: int) -> str:
            with within(0.05 if number % 2 else 60.0):
                await asyncio.sleep(0)
            # longer than the limit that was left
            later = asyncio.Event()
            watch().add(0.15, later.set)
            await later.wait()
            return f"done {number}"

        return await asyncio.gather(*map(one, range(4)))

    assert asyncio.run(several()) == ["done 0", "done 1", "done 2", "done 3"]


def test_who_is_cancelled_by_others_is_not_told_of_a_timeout() -> None:
    async def cancelled() -> str:
        async def waiting() -> None:
            with within(60.0):
                await asyncio.Event().wait()

        task = asyncio.create_task(waiting())
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return "cancelled"
        return "timeout"

    assert asyncio.run(cancelled()) == "cancelled"


def test_an_error_passes_through_its_limit() -> None:
    async def failing() -> None:
        with within(60.0):
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        asyncio.run(failing())


def test_limits_are_called_once_unless_they_are_dropped() -> None:
    called: list[str] = []

    async def several() -> None:
        limits, last = watch(), asyncio.Event()
        limits.add(0.01, called.append, "first")
        limits.drop(limits.add(0.01, called.append, "dropped"))
        second = limits.add(0.02, called.append, "second")
        limits.add(0.12, last.set)
        await last.wait()
        limits.drop(second)

    for _ in range(2):
        # each loop has its own
        asyncio.run(several())
    assert called == ["first", "second"] * 2
