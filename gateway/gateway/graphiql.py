"""GraphiQL in the development profile: its files come from the installed environment, never from the network."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from crm_common.telemetry import logger
from gateway.asgi import Scope, Send, respond

_log = logger("gateway")
_PACKAGE = "graphene_django_graphiql_static"
# GraphiQL 2.4.7, React 17.0.2 and graphql-ws 5.12.1 as their makers published them: what differs is not served
_ASSETS = {
    "graphiql.min.js": "c564de05b95d184e2c5ba5ceaf2635821f6bf92f2d5777b74d91004ff6b591d1",
    "graphiql.min.css": "c6cd4b83f01c5e1ff4975d77bc957184dce6dec0155fbf9cc4d9190eba8a7b9d",
    "react.production.min.js": "229bbf4d0e7488209564152c6723497f1ac3934136ca1684233d2fa88fa4146f",
    "react-dom.production.min.js": "9db33292007ab6c38527b39d5663e976a305564e19b2a5a8713ea2b2c00f505d",
    "graphql-ws.min.js": "11986f83a00d26b06c80bbcb01ad2eb8734b7a92c95421584bec656f953f6eac",
}
_OWN = {"start.js", "page.css"}
_TYPES = {
    "js": b"text/javascript; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "html": b"text/html; charset=utf-8",
}
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def asset(name: str) -> bytes | None:
    """The file of this name; None when there is none, or it is not the one we know."""
    if name in _OWN or name == "page.html":
        return (files("gateway") / "page" / name).read_bytes()
    expected = _ASSETS.get(name)
    if expected is None:
        return None
    content = (files(_PACKAGE) / "static" / _PACKAGE / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        _log.error("gateway.graphiql_differs", file=name)
        return None
    return content


async def serve_page(send: Send) -> None:
    """The page itself."""
    await _file(send, "page.html", b"no-cache")


async def serve_asset(scope: Scope, send: Send) -> None:
    """``/graphiql/<file>``."""
    await _file(send, scope["path"].rpartition("/")[2], b"max-age=3600")


async def _file(send: Send, name: str, caching: bytes) -> None:
    content = asset(name)
    if content is None:
        await respond(send, 404, [(b"content-type", b"text/plain")], b"not found")
        return
    headers = [
        (b"content-type", _TYPES[name.rpartition(".")[2]]),
        (b"content-security-policy", _POLICY),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", caching),
    ]
    await respond(send, 200, headers, content)
