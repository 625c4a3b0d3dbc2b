"""Access tokens: JWT signed with Ed25519. The private keys lie in the database, sealed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new signing key in raw form."""

    kid: str
    private: bytes
    public: bytes


def new_key(kid: UUID) -> KeyPair:
    """A random Ed25519 key."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return KeyPair(str(kid), private, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def jwk(kid: str, public: bytes) -> dict[str, str]:
    """The public key as a JSON Web Key."""
    coordinate = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": coordinate}


def access_token(
    kid: str, private: bytes, *, subject: UUID, session_id: UUID, client: str, issued_at: datetime, expires_at: datetime
) -> str:
    """A signed token that names the subject and the session, and nothing they may do."""
    claims: dict[str, Any] = {
        "sub": str(subject),
        "sid": str(session_id),
        "client": client,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    key = Ed25519PrivateKey.from_private_bytes(private)
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid, "typ": "at+jwt"})


def session_of(token: str, keys: dict[str, bytes]) -> UUID | None:
    """The session an access token names, or None when it is not one of ours or has expired."""
    try:
        public = keys[str(jwt.get_unverified_header(token).get("kid"))]
        key = jwt.PyJWK(jwk("", public), algorithm="EdDSA")
        options: Any = {"require": ["sub", "sid", "exp"], "verify_iat": False}
        return UUID(jwt.decode(token, key, algorithms=["EdDSA"], options=options)["sid"])
    except (jwt.PyJWTError, KeyError, ValueError, TypeError):
        return None
