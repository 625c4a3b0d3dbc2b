"""Work that keeps a processor busy: under eventlet it would stop every other call of the process and its heartbeats."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from crm_common.waiting import thread_needed

P = ParamSpec("P")
R = TypeVar("R")


def apart(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """``function(*args, **kwargs)``, in a real thread where the process runs green threads, else right here.

    For what takes more than about 20 ms of computing (argon2, PDF, spreadsheets). The function must not use the store
    or a peer: those belong to the green threads.
    """
    thread_needed()
    eventlet = sys.modules.get("eventlet")
    if eventlet is None or not eventlet.patcher.is_monkey_patched("thread"):
        return function(*args, **kwargs)
    from eventlet import tpool

    result: R = tpool.execute(function, *args, **kwargs)
    return result
