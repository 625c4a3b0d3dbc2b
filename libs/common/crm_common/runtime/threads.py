"""Worker threads for asyncio: a call costs one queue and one wake-up, a quarter of what an executor takes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any


def still_running(threads: Sequence[threading.Thread], seconds: float) -> list[str]:
    """Wait for the threads, ``seconds`` for all of them together; the names of those that have not ended by then."""
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return [thread.name for thread in threads if thread.is_alive()]


_Task = tuple[asyncio.Future[Any], asyncio.AbstractEventLoop, Callable[[], Any]]


class WorkerThreads:
    """``size`` threads, each started by one of the first calls; at most ``waiting`` calls wait for one."""

    def __init__(self, size: int, *, waiting: int = 10_000) -> None:
        self._size = size
        self._waiting = waiting
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.closed = False

    def submit(self, call: Callable[[], Any]) -> asyncio.Future[Any] | None:
        """A future of the running loop for what ``call`` returns or raises; None when too many wait or all is over.

        A call whose future was cancelled before its turn is not made.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        return future if self.take(call, future) else None

    def take(self, call: Callable[[], Any], future: asyncio.Future[Any]) -> bool:
        """As `submit`, for a future of the running loop that is there already; False when it is not taken."""
        if self.closed or self._tasks.qsize() >= self._waiting:
            return False
        if len(self._threads) < self._size:
            self._start()
        self._tasks.put((future, future.get_loop(), call))
        return True

    def close(self, seconds: float) -> bool:
        """Take nothing more, finish what was taken; False when some of it still ran after ``seconds``."""
        self.closed = True
        for _ in self._threads:
            self._tasks.put(None)
        return not still_running(self._threads, seconds)

    def _start(self) -> None:
        with self._lock:
            thread = threading.Thread(target=self._work, name=f"worker-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            future, loop, call = task
            if future.cancelled():
                continue
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001 - whatever it was belongs to who waits for it
                _tell(loop, _fail, future, error)
            else:
                _tell(loop, _finish, future, result)


def _tell(loop: asyncio.AbstractEventLoop, how: Callable[..., None], future: asyncio.Future[Any], what: Any) -> None:
    try:
        loop.call_soon_threadsafe(how, future, what)
    except RuntimeError:
        # the loop has ended: nobody waits any more
        return


def _finish(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
