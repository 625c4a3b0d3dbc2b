"""The keys that sign access tokens: made when first needed, changed by rotation, forgotten when nothing needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from crm_common.vault import Vault
from identity.adapters import signing
from identity.store import sessions

# A retired key's tokens live for an hour at most (auth.access_minutes); a gateway's clock may be a little off.
KEPT_AFTER_RETIREMENT = timedelta(hours=2)
_PRESENT = "SELECT kid, private_key FROM signing_key WHERE retired_at IS NULL"
_PUBLIC = "SELECT kid, public_key FROM signing_key ORDER BY made_at"


def vault_of(host: ServiceHost, purpose: str) -> Vault:
    """Seals what identity keeps for one purpose, with the secret from its environment."""
    secret: str = host.environment.key_secret.reveal()
    return _vault(secret.encode(), f"identity/{purpose}")


_vault = cache(Vault)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs access tokens with the present key."""

    kid: str
    private: bytes

    def token(self, subject: UUID, session_id: UUID, client: str, now: datetime, until: datetime) -> str:
        """An access token."""
        return signing.access_token(
            self.kid,
            self.private,
            subject=subject,
            session_id=session_id,
            client=client,
            issued_at=now,
            expires_at=until,
        )


def signer(host: ServiceHost) -> Signer:
    """What signs now; the first caller ever makes the key. Not inside a transaction."""
    rows = host.store.rows(_PRESENT)
    if not rows:
        pair = signing.new_key(host.ids())
        sealed = vault_of(host, "signing").seal(pair.private, pair.kid)
        with host.store.transaction() as connection:
            sessions.add_key(connection, pair.kid, pair.public, sealed, host.clock.now())
        # another process may have been first: what the table says is what signs
        rows = host.store.rows(_PRESENT)
    kid, sealed = rows[0]
    return Signer(kid, vault_of(host, "signing").open(bytes(sealed), kid))


def public_keys(store: Store) -> dict[str, bytes]:
    """The keys by which tokens may still be verified."""
    return {kid: bytes(public) for kid, public in store.rows(_PUBLIC)}


def key_set(store: Store) -> dict[str, Any]:
    """The same as a JWK set."""
    return {"keys": [signing.jwk(kid, public) for kid, public in public_keys(store).items()]}


def rotate(change: Change, _command: Any = None, *, vault: Vault) -> dict[str, Any]:
    """Sign with a new key from the commit on."""
    pair = signing.new_key(change.new_id())
    sessions.drop_keys(change.connection, change.now - KEPT_AFTER_RETIREMENT)
    sessions.retire_key(change.connection, change.now)
    sessions.add_key(change.connection, pair.kid, pair.public, vault.seal(pair.private, pair.kid), change.now)
    return {"kid": pair.kid}
