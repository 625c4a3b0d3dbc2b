"""Addresses that are a permission: what may be done with which object until when, under an HMAC."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Literal

import msgspec

from crm_common.vault import Vault

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
    sealed: str = ""
    """Of a sealed object: its key, which only who shares the secret can read."""
    size: int = 0
    """Of a sealed object: bytes of the original."""


class Signer:
    """Makes and reads addresses. All processes that share the store have the same ``secret`` (32 bytes at least)."""

    def __init__(self, secret: bytes) -> None:
        # derived: the secret it comes from signs other things too
        self._key = hmac.new(secret, b"crm objects: signed addresses", hashlib.sha256).digest()
        self._vault = Vault(self._key, "sealed objects")

    def path(self, grant: Grant) -> str:
        """The address below the gateway's root."""
        body = base64.urlsafe_b64encode(msgspec.json.encode(grant)).rstrip(b"=")
        return f"{PREFIX}{body.decode()}.{self._sign(body)}"

    def hide(self, content_key: bytes, key: str) -> str:
        """The key of the sealed object ``key`` as an address may carry it."""
        return base64.urlsafe_b64encode(self._vault.seal(content_key, key)).decode()

    def revealed(self, grant: Grant) -> bytes:
        """The key of the sealed object that the grant is for; `VaultError` when it was made under another secret."""
        return self._vault.open(base64.urlsafe_b64decode(grant.sealed), grant.key)

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
