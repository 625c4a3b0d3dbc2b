"""When a message is delivered, how often it is tried, and how several become one post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long after each failed try it is tried again."""
GIVEN_UP = timedelta(days=1)
"""What could not be delivered for so long is not news any more."""
POSTS_A_MINUTE = 20
"""What the robots of all three kinds accept."""
_LONGEST_POST = 1_900
"""Bytes of a post: WeCom takes 2,048."""


def quiet_until(now: datetime, begins: str | None, ends: str | None, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which ``now`` lies; None when it lies in none. They may go over midnight."""
    if begins is None or ends is None or begins == ends:
        return None
    local = now.astimezone(zone)
    first, last, at = time.fromisoformat(begins), time.fromisoformat(ends), local.time()
    within = first <= at < last if first < last else at >= first or at < last
    if not within:
        return None
    day = local.date() + timedelta(days=1 if at >= last else 0)
    return datetime.combine(day, last, zone).astimezone(now.tzinfo)


def next_try(now: datetime, created_at: datetime, attempts: int) -> datetime | None:
    """When it is tried again after ``attempts`` failed tries; None when it is given up."""
    due = now + DELAYS[min(attempts, len(DELAYS)) - 1]
    return None if due > created_at + GIVEN_UP else due


def posts(titles: Iterable[str]) -> Iterator[list[int]]:
    """The places of the titles that go into each post, in order: as many as fit into one."""
    together: list[int] = []
    size = 0
    for place, title in enumerate(titles):
        length = len(line(title).encode()) + 1
        if together and size + length > _LONGEST_POST:
            yield together
            together, size = [], 0
        together.append(place)
        size += length
    if together:
        yield together


def post(titles: Sequence[str]) -> str:
    """The text of one post."""
    return line(titles[0]) if len(titles) == 1 else "\n".join(f"• {line(each)}" for each in titles)


def line(text: str) -> str:
    """The text in one line, as subjects and posts have it."""
    return " ".join(text.split())
