"""How long to wait before trying again what failed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

DELAYS = (
    timedelta(seconds=1),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)
"""After the first failure, the second …; there is none after the last."""
JITTER = 0.2
"""Up to so much of a delay is added, so that what failed together does not come back together."""


def delay_after(failures: int, chance: Callable[[], float] = random.random) -> timedelta | None:
    """The delay after so many failures, with jitter (``chance`` gives 0 … 1); None when it is enough."""
    if failures > len(DELAYS):
        return None
    return DELAYS[failures - 1] * (1 + JITTER * chance())
