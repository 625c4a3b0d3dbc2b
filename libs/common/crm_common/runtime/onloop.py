"""Answers calls on the event loop itself, each in a greenlet that gives way while the database works.

A thread costs a call more than its work: two wake-ups and the wait for the interpreter. What reads by `Store.read` and
changes in a transaction can be answered so; whatever else would wait makes the call begin anew in a thread, which it
cannot do once it has committed something. No lock may be held around a statement: two greenlets of one thread cannot
wait for one another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]
from psycopg.waiting import Ready, Wait

from crm_common.waiting import Changing, NeedsThreadError, changing, giving_way

Instead = Callable[[Callable[[], Any], asyncio.Future[Any], bool], None]


def answer_on_loop(call: Callable[[], Any], instead: Instead, *, changes: bool = False) -> asyncio.Future[Any]:
    """A future of the running loop for what ``call`` returns or raises; cancelling it does not end the call.

    ``instead(call, future, for_now)`` begins a call in a thread that needs one, always or only ``for_now``.
    ``changes``: it may open transactions here.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    answering = greenlet(_answer)
    answering.gr_context = copy_context()
    _go_on(loop, answering, call, future, instead, changes)
    return future


def _go_on(loop: asyncio.AbstractEventLoop, answering: Any, *given: Any) -> None:
    """Let the greenlet run until it waits or ends. Only here, outside of it, the loop is spoken to.

    The loop keeps pointers into its own stack, over which a greenlet that it resumes may have its own.
    """
    said = answering.switch(*given)
    if answering.dead:
        said()
        return
    descriptor, wait = said

    def resume(ready: Ready) -> None:
        if wait & Wait.R:
            loop.remove_reader(descriptor)
        if wait & Wait.W:
            loop.remove_writer(descriptor)
        _go_on(loop, answering, ready)

    if wait & Wait.R:
        loop.add_reader(descriptor, resume, Ready.R)
    if wait & Wait.W:
        loop.add_writer(descriptor, resume, Ready.W)


def _answer(
    call: Callable[[], Any], future: asyncio.Future[Any], instead: Instead, changes: bool
) -> Callable[[], None]:
    """What remains to be done with the future when the call is over."""
    giving_way.set(_give_way)
    changing.set(Changing() if changes else None)
    try:
        finish = partial(future.set_result, call())
    except NeedsThreadError as needed:
        finish = partial(instead, call, future, needed.for_now)
    except BaseException as error:  # noqa: BLE001 - whatever it was belongs to who waits for it
        finish = partial(future.set_exception, error)
    return lambda: None if future.done() else finish()


def _give_way(descriptor: int, wait: Wait) -> Ready:
    ready: Ready = getcurrent().parent.switch((descriptor, wait))
    return ready
