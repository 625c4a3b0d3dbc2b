"""What is known of a request before its operation: address, language, correlation id; and the context made of it."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from ipaddress import ip_address

from crm_common.context import Context
from gateway.asgi import Headers, Scope
from gateway.authentication import Session
from gateway.http.media import wanted_language
from gateway.settings import Network

_CORRELATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request's (or socket's) outer facts. ``token`` is None without Authorization, "" for another scheme."""

    correlation_id: str
    language: str
    address: str | None
    traceparent: str | None
    token: str | None

    def context(self, session: Session | None, seconds: float) -> Context:
        """The context of a call that must be answered within ``seconds``."""
        return Context(
            actor=session.actor if session else None,
            correlation_id=self.correlation_id,
            deadline=time.time() + seconds,
            language=self.language,
            traceparent=self.traceparent,
            address=self.address,
            client=session.claims.client if session else None,
        )


def arrival(scope: Scope, headers: Headers, trusted: tuple[Network, ...]) -> Arrival:
    """The facts of a request. Nothing of it is believed beyond its form; X-Forwarded-For only from trusted proxies."""
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    trace = headers.get(b"traceparent", b"").decode("latin-1")
    language = headers.get(b"accept-language")
    return Arrival(
        correlation_id=given if _CORRELATION_ID.fullmatch(given) else secrets.token_hex(12),
        language=wanted_language(language.decode("latin-1")) if language else "en",
        address=client_address(scope, headers, trusted),
        traceparent=trace if trace and _TRACEPARENT.fullmatch(trace) else None,
        token=bearer_token(headers.get(b"authorization")),
    )


def bearer_token(header: bytes | None) -> str | None:
    """The token; None without the header, "" (which no session has) for anything that is no bearer token."""
    if header is None:
        return None
    scheme, _, token = header.partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def client_address(scope: Scope, headers: Headers, trusted: tuple[Network, ...]) -> str | None:
    """The nearest address that is not one of our own proxies."""
    client = scope.get("client")
    address: str | None = client[0] if client else None
    if not trusted:
        return address
    forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
    while address is None or _is_in(address, trusted):
        if not forwarded:
            break
        claimed = forwarded.pop().strip()
        if not _is_address(claimed):
            break  # what lies beyond something unreadable is anybody's word
        address = claimed
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in networks)
