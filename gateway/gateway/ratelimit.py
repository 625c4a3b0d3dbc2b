"""How often somebody may ask: token buckets per actor and per address, and how many requests run at the same time."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from gateway.rules import EdgeRules


class ThrottledError(Exception):
    """RefusedError for now; ``seconds`` says when to come again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = max(1, math.ceil(seconds))
        self.refusal = EdgeRules.too_many_requests(seconds=self.seconds)


class CrowdedError(Exception):
    """All places of one key are taken."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.refusal = EdgeRules.too_many_requests_at_once(limit=limit)


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Buckets:
    """Token buckets by key. A key that was quiet long enough to be full again is forgotten first.

    ``rate`` tokens a second, at most ``burst`` saved up. At most ``keys`` buckets are kept, so memory is bounded.
    """

    def __init__(self, rate: float, burst: int, *, keys: int = 50_000) -> None:
        self.rate = rate
        self.burst = float(burst)
        self.keys = keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, number: float, now: float) -> None:
        """Take ``number`` tokens, or raise :class:`ThrottledError` and take none. ``now``: monotonic seconds."""
        bucket = self._bucket(key, now)
        if bucket.level < number:
            raise ThrottledError((min(number, self.burst) - bucket.level) / self.rate)
        bucket.level -= number

    def charge(self, key: str, number: float, now: float) -> None:
        """Take ``number`` tokens for something that was done already; the level may go below zero, not below -burst."""
        bucket = self._bucket(key, now)
        bucket.level = max(bucket.level - number, -self.burst)

    def _bucket(self, key: str, now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self.keys:
                self._buckets.popitem(last=False)
            bucket = self._buckets[key] = _Bucket(self.burst, now)
            return bucket
        self._buckets.move_to_end(key)
        bucket.level = min(self.burst, bucket.level + (now - bucket.at) * self.rate)
        bucket.at = now
        return bucket


class AtOnce:
    """Counts what runs at the same time, by key."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.running: dict[str, int] = {}

    def place(self, key: str) -> Place:
        """Holds a place while it is entered; :class:`CrowdedError` when all are taken."""
        return Place(self, key)

    def take(self, key: str) -> None:
        """Take a place, which has to be given back."""
        number = self.running.get(key, 0)
        if number >= self.limit:
            raise CrowdedError(self.limit)
        self.running[key] = number + 1

    def give_back(self, key: str) -> None:
        """Give a place back."""
        left = self.running[key] - 1
        if left:
            self.running[key] = left
        else:
            del self.running[key]


class Place:
    """One place of :class:`AtOnce`."""

    __slots__ = ("_key", "_places")

    def __init__(self, places: AtOnce, key: str) -> None:
        self._places = places
        self._key = key

    def __enter__(self) -> None:
        self._places.take(self._key)

    def __exit__(self, *_: object) -> None:
        self._places.give_back(self._key)


def address_key(address: str | None) -> str:
    """What an address is counted under: itself, or the /64 of an IPv6 address (one household, one machine)."""
    if address is None or ":" not in address:
        return address or "unknown"
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)
