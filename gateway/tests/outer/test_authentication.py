"""Who asks: bearer tokens only, verified here; actors kept for seconds and dropped when an event says they changed."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.desk import Desk
from gateway.authentication import Actors
from gateway.authentication.actors import events_that_matter

pytestmark = pytest.mark.anyio

ASK = "{ departments { nodes { id } } }"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the condition is in code that announces nothing
            await asyncio.sleep(0)


async def seen(caller: Any, headers: dict[str, str]) -> str:
    """``ok``, or the code of the error."""
    answer = await caller.ask(ASK, headers=headers)
    errors = answer.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else "ok"


async def test_a_token_lets_its_session_in(gateway: Any) -> None:
    caller = await gateway()
    session = caller.desk.begin()
    answer = await caller.ask(ASK, headers=caller.desk.bearer(session))
    assert len(answer.json()["data"]["departments"]["nodes"]) == 3
    assert caller.desk.calls[-1][2].actor == caller.desk.actors[session]


async def test_without_a_token_one_is_anonymous_and_may_log_in(gateway: Any) -> None:
    caller = await gateway()
    answer = await caller.ask('mutation { login(input: {loginName: "aa", password: "b"}) { userErrors { code } } }')
    assert answer.json()["data"] == {"login": {"userErrors": []}}
    assert caller.desk.calls[-1][2].actor is None


def wrong_tokens(desk: Desk) -> dict[str, str]:
    session, good = desk.begin(), desk.token(desk.begin())
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    strange = Ed25519PrivateKey.generate()
    altered = base64.urlsafe_b64encode(json.dumps(claims | {"sid": str(uuid4())}).encode()).decode().rstrip("=")
    public = desk.keys["first"].public_key().public_bytes_raw()
    return {
        "none": "",
        "no token": "hello",
        "expired": desk.token(session, seconds=-30),
        "altered": f"{head}.{altered}.{signature}",
        "unsigned": f"{head}.{body}.",
        "signed by another": jwt.encode(claims, strange, algorithm="EdDSA", headers={"kid": "first"}),
        "of an unknown key": jwt.encode(claims, strange, algorithm="EdDSA", headers={"kid": "other"}),
        "without a key id": jwt.encode(claims, desk.keys["first"], algorithm="EdDSA"),
        "algorithm none": jwt.encode(claims, "", algorithm="none", headers={"kid": "first"}),
        "signed with the public key": jwt.encode(claims, public, algorithm="HS256", headers={"kid": "first"}),
        "without an end": desk.token(session, exp=None),
        "without a session": desk.token(session, sid=None),
        "of a session that is no id": desk.token(session, sid="x"),
        "not yet valid": desk.token(session, nbf=time.time() + 600),
        "of nobody": desk.token(uuid4()),
        "very long": "x" * 5_000,
    }


@pytest.mark.parametrize("what", wrong_tokens(Desk()))
async def test_a_token_that_is_not_good_is_401_and_nothing_is_asked(gateway: Any, what: str) -> None:
    caller = await gateway()
    headers = {"authorization": f"Bearer {wrong_tokens(caller.desk)[what]}"}
    answer = await caller.ask(ASK, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer.json()
    assert (await caller.ask(ASK, headers=headers, accept="application/json")).status_code == 200
    assert caller.desk.called("departments") == 0


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "bearer", "Token abc"])
async def test_nothing_but_a_bearer_token_is_an_authorization(gateway: Any, header: str) -> None:
    caller = await gateway()
    assert await seen(caller, {"authorization": header}) == "UNAUTHENTICATED"


async def test_two_authorizations_are_none(gateway: Any) -> None:
    caller = await gateway()
    good = caller.desk.bearer()["authorization"]
    answer = await caller.http.post(
        "/graphql", json={"query": ASK}, headers=[("authorization", good), ("authorization", good)]
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_cookies_open_nothing(gateway: Any) -> None:
    caller = await gateway()
    token = caller.desk.token(caller.desk.begin())
    assert await seen(caller, {"cookie": f"authorization=Bearer {token}; token={token}"}) == "UNAUTHENTICATED"


async def test_a_token_verified_before_still_ends(gateway: Any) -> None:
    caller = await gateway()
    session = caller.desk.begin()
    headers = caller.desk.bearer(session, seconds=1.5)
    assert await seen(caller, headers) == "ok"
    async with asyncio.timeout(5):
        while await seen(caller, headers) == "ok":  # noqa: ASYNC110 - it is the clock that is waited for
            await asyncio.sleep(0.05)
    assert await seen(caller, caller.desk.bearer(session)) == "ok"


async def test_the_actor_is_asked_for_once_however_many_requests_come_at_once(gateway: Any) -> None:
    caller = await gateway()
    headers = caller.desk.bearer()
    found = await asyncio.gather(*(seen(caller, headers) for _ in range(10)))
    assert found == ["ok"] * 10
    assert caller.desk.called("actor_of_session") == 1
    assert caller.desk.called("signing_keys") == 1


async def test_an_actor_is_asked_for_again_after_its_time(gateway: Any) -> None:
    caller = await gateway(actor_seconds=0.01)
    headers = caller.desk.bearer()
    await seen(caller, headers)
    await asyncio.sleep(0.02)
    await seen(caller, headers)
    assert caller.desk.called("actor_of_session") == 2


async def test_a_session_that_ended_is_out_as_soon_as_its_event_comes(gateway: Any) -> None:
    caller = await gateway()
    await until(lambda: caller.gateway.hub.connected)
    session, other = caller.desk.begin(), caller.desk.begin()
    headers, of_another = caller.desk.bearer(session), caller.desk.bearer(other)
    assert await seen(caller, headers) == await seen(caller, of_another) == "ok"
    asked = caller.desk.called("actor_of_session")
    caller.desk.end(session)
    await until(lambda: session not in caller.gateway.actors._kept)
    assert await seen(caller, headers) == "UNAUTHENTICATED"
    assert await seen(caller, headers) == "UNAUTHENTICATED"
    assert await seen(caller, of_another) == "ok"
    # once for the session that ended, never again; the other was not touched
    assert caller.desk.called("actor_of_session") == asked + 1


@pytest.mark.parametrize(
    ("type_", "whom"),
    [
        ("session.locked", "session"),
        ("session.unlocked", "session"),
        ("employee.disabled", "employee"),
        ("employee.moved", "employee"),
        ("employee.password_reset", "employee"),
        ("role.updated", "anybody"),
        ("role.assigned", "anybody"),
        ("api_client.revoked", "anybody"),
        ("department.updated", "anybody"),
        ("department.head_changed", "anybody"),
        ("position.updated", "anybody"),
    ],
)
async def test_events_that_change_what_one_may_do_drop_those_concerned(gateway: Any, type_: str, whom: str) -> None:
    caller = await gateway()
    await until(lambda: caller.gateway.hub.connected)
    session, other = caller.desk.begin(), caller.desk.begin()
    assert await seen(caller, caller.desk.bearer(session)) == await seen(caller, caller.desk.bearer(other)) == "ok"
    actor = caller.desk.actors[session]
    caller.desk.actors[session] = replace(actor, permissions=frozenset())
    subject: UUID = {"session": session, "employee": actor.id}.get(whom, uuid4())
    caller.desk.tell(type_, subject)
    await until(lambda: session not in caller.gateway.actors._kept)
    assert (other in caller.gateway.actors._kept) is (whom != "anybody")
    assert await seen(caller, caller.desk.bearer(session)) == "FORBIDDEN"


async def test_logins_and_reorderings_leave_the_actors_alone() -> None:
    matter = events_that_matter()
    assert not matter & {"session.started", "session.failed", "department.reordered", "setting.changed"}
    assert {"session.ended", "session.locked", "employee.disabled", "role.updated", "department.updated"} <= matter


async def test_what_was_read_before_an_event_is_not_kept_after_it(desk: Desk) -> None:
    """The look-up has left with the old rights when the event comes: the next request must ask again."""
    actors = Actors(desk)
    session = desk.begin()
    token = desk.token(session)
    asked, answer = asyncio.Event(), asyncio.Event()
    old = desk.actors[session]

    async def slowly(_payload: Any, _context: Any) -> Any:
        asked.set()
        await answer.wait()
        return old

    desk.answers["actor_of_session"] = slowly
    first = asyncio.create_task(actors.session(token))
    await asked.wait()
    actors.drop_all()
    new = replace(old, name="B")
    desk.answers["actor_of_session"] = lambda _payload, _context: new
    second = await actors.session(token)
    assert second.actor.name == "B"
    answer.set()
    assert (await first).actor.name == "A"
    assert (await actors.session(token)).actor.name == "B"


async def test_everything_is_dropped_when_events_may_have_been_missed(gateway: Any) -> None:
    caller = await gateway()
    await until(lambda: caller.gateway.hub.connected)
    await seen(caller, caller.desk.bearer())
    assert len(caller.gateway.actors._kept) == 1
    (listener,) = caller.desk.feed._listeners
    listener.gap()
    assert caller.gateway.actors._kept == {}


async def test_a_new_key_is_found_at_its_first_token_and_guesses_do_not_reach_identity(desk: Desk) -> None:
    actors = Actors(desk)
    await actors.session(desk.token(desk.begin()))
    assert desk.called("signing_keys") == 1
    desk.keys["second"] = Ed25519PrivateKey.generate()
    assert (await actors.session(desk.token(desk.begin(), kid="second"))).actor.name == "A"
    assert desk.called("signing_keys") == 2
    for _ in range(50):
        with pytest.raises(Exception, match="UNAUTHENTICATED"):
            await actors.session(jwt.encode({"sid": "x"}, desk.keys["second"], "EdDSA", headers={"kid": "guess"}))
    assert desk.called("signing_keys") == 4


async def test_tokens_of_a_withdrawn_key_are_dead_though_they_were_verified(desk: Desk) -> None:
    actors = Actors(desk)
    token = desk.token(desk.begin())
    await actors.session(token)
    withdrawn = desk.keys.pop("first")
    desk.keys["second"] = Ed25519PrivateKey.generate()
    await actors.session(desk.token(desk.begin(), kid="second"))
    assert withdrawn is not None
    with pytest.raises(Exception, match="UNAUTHENTICATED"):
        await actors.session(token)


async def test_keys_that_are_known_serve_while_identity_is_away(desk: Desk) -> None:
    actors = Actors(desk)
    session = desk.begin()
    await actors.session(desk.token(session))
    desk.away = True
    actors.keys._asked_at -= 1_000
    assert (await actors.session(desk.token(session))).actor.name == "A"


async def test_without_identity_a_request_with_a_token_is_503_and_one_without_is_anonymous(gateway: Any) -> None:
    caller = await gateway()
    caller.desk.away = True
    answer = await caller.ask("{ __typename }", token=True)
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert (await caller.ask("{ __typename }")).status_code == 200
    caller.desk.away = False
    assert (await caller.ask("{ __typename }", token=True)).status_code == 200


async def test_a_locked_session_is_told_so(gateway: Any) -> None:
    caller = await gateway()
    session = caller.desk.begin(restricted="the_session_is_locked")
    assert await seen(caller, caller.desk.bearer(session)) == "SESSION_LOCKED"


async def test_ready_means_identity_answers_and_events_come(gateway: Any) -> None:
    caller = await gateway()
    await until(lambda: caller.gateway.hub.connected and caller.gateway.health.custom_fields.settled)
    assert (await caller.http.get("/health/ready")).json() == {"status": "ok", "faults": []}
    caller.desk.away = True
    caller.gateway.health._asked_at = float("-inf")
    answer = await caller.http.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "faults": ["identity does not answer"]}
    assert (await caller.http.get("/health/live")).status_code == 200
    caller.gateway.health.draining = True
    assert "draining" in (await caller.http.get("/health/ready")).json()["faults"]
