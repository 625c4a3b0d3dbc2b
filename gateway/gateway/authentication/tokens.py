"""Verifies access tokens (JWT, EdDSA) with identity's public keys; what was verified once is known until it ends."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
import msgspec

from crm_common.context import system_context
from crm_common.errors import CommonRules, CrmError
from crm_common.runtime.client import Client
from gateway.ratelimit import Buckets, ThrottledError

# An access token of ours is about 500 characters.
_LONGEST = 4_096
# For clocks that differ: a token may have been issued a moment from now. Its end is not stretched.
_LEEWAY = 5.0


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token of ours says. ``expires_at`` is epoch seconds; ``client`` names the kind of client (MOB-01)."""

    employee_id: UUID
    session_id: UUID
    expires_at: float
    client: str | None


class SigningKeys:
    """Identity's public keys by kid. An unknown kid asks again: three times in a row, then once in five seconds."""

    def __init__(self, client: Client, *, fresh: float = 300.0) -> None:
        self._client = client
        self._fresh = fresh
        self._asks = Buckets(0.2, 3)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self.on_change: Callable[[], None] = lambda: None

    async def key(self, kid: str) -> jwt.PyJWK:
        """The key, or ``UNAUTHENTICATED``; ``UNAVAILABLE`` when identity cannot be asked for a first one."""
        now = time.monotonic()
        if kid not in self._keys:
            with suppress(ThrottledError):
                if self._keys and self._asking is None:
                    # whoever sends invented kids must not make us ask identity as often as he likes
                    self._asks.take("unknown", 1, now)
                await self._ask_once()
        elif now - self._asked_at > self._fresh:
            await self._ask_once()
        if kid not in self._keys:
            raise CommonRules.a_valid_session_is_needed()
        return self._keys[kid]

    def forget(self) -> None:
        """Ask again at the next use: a key may have been withdrawn."""
        self._asked_at = float("-inf")

    async def _ask_once(self) -> None:
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(self._asked)
        await asyncio.shield(self._asking)

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking = None
        if not task.cancelled():
            task.exception()  # those who waited have seen it; with nobody left waiting it is not an event

    async def _ask(self) -> None:
        context = system_context("gateway", correlation_id="signing-keys", timeout=3.0)
        try:
            answer = await self._client.call("identity", "signing_keys", {}, context)
        except CrmError:
            if not self._keys:
                raise
            # the keys we have stay good while identity is away
            self._asked_at = time.monotonic()
            return
        self._asked_at = time.monotonic()
        keys = {key.key_id: key for key in _keys_in(msgspec.json.decode(answer)) if key.key_id}
        if keys.keys() != self._keys.keys():
            self._keys = keys
            self.on_change()


def _keys_in(found: dict[str, Any]) -> list[jwt.PyJWK]:
    # only what we sign with: a key of another kind in the set would otherwise widen what is accepted
    wanted = [key for key in found.get("keys", []) if key.get("kty") == "OKP" and key.get("crv") == "Ed25519"]
    return [jwt.PyJWK(key, algorithm="EdDSA") for key in wanted]


class Tokens:
    """Access tokens to claims. Verified ones are kept by their text until they expire (at most ``kept`` of them)."""

    def __init__(self, keys: SigningKeys, *, kept: int = 20_000) -> None:
        self._keys = keys
        self._kept = kept
        self._verified: OrderedDict[str, Claims] = OrderedDict()
        keys.on_change = self._verified.clear

    async def claims(self, token: str) -> Claims:
        """What the token says; ``UNAUTHENTICATED`` for a token that is not ours, was altered or has expired."""
        known = self._verified.get(token)
        if known is None:
            known = await self._verify(token)
            if len(self._verified) >= self._kept:
                self._verified.popitem(last=False)
            self._verified[token] = known
        if known.expires_at <= time.time():
            self._verified.pop(token, None)
            raise CommonRules.a_valid_session_is_needed()
        return known

    async def _verify(self, token: str) -> Claims:
        if len(token) > _LONGEST:
            raise CommonRules.a_valid_session_is_needed()
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            if not isinstance(kid, str):
                raise CommonRules.a_valid_session_is_needed()
            key = await self._keys.key(kid)
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                leeway=_LEEWAY,
                options={"require": ["sub", "sid", "exp", "iat"], "verify_aud": False},
            )
            client = claims.get("client")
            return Claims(
                UUID(claims["sub"]),
                UUID(claims["sid"]),
                float(claims["exp"]),
                client if isinstance(client, str) else None,
            )
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, json.JSONDecodeError, RecursionError) as wrong:
            raise CommonRules.a_valid_session_is_needed() from wrong
