"""The picture that shows a payment: the caller's own file, linked to the receipt before it is written (DOC-09)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.context import Context, system_context
from crm_common.errors import CommonRules
from crm_common.protocol.documents.files import LinkKind
from crm_common.runtime.client import PeerClient

DOCUMENTS = "documents"


def linked(client: PeerClient, context: Context, voucher_id: UUID, receipt_id: UUID) -> str:
    """The SHA-256 of the file, which belongs to the receipt from now on: finance sees it with the receipt.

    NOT_FOUND for a file that is not there or is not the caller's, VALIDATION for one that is no image or PDF. When the
    receipt is refused later, the file stays linked to nothing that anybody sees.
    """
    me = str(context.authenticated().id)
    left = max(0.0, context.remaining())
    asking = system_context("finance", correlation_id=context.correlation_id, timeout=left)

    def ask(method: str, payload: dict[str, Any]) -> Any:
        return codec.decode_json(client.call(DOCUMENTS, method, payload, asking))

    ids = [str(voucher_id)]
    cards = [each for each in ask("document_cards", {"ids": ids}) if each["owner_id"] == me]
    if not cards:
        raise CommonRules.the_record_was_not_found(field="voucher_id")
    subject = f"finance:receipt/{receipt_id}"
    ask("link_documents", {"subject": subject, "kind": LinkKind.VOUCHER.value, "document_ids": ids, "by_id": me})
    return str(cards[0]["sha256"])
