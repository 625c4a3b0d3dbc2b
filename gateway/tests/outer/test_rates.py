"""How often one may ask: per actor, per address, logins more strictly; refused with 429 and when to come again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from edge.serving import schema_for
from gateway.app import create_gateway
from gateway.ratelimit import Buckets, ThrottledError, address_key
from gateway.settings import GatewaySettings, Rates

pytestmark = pytest.mark.anyio

LOGIN = 'login(input: {loginName: "a1", password: "b"}) { tokens { accessToken } }'


def throttled(answer: httpx.Response) -> bool:
    if answer.status_code != 429:
        return False
    assert int(answer.headers["retry-after"]) >= 1
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["LIMIT_EXCEEDED"]
    return True


async def test_an_actor_may_ask_as_often_as_his_bucket_holds_on_whatever_session(gateway: Any) -> None:
    caller = await gateway(rates=Rates(actor=0.01, actor_burst=3, unknown_document=1))
    session = caller.desk.begin()
    again = caller.desk.begin()
    caller.desk.actors[again] = caller.desk.actors[session]
    answers = [await caller.ask("{ __typename }", headers=caller.desk.bearer(each)) for each in (session, again) * 2]
    assert [throttled(answer) for answer in answers] == [False, False, False, True]
    assert answers[-1].headers["retry-after"] == "100"
    assert not throttled(await caller.ask("{ __typename }", token=True))


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_an_address_may_ask_as_often_as_its_bucket_holds_and_is_refused_before_its_token_is_read(
    gateway: Any, accept: str
) -> None:
    caller = await gateway(rates=Rates(address=0.01, address_burst=2, unknown_document=1))
    answers = [await caller.ask("{ __typename }", token=True, accept=accept) for _ in range(3)]
    assert [throttled(answer) for answer in answers] == [False, False, True]
    asked = len(caller.desk.calls)
    assert throttled(await caller.ask("{ __typename }", token=True, accept=accept))
    assert len(caller.desk.calls) == asked


async def test_logins_are_counted_by_field_so_that_aliases_do_not_multiply_guesses(gateway: Any) -> None:
    caller = await gateway(rates=Rates(login=0.01, login_burst=3))
    twice = f"mutation {{ a: {LOGIN} ...more }} fragment more on Mutation {{ b: {LOGIN} }}"
    assert not throttled(await caller.ask(twice))
    assert throttled(await caller.ask(twice))
    assert caller.desk.called("login") == 2
    assert not throttled(await caller.ask(f"mutation {{ {LOGIN} }}"))
    assert throttled(await caller.ask(f"mutation {{ {LOGIN} }}"))
    assert not throttled(await caller.ask("{ __typename }"))
    assert caller.desk.called("login") == 3


async def test_more_logins_in_one_request_than_ever_allowed_never_run(gateway: Any) -> None:
    caller = await gateway(rates=Rates(login=1000.0, login_burst=2))
    fields = " ".join(f"a{n}: {LOGIN}" for n in range(3))
    assert throttled(await caller.ask(f"mutation {{ {fields} }}"))
    assert caller.desk.called("login") == 0


async def test_every_change_without_a_session_counts_as_a_login(gateway: Any) -> None:
    caller = await gateway()
    assert caller.gateway.operations.engine.strict_fields == {
        "login",
        "refreshSession",
        "loginApiClient",
        "captureLead",
    }


async def test_documents_never_seen_before_count_more(gateway: Any) -> None:
    caller = await gateway(rates=Rates(actor=0.01, actor_burst=10, unknown_document=5))
    headers = caller.desk.bearer(caller.desk.begin())
    assert not throttled(await caller.ask("{ __typename }", headers=headers))  # 5 of 10
    assert not throttled(await caller.ask("{ __typename }", headers=headers))  # 6
    assert not throttled(await caller.ask("{ a: __typename }", headers=headers))  # 11
    assert throttled(await caller.ask("{ __typename }", headers=headers))


def test_a_bucket_fills_at_its_rate_and_no_further_than_its_burst() -> None:
    buckets = Buckets(2.0, 4)
    buckets.take("a", 4, 100.0)
    with pytest.raises(ThrottledError) as refused:
        buckets.take("a", 1, 100.0)
    assert refused.value.seconds == 1
    buckets.take("a", 1, 100.5)
    with pytest.raises(ThrottledError):
        buckets.take("a", 5, 1_000.0)
    buckets.take("a", 4, 1_000.0)
    with pytest.raises(ThrottledError):
        buckets.take("a", 1, 1_000.4)
    buckets.take("b", 4, 1_000.0)


def test_what_was_done_already_may_be_owed_but_not_without_end() -> None:
    buckets = Buckets(1.0, 4)
    buckets.charge("a", 100, 0.0)
    with pytest.raises(ThrottledError) as refused:
        buckets.take("a", 1, 0.0)
    assert refused.value.seconds == 5


def test_buckets_are_bounded_and_the_quietest_is_forgotten() -> None:
    buckets = Buckets(0.01, 1, keys=2)
    buckets.take("a", 1, 0.0)
    buckets.take("b", 1, 0.0)
    with pytest.raises(ThrottledError):
        buckets.take("a", 1, 0.0)
    buckets.take("c", 1, 0.0)
    with pytest.raises(ThrottledError):
        buckets.take("a", 1, 0.0)
    buckets.take("b", 1, 0.0)


def test_an_ipv6_household_is_one_address() -> None:
    assert address_key("2001:db8:1:2:3:4:5:6") == address_key("2001:db8:1:2::1") == "2001:db8:1:2::"
    assert address_key("2001:db8:1:3::1") != address_key("2001:db8:1:2::1")
    assert address_key("::ffff:10.0.0.1") != address_key("::ffff:10.0.0.2")
    assert (address_key("10.0.0.1"), address_key(None)) == ("10.0.0.1", "unknown")


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        ((), "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (("10.0.0.0/8",), "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (("10.0.0.0/8",), "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/8",), "10.0.0.1", "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/8",), "10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (("10.0.0.0/8",), "10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
        (("10.0.0.0/8",), "10.0.0.1", None, "10.0.0.1"),
        (("fd00::/8",), "fd00::1", "2001:db8::5", "2001:db8::5"),
    ],
)
async def test_the_client_is_the_nearest_address_that_is_no_proxy_of_ours(
    desk: Any, proxies: tuple[str, ...], peer: str, forwarded: str | None, address: str
) -> None:
    settings = GatewaySettings(trusted_proxies=proxies)
    app = create_gateway(settings, desk, desk.feed, schema_for(settings))
    transport = httpx.ASGITransport(app=app, client=(peer, 1))
    async with app.running(), httpx.AsyncClient(transport=transport, base_url="http://crm") as http:
        headers = desk.bearer() | ({"x-forwarded-for": forwarded} if forwarded else {})
        await http.post("/graphql", json={"query": "{ departments { nodes { id } } }"}, headers=headers)
    assert desk.calls[-1][2].address == address
