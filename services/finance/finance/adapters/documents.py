"""What finance asks of documents: whether files are the caller's, and to keep those of signed contracts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.context import ActorKind, Context, system_context
from crm_common.protocol.documents.files import LinkKind
from crm_common.protocol.finance.contract_rules import ContractRules
from crm_common.runtime.client import PeerClient

DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Files:
    """Files, asked of the documents service within the caller's deadline."""

    client: PeerClient
    context: Context

    def expect(self, ids: Collection[UUID], *, field: str) -> None:
        """``VALIDATION`` for files that are not there, or that somebody else uploaded."""
        if not ids:
            return
        actor = self.context.authenticated()
        cards = {each["id"]: each["owner_id"] for each in self._ask("document_cards", ids=[str(each) for each in ids])}
        for each in ids:
            owner = cards.get(str(each), "")
            if owner == "" or (actor.kind is not ActorKind.SYSTEM and owner != str(actor.id)):
                raise ContractRules.a_file_is_not_there(field=field)

    def keep(self, contract_id: UUID, ids: Collection[UUID]) -> None:
        """They are the contract's: seen by whoever sees it, never replaced nor deleted (DOC-10). Twice is once."""
        given = {"kind": LinkKind.ARCHIVE.value, "document_ids": [str(each) for each in ids]}
        self._ask("link_documents", subject=f"finance:contract/{contract_id}", **given)

    def _ask(self, method: str, **payload: Any) -> Any:
        left = max(0.0, self.context.remaining())
        asking = system_context("finance", correlation_id=self.context.correlation_id, timeout=left)
        return codec.decode_json(self.client.call(DOCUMENTS, method, payload, asking))
