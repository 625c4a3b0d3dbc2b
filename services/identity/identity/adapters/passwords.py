"""Password hashes (argon2id) and random secrets. Hashing takes long: never inside a transaction."""

from __future__ import annotations

import hashlib
import secrets

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from crm_common.runtime.heavy import apart
from identity.domain.password import normalised

# OWASP's recommendation of least memory: 19 MiB, two passes, one lane; about 25 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Without I, l, O, 0 and 1: these passwords are read out on the phone.
_READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"

# What an unknown name is verified against, so that it costs the same as a known one.
NOBODY = _hasher.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """The password's hash, with its parameters and salt."""
    return apart(_hasher.hash, normalised(password))


def matches(hash_: str, password: str) -> bool:
    """Whether the hash is of this password."""
    try:
        return apart(_hasher.verify, hash_, normalised(password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def outdated(hash_: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(hash_)


def readable_password() -> str:
    """A random password of 14 signs with letters and digits (about 78 bits)."""
    groups = ["".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3)]
    return "-".join(groups)[:-2] + "".join(secrets.choice(_DIGITS) for _ in range(2))


def random_token() -> str:
    """32 random bytes as URL-safe text: a refresh token's or an API client's secret."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept of a random token; it has 256 bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).digest()


def recovery_codes(number: int = 10) -> list[str]:
    """Codes of 16 hexadecimal digits, for paper."""
    return ["-".join(secrets.token_hex(2) for _ in range(4)) for _ in range(number)]


def second_factor_secret() -> str:
    """A random secret in base32."""
    return pyotp.random_base32()
