"""The outer skin on the real identity service: sessions, their end, their lock, and events through outbox and relay."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from edge.socket import socket
from edge.whole import PASSWORD, Whole, whole
from infra.postgres import SharedPostgres
from ledger.waiting import until

pytestmark = pytest.mark.infra

DEPARTMENTS = "{ departments { nodes { id name } } }"
CREATE = (
    "mutation($n: String!) { createDepartment(input: {name: $n}) {"
    " department { id name } userErrors { code message } } }"
)


@pytest.fixture(scope="module")
def product(postgres_server: SharedPostgres) -> Iterator[Whole]:
    with whole(postgres_server) as running:
        token = running.login("admin", running.first_password)["accessToken"]
        refused = running.ask(DEPARTMENTS, token)
        assert [error["extensions"]["rule"] for error in refused["errors"]] == ["the_password_must_be_changed_first"]
        running.administrator()
        yield running


def code(product: Whole, token: str, query: str = DEPARTMENTS) -> str:
    errors = product.ask(query, token).get("errors")
    return errors[0]["extensions"]["code"] if errors else "ok"


def test_the_gateway_is_ready(product: Whole) -> None:
    ready = httpx.get(f"http://127.0.0.1:{product.gateway.port}/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "faults": []})


def test_idn_12_a_token_is_dead_as_soon_as_its_logout_is_heard_of(product: Whole) -> None:
    token = product.login("admin", PASSWORD)["accessToken"]
    assert code(product, token) == "ok"
    product.data("mutation { logout(input: {}) { ended } }", token)
    # the actor is kept for 30 s: only the event can have ended it
    until(lambda: code(product, token) == "UNAUTHENTICATED", "end of the session", seconds=10)


def test_idn_13_a_locked_session_answers_nothing_else_until_the_password_unlocks_it(product: Whole) -> None:
    token = product.login("admin", PASSWORD)["accessToken"]
    assert code(product, token) == "ok"
    product.data("mutation { lockSession(input: {}) { locked } }", token)
    until(lambda: code(product, token) == "SESSION_LOCKED", "lock of the session")
    unlock = "mutation($p: String!) { unlockSession(input: {password: $p}) { locked userErrors { message } } }"
    assert product.data(unlock, token, p=PASSWORD) == {"unlockSession": {"locked": False, "userErrors": []}}
    until(lambda: code(product, token) == "ok", "unlock of the session")


def test_a_change_reaches_who_follows_it_and_the_end_of_the_session_ends_the_socket(product: Whole) -> None:
    token = product.login("admin", PASSWORD)["accessToken"]
    follow = "subscription { departmentChanged { event record { name } } }"
    with socket(product.gateway) as client:
        client.begin({"authorization": f"Bearer {token}"})
        client.subscribe("1", follow)
        until(lambda: product.gateway.gateway.hub._listeners.get("department.created"), "start of the subscription")
        created = product.data(CREATE, token, n="销售部")["createDepartment"]
        assert created["userErrors"] == []
        pushed = {"event": "department.created", "record": {"name": "销售部"}}
        assert client.hear()["payload"] == {"data": {"departmentChanged": pushed}}
        product.data("mutation { logout(input: {}) { ended } }", token)
        assert client.closed()[0] == 4401


def test_tokens_stay_good_when_the_signing_key_changes(product: Whole) -> None:
    from crm_common.context import system_context

    old = product.login("admin", PASSWORD)["accessToken"]
    assert code(product, old) == "ok"
    context = system_context("identity", correlation_id="rotation")
    product.runtime.peers.call("identity", "rotate_signing_key", {"select": {}}, context)
    new = product.login("admin", PASSWORD)["accessToken"]
    assert (code(product, old), code(product, new)) == ("ok", "ok")


def test_idn_25_a_program_logs_in_with_key_and_secret_and_is_out_when_revoked(product: Whole) -> None:
    admin = product.login("admin", PASSWORD)["accessToken"]
    made = product.data(
        'mutation { createApiClient(input: {name: "Export", permissions: ["org.view"]}) {'
        " apiClient { id key version } secret userErrors { message } } }",
        admin,
    )["createApiClient"]
    program, secret = made["apiClient"], made["secret"]
    login = product.data(
        "mutation($k: String!, $s: String!) { loginApiClient(input: {key: $k, secret: $s}) {"
        " tokens { accessToken refreshToken } } }",
        k=program["key"],
        s=secret,
    )["loginApiClient"]["tokens"]
    token = login["accessToken"]
    assert (login["refreshToken"], code(product, token)) == (None, "ok")
    assert (
        code(product, token, 'mutation { createDepartment(input: {name: "x"}) { department { id } } }') == "FORBIDDEN"
    )
    version = product.data("query($i: ID!) { apiClient(id: $i) { version } }", admin, i=program["id"])["apiClient"][
        "version"
    ]
    revoke = "mutation($i: ID!, $v: Int!) { revokeApiClient(input: {id: $i, version: $v}) { userErrors { message } } }"
    assert product.data(revoke, admin, i=program["id"], v=version)["revokeApiClient"]["userErrors"] == []
    until(lambda: code(product, token) == "UNAUTHENTICATED", "end of the program's session")
