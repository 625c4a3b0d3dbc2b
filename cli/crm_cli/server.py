"""One server as its GraphQL tells it: operations, event streams, files; a token that has ended is renewed once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from crm_cli import session
from crm_cli.problems import UNREACHABLE, Stopped

_REFRESH = """mutation($in: RefreshSessionInput!) { refreshSession(input: $in) {
    tokens { accessToken refreshToken } userErrors { message } } }"""
_UNAUTHENTICATED = "UNAUTHENTICATED"


class Server:
    """A client of one server. ``session`` is None before the login."""

    def __init__(self, url: str, login: session.Session | None = None) -> None:
        self.url = url.rstrip("/")
        self.session = login
        self._http = httpx.Client(timeout=httpx.Timeout(60, connect=10), headers={"accept-language": _language()})

    @classmethod
    def logged_in(cls) -> Server:
        """The server of the kept session."""
        login = session.load()
        return cls(login.url, login)

    def ask(self, document: str, **variables: Any) -> Any:
        """The value of the operation's one root field; Stopped with the server's words when it refuses."""
        return self._value(document, variables, partly=False)

    def ask_partly(self, document: str) -> Any:
        """As `ask`, but parts of the value may be null because something did not answer."""
        return self._value(document, {}, partly=True)

    def _value(self, document: str, variables: dict[str, Any], *, partly: bool) -> Any:
        answer = self._post(document, variables)
        if _refuses_the_token(answer) and self._renew():
            answer = self._post(document, variables)
        whole = partly and answer.get("data") and None not in answer["data"].values()
        if answer.get("errors") and not whole:
            raise Stopped("\n".join(_words(error) for error in answer["errors"]))
        (found,) = answer["data"].values()
        if isinstance(found, dict) and found.get("userErrors"):
            raise Stopped("\n".join(_words(error) for error in found["userErrors"]))
        return found

    def follow(self, document: str, *, patience: float, **variables: Any) -> Iterator[Any]:
        """The values of a subscription; ends when nothing comes for ``patience`` seconds or the stream breaks."""
        headers = self._headers() | {"accept": "text/event-stream"}
        body = {"query": document, "variables": variables}
        timeout = httpx.Timeout(patience, connect=10)
        try:
            with self._http.stream(
                "POST", f"{self.url}/graphql", json=body, headers=headers, timeout=timeout
            ) as stream:
                kind = ""
                for line in stream.iter_lines():
                    name, _, value = line.partition(": ")
                    if name == "event":
                        kind = value
                    elif name == "data" and kind == "next":
                        answer = json.loads(value)
                        if answer.get("data"):
                            yield next(iter(answer["data"].values()))
        except httpx.TransportError:
            return

    def bring(self, upload: dict[str, Any], path: Path) -> None:
        """Send a file where the server said."""
        url = urljoin(f"{self.url}/", upload["url"])
        with path.open("rb") as file:
            fields = {each["name"]: each["value"] for each in upload["fields"]}
            headers = {each["name"]: each["value"] for each in upload["headers"]}
            if upload["method"] == "POST":
                answer = self._sent("POST", url, data=fields, files={"file": (path.name, file)})
            else:
                headers["content-length"] = str(path.stat().st_size)
                answer = self._sent("PUT", url, content=file, headers=headers)
        if answer.status_code >= 300:
            raise Stopped(f"The file was not taken: {answer.status_code} {answer.text[:200]}")

    def take(self, link: dict[str, Any], target: Path) -> None:
        """Bring a file from where the server said; ``target`` is whole or not there."""
        waiting = target.with_name(f".{target.name}.part")
        try:
            with self._http.stream("GET", urljoin(f"{self.url}/", link["url"])) as answer:
                if answer.status_code != 200:
                    raise Stopped(f"The file cannot be taken: {answer.status_code}")
                with waiting.open("wb") as file:
                    for piece in answer.iter_bytes():
                        file.write(piece)
            waiting.rename(target)
        except httpx.TransportError as lost:
            raise Stopped(f"{self.url} does not answer: {lost}", UNREACHABLE) from lost
        finally:
            waiting.unlink(missing_ok=True)

    def _post(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        answer = self._sent("POST", f"{self.url}/graphql", json=body, headers=self._headers())
        try:
            found: dict[str, Any] = answer.json()
        except ValueError as strange:
            raise Stopped(f"{self.url} is no CRM: it answered {answer.status_code}", UNREACHABLE) from strange
        return found

    def _sent(self, method: str, url: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, url, **more)
        except httpx.TransportError as lost:
            raise Stopped(f"{self.url} does not answer: {lost}", UNREACHABLE) from lost

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.session.access_token}"} if self.session else {}

    def _renew(self) -> bool:
        if self.session is None or self.session.refresh_token is None:
            return False
        login, self.session = self.session, None
        answer = self._post(_REFRESH, {"in": {"refreshToken": login.refresh_token}})
        tokens = ((answer.get("data") or {}).get("refreshSession") or {}).get("tokens")
        if tokens is None:
            raise Stopped("The session has ended: log in again. 会话已结束，请重新登录。")
        self.session = session.Session(login.url, tokens["accessToken"], tokens["refreshToken"])
        session.keep(self.session)
        return True


def _refuses_the_token(answer: dict[str, Any]) -> bool:
    codes = [error.get("extensions", {}).get("code") for error in answer.get("errors") or ()]
    return _UNAUTHENTICATED in codes


def _words(error: dict[str, Any]) -> str:
    code = error.get("code") or error.get("extensions", {}).get("code") or ""
    field = f" ({error['field']})" if error.get("field") else ""
    return f"{code}: {error['message']}{field}"


def _language() -> str:
    told = os.environ.get("CRM_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if told.startswith("zh") else "en"
