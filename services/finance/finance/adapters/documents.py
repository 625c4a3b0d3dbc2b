"""What finance asks of documents: whether files are there, and that those of a signed contract stay as they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from crm_common.context import Context
from crm_common.runtime.providers import BoundPeer


@dataclass(frozen=True, slots=True)
class Files:
    """Files of the documents service. ``document_cards``, ``link_documents`` and ``lock_documents`` are asked here."""

    peer: BoundPeer
    context: Context

    def expect(self, ids: Collection[UUID], *, field: str) -> None:
        """Refuse files that are not there."""

    def keep(self, contract_id: UUID, ids: Collection[UUID]) -> None:
        """The files are the contract's from now on: seen by whoever sees it, neither deleted nor replaced."""
