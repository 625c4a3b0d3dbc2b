"""Phones at rest (CUS-14): sealed for the record they belong to, masked, and found by a keyed hash."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from crm_common.reading.masks import sealed_place
from crm_common.runtime.host import ServiceHost
from crm_common.settings import Secret
from crm_common.vault import Vault
from customer.domain import phone
from customer.domain.phone import SealedPhone

PURPOSE = "customer/phones"


@dataclass(frozen=True, slots=True)
class Phones:
    """Seals normal forms of phones. ``table`` is the record's table, as reading opens them by it."""

    vault: Vault

    def sealed(self, number: str, table: str, record: UUID, field: str = "phone") -> SealedPhone:
        """The columns for a phone that stands in a record's ``field``."""
        cipher = self.vault.seal(number.encode(), sealed_place(table, record, field))
        return SealedPhone(cipher, phone.mask(number), self.index(number))

    def index(self, number: str) -> bytes:
        """By what a phone's records are found."""
        return self.vault.fingerprint(number.encode())

    def opened(self, cipher: bytes, table: str, record: UUID, field: str = "phone") -> str:
        """The number again."""
        return self.vault.open(cipher, sealed_place(table, record, field)).decode()


def phones(host: ServiceHost) -> Phones:
    """The phones of the service that ``host`` surrounds."""
    return Phones(vault(host))


def vault(host: ServiceHost) -> Vault:
    """What opens the masked fields of the service's views."""
    return _vault(host.environment.key_secret)


@lru_cache(maxsize=64)
def _vault(secret: Secret) -> Vault:
    return Vault(secret.reveal().encode(), PURPOSE)
