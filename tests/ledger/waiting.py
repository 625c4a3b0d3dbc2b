"""Waiting for a condition, with a deadline: tests do not sleep and hope."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], what: str, seconds: float = 15.0) -> T:
    """The first true value of ``condition``; AssertionError with ``what`` was waited for when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError(f"waited {seconds} s in vain: {what}")
