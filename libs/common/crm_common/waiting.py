"""How a call waits for the database: in its thread, or by giving way to the others of an event loop."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from psycopg.waiting import Ready, Wait

GiveWay = Callable[[int, Wait], Ready]
"""Lets others run until the file descriptor is ready for what is waited for."""

way_of_process: list[GiveWay] = []
"""The way of a process whose threads are all green, if it is one: kept here by ``crm_common.runtime.green``."""

giving_way: ContextVar[GiveWay | None] = ContextVar("how a call on an event loop waits", default=None)


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

    ``for_now``: this time only; the next call of the same kind is begun on the loop again.
    """
    if giving_way.get() is not None:
        raise NeedsThreadError(for_now=for_now)
