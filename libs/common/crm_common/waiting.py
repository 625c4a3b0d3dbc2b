"""How a call waits for the database: in its thread, or by giving way to the others of an event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from psycopg.waiting import Ready, Wait


class Waited(Protocol):
    """A connection that is waited for."""

    ear: Any
    """What the loop that listens to it keeps with it; None at first."""

    def fileno(self) -> int:
        """Its file descriptor."""


GiveWay = Callable[[Waited, Wait], Ready]
"""Lets others run until the connection is ready for what is waited for."""

way_of_process: list[GiveWay] = []
"""The way of a process whose threads are all green, if it is one: kept here by ``crm_common.runtime.green``."""

giving_way: ContextVar[GiveWay | None] = ContextVar("how a call on an event loop waits", default=None)


class Changing:
    """A call on an event loop that changes something. Once it has ``committed``, it cannot begin anew."""

    __slots__ = ("committed",)

    def __init__(self) -> None:
        self.committed = False


changing: ContextVar[Changing | None] = ContextVar("the call on an event loop that changes something", default=None)


class NeedsThreadError(BaseException):
    """What was begun on an event loop would keep it waiting: it has to be begun anew in a thread.

    No `Exception`: nobody on the way handles it as a failure. It is raised before anything has had an effect.
    ``for_now``: the next call may do without.
    """

    def __init__(self, *, for_now: bool = False) -> None:
        super().__init__(for_now)
        self.for_now = for_now


def thread_needed(*, for_now: bool = False) -> None:
    """NeedsThreadError on an event loop: what follows may take long, and does not give way.

    Nothing where the call has changed something already: it holds the loop up rather than doing it twice.
    ``for_now``: this time only; the next call of the same kind is begun on the loop again.
    """
    if giving_way.get() is not None and not has_committed():
        raise NeedsThreadError(for_now=for_now)


def has_committed() -> bool:
    """Whether this call on an event loop has changed something."""
    call = changing.get()
    return call is not None and call.committed


def note_commit() -> None:
    """From now on this call, if it is on an event loop, does not begin anew."""
    call = changing.get()
    if call is not None:
        call.committed = True


@contextmanager
def holding_up() -> Iterator[None]:
    """Within the block a call on an event loop waits as in a thread: for what goes by itself and soon."""
    token = giving_way.set(None)
    try:
        yield
    finally:
        giving_way.reset(token)
