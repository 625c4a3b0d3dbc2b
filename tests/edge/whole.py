"""The product in this process: identity on a real database, events through outbox and relay, and a gateway."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from crm_common import codec, migrations, provision
from crm_common.context import Seal, system_context
from crm_common.runtime.local import LocalRuntime
from crm_common.settings import load
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from edge.serving import Served
from gateway.settings import GatewaySettings
from identity.service import IdentityService
from identity.settings import IdentitySettings
from infra.postgres import SharedPostgres

SECRET = "a secret of the tests that has 32 bytes"
PASSWORD = "Correct-horse-1"
_ENVIRONMENT = {
    "IDENTITY_DATABASE_URL": "postgresql://unused",
    "IDENTITY_KEY_SECRET": "another secret of the tests that has 32 bytes",
    "CRM_CLUSTER_SECRET": SECRET,
}


class Whole:
    """A founded company behind a served gateway. ``admin`` is logged in as the administrator."""

    def __init__(self, gateway: Served, runtime: LocalRuntime, first_password: str) -> None:
        self.gateway = gateway
        self.runtime = runtime
        self.first_password = first_password
        self.http = httpx.Client(timeout=15)

    def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The response's body."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = self.http.post(self.gateway.url, json={"query": query, "variables": variables}, headers=headers)
        return answer.json()  # type: ignore[no-any-return]

    def data(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of a request that has no errors."""
        body = self.ask(query, token, **variables)
        assert "errors" not in body, body
        found: dict[str, Any] = body["data"]
        return found

    def login(self, name: str, password: str) -> dict[str, Any]:
        """The tokens of a new session."""
        login = self.data(
            "mutation($n: String!, $p: String!) { login(input: {loginName: $n, password: $p}) {"
            " tokens { accessToken refreshToken mustChangePassword } userErrors { code message } } }",
            n=name,
            p=password,
        )["login"]
        assert login["userErrors"] == []
        tokens: dict[str, Any] = login["tokens"]
        return tokens

    def administrator(self) -> str:
        """The access token of the administrator, who has changed his first password."""
        token: str = self.login("admin", self.first_password)["accessToken"]
        self.data(
            "mutation($o: String!, $n: String!) {"
            " changeMyPassword(input: {oldPassword: $o, newPassword: $n}) { changed userErrors { message } } }",
            token,
            o=self.first_password,
            n=PASSWORD,
        )
        return token


@contextmanager
def whole(postgres: SharedPostgres, settings: GatewaySettings | None = None) -> Iterator[Whole]:
    """The product with an empty company, on a database of its own."""
    name = f"identity_whole_{uuid.uuid4().hex[:8]}"
    database = provision.database(postgres.url, "identity", name=name)
    migrations.run(database.owner_url, "identity")
    store = Store(database.url, service="identity")
    runtime = LocalRuntime(seal=Seal(SECRET.encode()))
    environment = load(IdentitySettings, "IDENTITY_", _ENVIRONMENT)
    runtime.add(IdentityService, store=store, settings=GivenSettings(), environment=environment)
    runtime.start()
    try:
        context = system_context("identity", correlation_id="founding")
        founded = codec.decode_json(
            runtime.peers.call("identity", "found_company", {"name": "华信科技有限公司"}, context)
        )
        gateway = Served(settings or GatewaySettings(), runtime.client, runtime.feed)
        gateway.start()
        try:
            product = Whole(gateway, runtime, founded["initial_password"])
            with product.http:
                yield product
        finally:
            gateway.stop()
    finally:
        runtime.stop()
        store.close()
        postgres.drop_database(database.url)
