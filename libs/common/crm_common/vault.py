"""Secrets at rest: AES-256-GCM under a key derived from the deployment's secret, bound to where the value belongs."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE = 12


class VaultError(Exception):
    """A sealed value cannot be opened: another secret, another place, or it was altered."""


class Vault:
    """Seals values for one purpose. ``secret`` has at least 32 bytes; another purpose derives another key from it."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        if len(secret) < 32:
            raise ValueError("a vault's secret needs at least 32 bytes")
        self._cipher = AESGCM(_derived(secret, f"{purpose}/seal"))
        self._index = _derived(secret, f"{purpose}/index")

    def seal(self, value: bytes, place: str) -> bytes:
        """The value, encrypted; it opens only with the same ``place`` (table, record and field, say)."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The value again; :class:`VaultError` when it is not what was sealed for this place."""
        if sealed[:1] != _VERSION:
            raise VaultError("sealed by an unknown version")
        nonce, text = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._cipher.decrypt(nonce, text, place.encode())
        except InvalidTag as broken:
            raise VaultError("sealed with another secret or for another place") from broken

    def fingerprint(self, value: bytes) -> bytes:
        """A keyed hash (HMAC-SHA256): equal for equal values, and without the key nobody can try values out."""
        return hmac.new(self._index, value, hashlib.sha256).digest()


def _derived(secret: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"crm/{info}".encode()).derive(secret)
