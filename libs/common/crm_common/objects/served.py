"""Sealed objects are served by the gateway, whatever store they lie in: it opens them piece by piece on the way out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from crm_common.objects.port import Objects, checked_key
from crm_common.objects.sealed import unsealed
from crm_common.objects.signing import Grant, Signer


@dataclass(frozen=True, slots=True)
class SealedObjects:
    """Addresses of sealed objects, and what is behind them. ``root`` stands before addresses."""

    objects: Objects
    signer: Signer
    root: str = ""

    def download_url(
        self, key: str, content_key: bytes, *, name: str, content_type: str, size: int, seconds: int
    ) -> str:
        """An address of the gateway from which a client may take the original, ``size`` bytes, as a file ``name``."""
        grant = Grant(
            "GET",
            checked_key(key),
            int(time.time()) + seconds,
            content_type,
            name=name,
            sealed=self.signer.hide(content_key, key),
            size=size,
        )
        return self.root + self.signer.path(grant)

    def read(self, grant: Grant, start: int, end: int) -> Iterator[bytes]:
        """The original's bytes from ``start`` to ``end`` in pieces; NoSuchObjectError before the first."""
        key = self.signer.revealed(grant)
        return unsealed(self.objects, grant.key, key, grant.size, start=start, end=end)
