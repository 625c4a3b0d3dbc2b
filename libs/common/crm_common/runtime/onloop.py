"""Answers calls on the event loop itself, each in a greenlet that gives way while the database works.

A thread costs a call more than its work: two wake-ups and the wait for the interpreter. What reads by `Store.read` and
changes in a transaction can be answered so; whatever else would wait makes the call begin anew in a thread, which it
cannot do once it has committed something. No lock may be held around a statement: two greenlets of one thread cannot
wait for one another.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from typing import Any, NamedTuple

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]
from psycopg.waiting import Ready, Wait

from crm_common.waiting import Changing, NeedsThreadError, Waited, changing, giving_way

Instead = Callable[[Callable[[], Any], asyncio.Future[Any], bool], None]


class _Job(NamedTuple):
    call: Callable[[], Any]
    future: asyncio.Future[Any]
    instead: Instead
    changes: bool
    context: Context


class Lane:
    """Answers at most ``places`` calls at once on one event loop; what comes then waits for its turn.

    Its greenlets are kept: to make one costs as much as a small query's way through a service. There should be more
    connections than places: who finds none free goes to a thread, and threads that compute keep theirs for long.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._made = 0
        self._idle: list[greenlet] = []
        self._waiting: deque[_Job] = deque()

    def answer(self, call: Callable[[], Any], instead: Instead, *, changes: bool = False) -> asyncio.Future[Any]:
        """A future of the running loop for what ``call`` returns or raises; cancelling it does not end the call.

        ``instead(call, future, for_now)`` begins a call in a thread that needs one, always or only ``for_now``.
        ``changes``: it may open transactions here.
        """
        loop = asyncio.get_running_loop()
        job = _Job(call, loop.create_future(), instead, changes, copy_context())
        if self._idle:
            self._go_on(loop, self._idle.pop(), job)
        elif self._made < self._places:
            self._made += 1
            self._go_on(loop, greenlet(_work), job)
        else:
            self._waiting.append(job)
        return job.future

    def _go_on(self, loop: asyncio.AbstractEventLoop, worker: Any, given: Any) -> None:
        """Let the greenlet run until it waits or is done with all. Only here, outside of it, the loop is spoken to.

        The loop keeps pointers into its own stack, over which a greenlet that it resumes may have its own.
        """
        while given is not None:
            said = worker.switch(given)
            if type(said) is tuple:
                self._resume_when_ready(loop, worker, *said)
                return
            said()
            given = self._next()
        self._idle.append(worker)

    def _next(self) -> _Job | None:
        while self._waiting:
            job = self._waiting.popleft()
            if not job.future.done():
                return job
        return None

    def _resume_when_ready(self, loop: asyncio.AbstractEventLoop, worker: Any, connection: Waited, wait: Wait) -> None:
        if wait == Wait.R:
            ear = connection.ear
            if ear is None or ear.loop is not loop:
                ear = connection.ear = _Ear(loop, connection.fileno())
            ear.wake(partial(self._go_on, loop, worker, Ready.R))
            return
        descriptor = connection.fileno()

        def resume(ready: Ready) -> None:
            if wait & Wait.R:
                loop.remove_reader(descriptor)
            loop.remove_writer(descriptor)
            self._go_on(loop, worker, ready)

        if wait & Wait.R:
            loop.add_reader(descriptor, resume, Ready.R)
        loop.add_writer(descriptor, resume, Ready.W)


class _Ear:
    """Listens to one connection as long as it lives: to register a socket anew costs more than to read from it.

    It listens at a copy of the descriptor: whoever closes the connection, in whatever thread, leaves this one whole,
    and a new connection under the old one's number is never taken for it.
    """

    __slots__ = ("_descriptor", "_listens", "_then", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
        self.loop = loop
        self._descriptor = os.dup(descriptor)
        self._listens = False
        self._then: Callable[[], None] | None = None

    def wake(self, then: Callable[[], None]) -> None:
        """Call it once when there is something to read, or the end."""
        self._then = then
        if not self._listens:
            self._listens = True
            self.loop.add_reader(self._descriptor, self._heard)

    def _heard(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
            return
        # nobody of this loop waits: a thread is using the connection, or it is over
        self._listens = False
        self.loop.remove_reader(self._descriptor)

    def __del__(self) -> None:
        os.close(self._descriptor)


def _work(job: _Job) -> None:
    me = getcurrent()
    while True:
        done: Callable[[], None] | None = job.context.run(_answer, job)
        # nothing of the last call is kept by who waits for the next one
        del job
        job, done = me.parent.switch(done), None


def _answer(job: _Job) -> Callable[[], None]:
    """What remains to be done with the future when the call is over."""
    call, future, instead, changes, _ = job
    giving_way.set(_give_way)
    changing.set(Changing() if changes else None)
    try:
        finish = partial(future.set_result, call())
    except GreenletExit:
        # the loop is gone, and nobody waits any more
        raise
    except NeedsThreadError as needed:
        finish = partial(instead, call, future, needed.for_now)
    except BaseException as error:  # noqa: BLE001 - whatever it was belongs to who waits for it
        finish = partial(future.set_exception, error)
    return lambda: None if future.done() else finish()


def _give_way(connection: Waited, wait: Wait) -> Ready:
    ready: Ready = getcurrent().parent.switch((connection, wait))
    return ready
