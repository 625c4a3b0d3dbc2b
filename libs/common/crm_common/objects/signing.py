"""Addresses that are a permission: what may be done with which object until when, under an HMAC."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Literal

import msgspec

PREFIX = "/files/"


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an address allows. ``limit`` bounds the bytes of an upload; ``name`` is the file's for a download."""

    method: Literal["GET", "PUT"]
    key: str
    expires: int
    """Epoch second."""
    content_type: str
    limit: int = 0
    name: str = ""


class Signer:
    """Makes and reads addresses. All processes that share the store have the same ``secret`` (32 bytes at least)."""

    def __init__(self, secret: bytes) -> None:
        # derived: the secret it comes from signs other things too
        self._key = hmac.new(secret, b"crm objects: signed addresses", hashlib.sha256).digest()

    def path(self, grant: Grant) -> str:
        """The address below the gateway's root."""
        body = base64.urlsafe_b64encode(msgspec.json.encode(grant)).rstrip(b"=")
        return f"{PREFIX}{body.decode()}.{self._sign(body)}"

    def read(self, path: str) -> Grant | None:
        """What the address allows; None for one that is not ours, was altered or has expired."""
        body, _, signature = path.removeprefix(PREFIX).encode("utf-8", "replace").partition(b".")
        if not hmac.compare_digest(self._sign(body).encode(), signature):
            return None
        try:
            grant = msgspec.json.decode(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)), type=Grant)
        except (msgspec.DecodeError, binascii.Error):
            return None
        return grant if grant.expires > time.time() else None

    def _sign(self, body: bytes) -> str:
        digest = hmac.new(self._key, body, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
