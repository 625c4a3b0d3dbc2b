"""Waiting for a condition, with a deadline: tests do not sleep and hope."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from crm_common.journal.replay import HORIZON
from crm_common.store import Store

T = TypeVar("T")


def until(condition: Callable[[], T], what: str, seconds: float = 40.0) -> T:
    """The first true value of ``condition``; AssertionError with ``what`` was waited for when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


def settled(store: Store) -> None:
    """Wait until readers of the journal may see all of it: they wait for older transactions of the whole server."""
    until(lambda: not store.rows(f"SELECT 1 FROM journal WHERE txid >= {HORIZON} LIMIT 1"), "older transactions")
