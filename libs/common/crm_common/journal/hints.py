"""Where to look next: the subjects whose events are probably due, shared by the inbox workers of one process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

Key = tuple[str, str, str]
"""``(consumer, source, subject)``: what the order of events is kept for."""


class Hints:
    """A bounded set of keys in the order they came. Losing one costs a second, until the next sweep finds it again."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._keys: OrderedDict[Key, None] = OrderedDict()
        self._news = threading.Condition()

    def add(self, keys: Iterable[Key]) -> None:
        """Remember the keys that are not yet remembered."""
        with self._news:
            for key in keys:
                if len(self._keys) < self._most:
                    self._keys[key] = None
            self._news.notify()

    def take(self, most: int, wait: float) -> list[Key]:
        """Up to ``most`` keys, the oldest first; empty when none came within ``wait`` seconds."""
        with self._news:
            if not self._keys:
                self._news.wait(wait)
            taken = [self._keys.popitem(last=False)[0] for _ in range(min(most, len(self._keys)))]
            if self._keys:
                self._news.notify()
        return taken

    def __bool__(self) -> bool:
        return bool(self._keys)
