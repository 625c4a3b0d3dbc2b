"""What a command records is heard by subscribers, once and in order, and seen by the feed, in both modes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.protocol.declare import Envelope
from crm_common.runtime.client import Feed
from crm_common.runtime.feed import BUFFER, LocalFeed
from ledger.waiting import until
from probe.house import House, asking

pytestmark = pytest.mark.infra


def heard(house: House, subject: UUID) -> list[list[Any]]:
    """``[number, text]`` of what the hearer has heard about a subject, in order."""
    return [[number, text] for about, number, text in house.call("hearer", "heard") if about == str(subject)]


class Seen(list[Envelope]):
    """What a listener has heard so far."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived = asyncio.Event()

    async def collect(self, events: AsyncIterator[Envelope]) -> None:
        async for event in events:
            self.append(event)
            self._arrived.set()

    async def grown(self, size: int) -> None:
        """Wait until so many have been heard."""
        async with asyncio.timeout(20):
            while len(self) < size:
                self._arrived.clear()
                await self._arrived.wait()


@asynccontextmanager
async def listening(feed: Feed, *types: str) -> AsyncIterator[Seen]:
    """What the feed tells within the block."""
    seen = Seen()

    async with feed.listen(types) as events:
        task = asyncio.create_task(seen.collect(events))
        try:
            yield seen
        finally:
            task.cancel()


def test_a_subscriber_hears_every_event_of_a_subject_once_and_in_order(house: House) -> None:
    first, second = uuid4(), uuid4()
    for subject in (first, second):
        assert house.call("probe", "note", {"text": "a", "about": str(subject), "times": 20}) == {"noted": 20}
    until(lambda: len(heard(house, first)) >= 20 and len(heard(house, second)) >= 20, "everything is heard")

    assert heard(house, first) == [[number, "a"] for number in range(1, 21)]
    assert heard(house, second) == [[number, "a"] for number in range(1, 21)]


def test_a_command_repeated_under_its_key_tells_its_event_once(house: House) -> None:
    subject = uuid4()
    command = {"text": "once", "about": str(subject), "idempotency_key": str(uuid4())}
    answers = [house.call("probe", "note", command) for _ in range(3)]
    house.call("probe", "note", {"text": "afterwards", "about": str(subject)})
    until(lambda: [1, "afterwards"] in heard(house, subject), "the last one is heard")

    assert answers == [{"noted": 1}] * 3
    assert heard(house, subject) == [[1, "once"], [1, "afterwards"]]


def test_the_feed_tells_events_with_all_their_attributes_in_order(house: House) -> None:
    subject = uuid4()
    payload = {"text": "王小明", "about": str(subject), "times": 3}

    async def scenario() -> list[Envelope]:
        async with listening(house.feed, "note.written") as seen:
            await house.client.call("probe", "note", payload, asking(correlation_id="c-feed"))
            await seen.grown(3)
            return list(seen)

    seen = house.loop.run(scenario())
    assert [(event.type, event.source, event.subject, event.seq) for event in seen] == [
        ("note.written", "/crm/probe", f"note/{subject}", number) for number in (1, 2, 3)
    ]
    assert [event.data for event in seen] == [
        {"note_id": str(subject), "text": "王小明", "number": number} for number in (1, 2, 3)
    ]
    assert {(event.actor, event.correlation_id) for event in seen} == {
        ("employee:00000000-0000-0000-0000-000000000001", "c-feed")
    }


def test_two_listeners_hear_the_same_and_only_what_they_asked_for(house: House) -> None:
    async def scenario() -> tuple[list[Envelope], list[Envelope], list[Envelope]]:
        async with (
            listening(house.feed, "note.written") as one,
            listening(house.feed, "note.written", "note.forgotten") as other,
            listening(house.feed, "note.forgotten") as none,
        ):
            await house.client.call("probe", "note", {"text": "x"}, asking())
            await one.grown(1)
            await other.grown(1)
            return list(one), list(other), list(none)

    one, other, none = house.loop.run(scenario())
    assert (len(one), other, none) == (1, one, [])


def test_a_type_that_nobody_declares_cannot_be_listened_to(house: House) -> None:
    async def scenario() -> None:
        async with house.feed.listen(["no.such", "note.written"]):
            raise AssertionError("unreachable")

    with pytest.raises(LookupError, match=r"no service declares the events no\.such$"):
        house.loop.run(scenario())


def test_a_listener_too_far_behind_is_told_once_that_it_misses_events(house: House) -> None:
    gaps: list[int] = []

    async def scenario() -> int:
        feed = LocalFeed()
        async with feed.listen(["note.written"], on_gap=lambda: gaps.append(1)) as events:
            async with listening(house.feed, "note.written") as seen:
                await house.client.call("probe", "note", {"text": "x"}, asking())
                await seen.grown(1)
            for _ in range(BUFFER + 5):
                feed.publish(seen[0])
            # what is handed over from other threads comes with the loop's next turn
            await asyncio.sleep(0)
            received = 0
            while received < BUFFER:
                assert await anext(events) == seen[0]
                received += 1
            feed.publish(seen[0])
            assert await anext(events) == seen[0]
            return received

    assert house.loop.run(scenario()) == BUFFER
    assert gaps == [1]


def test_a_listener_that_has_left_hears_nothing_more(house: House) -> None:
    async def scenario() -> list[Envelope]:
        async with listening(house.feed, "note.written") as left:
            pass
        async with listening(house.feed, "note.written") as seen:
            await house.client.call("probe", "note", {"text": "x"}, asking())
            await seen.grown(1)
        return left

    assert house.loop.run(scenario()) == []
