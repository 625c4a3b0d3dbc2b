"""Subscriptions: an answer per event that the subscriber may see, with the rights he has when it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from crm_common.context import Context
from crm_common.errors import CommonRules, CrmError
from crm_common.ids import to_global
from crm_common.protocol.declare import Envelope
from gateway.execution import Answer, subscribe
from gateway.schema import GatewaySchema, build_schema
from library.answering import Answering, book, context, uuid
from library.protocol import PROTOCOLS

SUBSCRIPTION = (
    "subscription ($ids: [ID!]) { bookAdded(ids: $ids) { event occurredAt record { title keeper { name } } } }"
)


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS)


def added(number: int) -> Envelope:
    return Envelope(
        id=UUID(int=number),
        type="book.added",
        source="/crm/library",
        subject=f"book/{uuid(number)}",
        seq=1,
        time=datetime(2026, 11, 23, 9, tzinfo=UTC),
        data={"book_id": uuid(number)},
    )


@dataclass
class Happening:
    """A feed of prepared events; an exception in it is raised in its turn."""

    events: list[Any]
    asked: list[str] = field(default_factory=list)
    closed: bool = False

    @asynccontextmanager
    async def listen(self, types: Collection[str], **_: Any) -> AsyncIterator[AsyncIterator[Envelope]]:
        self.asked = sorted(types)
        try:
            yield self._events()
        finally:
            self.closed = True

    async def _events(self) -> AsyncIterator[Envelope]:
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            yield event


@dataclass
class Subscriber:
    """A follower whose rights change from event to event; the last ones stay."""

    client: Answering
    contexts: list[Context]
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        return self.contexts.pop(0) if len(self.contexts) > 1 else self.contexts[0]


async def followed(schema: GatewaySchema, subscriber: Subscriber, feed: Happening, **variables: Any) -> list[Any]:
    """All answers; what ends the subscription stands last."""
    started = await subscribe(schema, schema.document(SUBSCRIPTION), variables, None, subscriber, feed)
    if isinstance(started, Answer):
        return [started.to_response()]
    answers: list[Any] = []
    try:
        async for answer in started:
            answers.append(answer.to_response())  # noqa: PERF401 - those before the end count
    except CrmError as ended:
        answers.append(ended.rule)
    return answers


def shown(title: str) -> dict[str, Any]:
    record = {"title": title, "keeper": None}
    return {"data": {"bookAdded": {"event": "book.added", "occurredAt": "2026-11-23T09:00:00+00:00", "record": record}}}


def client(*numbers: int) -> Answering:
    return Answering(rows={"Book": [book(number, keeper_id=None) for number in numbers]})


def test_every_event_is_answered_with_the_record_as_the_subscriber_sees_it(schema: GatewaySchema) -> None:
    subscriber = Subscriber(client(1, 3), [context()])
    feed = Happening([added(1), added(2), added(3)])

    answers = asyncio.run(followed(schema, subscriber, feed))

    assert answers == [shown("Book 1"), shown("Book 3")]
    assert feed.asked == ["book.added"]
    assert feed.closed
    assert [call.payload["ids"] for call in subscriber.client.calls] == [[uuid(1)], [uuid(2)], [uuid(3)]]
    assert subscriber.client.calls[0].payload["select"] == '[["title","title",{},[]],["_keeper_id","keeper_id",{},[]]]'


def test_only_the_named_records_are_read(schema: GatewaySchema) -> None:
    subscriber = Subscriber(client(1, 2), [context()])

    answers = asyncio.run(
        followed(schema, subscriber, Happening([added(1), added(2)]), ids=[to_global("Book", uuid(2))])
    )

    assert answers == [shown("Book 2")]
    assert [call.payload["ids"] for call in subscriber.client.calls] == [[uuid(2)]]


def test_rights_are_those_of_the_moment(schema: GatewaySchema) -> None:
    before, after = context(language="en"), context("register.read")
    subscriber = Subscriber(client(1, 2), [before, before, after])

    answers = asyncio.run(followed(schema, subscriber, Happening([added(1), added(2)])))

    assert answers == [shown("Book 1"), "the_right_is_missing"]
    assert len(subscriber.client.calls) == 1


def test_the_end_of_the_session_ends_the_subscription(schema: GatewaySchema) -> None:
    ended = CommonRules.a_valid_session_is_needed()
    feed = Happening([added(1), ended, added(1)])

    answers = asyncio.run(followed(schema, Subscriber(client(1), [context()]), feed))

    assert answers == [shown("Book 1"), "a_valid_session_is_needed"]
    assert feed.closed


def test_an_event_that_cannot_be_read_is_an_error_and_the_next_one_comes_through(schema: GatewaySchema) -> None:
    answering = client(1)
    calls = iter([CommonRules.the_service_is_unavailable(service="library"), None])

    def answer(payload: dict[str, Any]) -> Any:
        if (failure := next(calls)) is not None:
            raise failure
        return answering.by_ids(answering.rows["Book"], payload)

    answering.methods["books_by_ids"] = answer

    answers = asyncio.run(followed(schema, Subscriber(answering, [context()]), Happening([added(1), added(1)])))

    assert answers[0]["data"] is None
    assert [(error["path"], error["extensions"]["code"]) for error in answers[0]["errors"]] == [
        (["bookAdded"], "UNAVAILABLE")
    ]
    assert answers[1:] == [shown("Book 1")]


@pytest.mark.parametrize(
    ("caller", "variables", "code"),
    [
        (context(anonymous=True), {}, "UNAUTHENTICATED"),
        (context("register.read"), {}, "FORBIDDEN"),
        (context(), {"ids": ["nonsense"]}, "VALIDATION"),
        (context(), {"ids": 5.5}, "VALIDATION"),
    ],
)
def test_what_may_not_be_followed_is_refused_at_once(
    schema: GatewaySchema, caller: Context, variables: dict[str, Any], code: str
) -> None:
    feed = Happening([added(1)])

    answers = asyncio.run(followed(schema, Subscriber(client(1), [caller]), feed, **variables))

    assert [error["extensions"]["code"] for error in answers[0]["errors"]] == [code]
    assert "data" not in answers[0]
    assert feed.asked == []


def test_a_subscription_that_is_left_lets_go_of_the_feed(schema: GatewaySchema) -> None:
    feed = Happening([added(1), added(1)])

    async def leave() -> bool:
        started: Any = await subscribe(
            schema, schema.document(SUBSCRIPTION), None, None, Subscriber(client(1), [context()]), feed
        )
        await anext(started)
        await started.aclose()
        return feed.closed

    assert asyncio.run(leave())


def test_the_schema_tells_which_events_are_followed(schema: GatewaySchema) -> None:
    assert schema.live_types() == {"book.added"}
