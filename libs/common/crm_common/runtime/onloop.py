"""Answers calls on the event loop itself, each in a greenlet that gives way while the database works.

A thread costs a query more than its work: two wake-ups and the wait for the interpreter. Only what reads by
`Store.read` can be answered so; whatever else would wait makes the call begin anew in a thread. So it is for calls that
change nothing, and no lock may be held around a `Store.read`: two greenlets of one thread cannot wait for one another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]
from psycopg.waiting import Ready, Wait

from crm_common.waiting import NeedsThreadError, giving_way

Instead = Callable[[Callable[[], Any], asyncio.Future[Any], bool], None]


def answer_on_loop(call: Callable[[], Any], instead: Instead) -> asyncio.Future[Any]:
    """A future of the running loop for what ``call`` returns or raises; cancelling it does not end the call.

    ``instead(call, future, for_now)`` begins a call in a thread that needs one, always or only ``for_now``.
    """
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    answering = greenlet(_answer)
    answering.gr_context = copy_context()
    answering.switch(call, future, instead)
    return future


def _answer(call: Callable[[], Any], future: asyncio.Future[Any], instead: Instead) -> None:
    giving_way.set(_give_way)
    try:
        result = call()
    except NeedsThreadError as needed:
        if not future.done():
            instead(call, future, needed.for_now)
    except BaseException as error:  # noqa: BLE001 - whatever it was belongs to who waits for it
        if not future.done():
            future.set_exception(error)
    else:
        if not future.done():
            future.set_result(result)


def _give_way(descriptor: int, wait: Wait) -> Ready:
    loop, me = asyncio.get_running_loop(), getcurrent()

    def resume(ready: Ready) -> None:
        if wait & Wait.R:
            loop.remove_reader(descriptor)
        if wait & Wait.W:
            loop.remove_writer(descriptor)
        me.switch(ready)

    if wait & Wait.R:
        loop.add_reader(descriptor, resume, Ready.R)
    if wait & Wait.W:
        loop.add_writer(descriptor, resume, Ready.W)
    assert me.parent is not None
    ready: Ready = me.parent.switch()
    return ready
