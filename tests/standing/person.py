"""Somebody with a GraphQL client: sends operations over HTTP and logs in."""

from __future__ import annotations

from typing import Any

import httpx

# one for all, as making a client costs more than most requests; a connection each, as tests end servers
_CLIENT = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=30, trust_env=False)


class Person:
    """A caller. ``token`` is None before the login."""

    def __init__(self, url: str, *, language: str = "en", token: str | None = None) -> None:
        self.url = url
        self.language = language
        self.token = token

    def send(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole response: data, errors, extensions."""
        headers = {"accept-language": self.language}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        body = {"query": document, "variables": variables}
        answer = _CLIENT.post(f"{self.url}/graphql", json=body, headers=headers)
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, document: str, **variables: Any) -> Any:
        """The data of an operation that must succeed; of a single root field, that field's value."""
        response = self.send(document, **variables)
        assert "errors" not in response, response
        data = response["data"]
        found = next(iter(data.values())) if len(data) == 1 else data
        if isinstance(found, dict):
            assert not found.get("userErrors"), found
        return found

    def refused(self, document: str, **variables: Any) -> tuple[str, str | None]:
        """Code and field of the one refusal, whether it came as data or as an error."""
        response = self.send(document, **variables)
        if "errors" in response:
            [error] = response["errors"]
            return error["extensions"]["code"], error["extensions"].get("field")
        [found] = response["data"].values()
        assert found is not None
        assert found["userErrors"], response
        refusal = found["userErrors"][0]
        return refusal["code"], refusal["field"]

    def log_in(self, login_name: str, password: str, new_password: str | None = None) -> dict[str, Any]:
        """Begin a session and, where asked to, take another password."""
        tokens: dict[str, Any] = self.ask(
            """mutation($in: LoginInput!) { login(input: $in) {
                tokens { sessionId accessToken refreshToken mustChangePassword }
                userErrors { code message field } } }""",
            **{"in": {"loginName": login_name, "password": password}},
        )["tokens"]
        self.token = tokens["accessToken"]
        if new_password:
            self.ask(
                """mutation($in: ChangeMyPasswordInput!) { changeMyPassword(input: $in) {
                    changed userErrors { code message field } } }""",
                **{"in": {"oldPassword": password, "newPassword": new_password}},
            )
        return tokens
