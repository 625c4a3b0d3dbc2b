"""A bounded cache: what was used longest ago makes room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Keeps values while their weights fit into ``capacity``; one that weighs over a tenth of it is not kept."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.weight = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, which then counts as just used."""
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep the value, unless it is too heavy."""
        if weight * 10 > self.capacity:
            return
        former = self._entries.pop(key, None)
        self.weight += weight - (former[1] if former else 0)
        self._entries[key] = value, weight
        while self.weight > self.capacity:
            _, (_, oldest) = self._entries.popitem(last=False)
            self.weight -= oldest

    def __len__(self) -> int:
        return len(self._entries)
