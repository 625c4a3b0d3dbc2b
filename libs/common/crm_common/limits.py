"""Time limits of many tasks by one timer of the loop: one for each would cost a tenth of a short call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

TICK = 0.05
"""Seconds between two looks at the limits: so much later than said one may come."""


class Watch:
    """The limits of one event loop. Only its own tasks and callbacks may use it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._limits: dict[Limit, None] = {}
        self._looking = False

    def add(self, seconds: float, act: Callable[..., Any], *arguments: Any) -> Limit:
        """Call ``act`` with the arguments once, in ``seconds`` or up to a tick later, unless it is dropped before."""
        limit = Limit(time.monotonic() + seconds, act, arguments)
        self._limits[limit] = None
        if not self._looking:
            self._looking = True
            self.loop.call_later(TICK, self._look)
        return limit

    def drop(self, limit: Limit) -> None:
        """What it was for is done. Nothing happens where it was called already."""
        self._limits.pop(limit, None)

    def _look(self) -> None:
        now = time.monotonic()
        for limit in [each for each in self._limits if each.until <= now]:
            del self._limits[limit]
            limit.act(*limit.arguments)
        self._looking = bool(self._limits)
        if self._looking:
            self.loop.call_later(TICK, self._look)


class Limit:
    """One limit, see `Watch.add`."""

    __slots__ = ("act", "arguments", "until")

    def __init__(self, until: float, act: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.until = until
        self.act = act
        self.arguments = arguments


_latest: list[Watch] = []


def watch() -> Watch:
    """That of the running loop."""
    loop = asyncio.get_running_loop()
    if not _latest or _latest[0].loop is not loop:
        # a process has one loop, tests have one after the other; what an older one still watches goes on there
        _latest[:] = [Watch(loop)]
    return _latest[0]


class within:  # noqa: N801 - used as a function, like asyncio.timeout
    """As ``asyncio.timeout``, with a plain ``with``: what still runs after ``seconds`` ends with TimeoutError."""

    __slots__ = ("_cancelling", "_limit", "_passed", "_seconds", "_task", "_watch")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._passed = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a limit is set inside of a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._watch = watch()
        self._limit = self._watch.add(self._seconds, self._end)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._watch.drop(self._limit)
        if not self._passed:
            return
        # whoever else has cancelled the task meanwhile is not kept from it
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _end(self) -> None:
        self._passed = True
        self._task.cancel()
