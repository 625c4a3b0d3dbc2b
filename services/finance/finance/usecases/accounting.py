"""What accounting systems tell of receipts (FIN-22)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.finance.accounting import AccountingRules, NoteExternalId, ReceiptAccounted
from crm_common.protocol.finance.receipts import ReceiptState
from finance.store import accounting as store
from finance.store.receivables import RECEIPTS
from finance.usecases.reach import expect_in_reach

_SECTION = "finance"


def note_external_id(change: Change, command: NoteExternalId) -> dict[str, Any]:
    """The receipt is called so from now on; under its lock."""
    found = RECEIPTS.locked(change.connection, command.receipt_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="receipt_id")
    expect_in_reach(change, _SECTION, found.owner_id, field="receipt_id")
    if found.state is not ReceiptState.CONFIRMED:
        raise AccountingRules.only_confirmed_receipts_are_accounted_for(field="receipt_id")
    before = store.external_id(change.connection, found.id)
    if before == command.external_id:
        return {"noted": False}
    if store.is_anothers(change.connection, command.external_id, found.id):
        raise AccountingRules.an_external_id_is_of_one_receipt(field="external_id", external_id=command.external_id)
    store.note(change.connection, found.id, command.external_id, change.now)
    changes = {"external_id": (before, command.external_id)}
    change.record(ReceiptAccounted(receipt_id=found.id, changes=changes))
    return {"noted": True}
