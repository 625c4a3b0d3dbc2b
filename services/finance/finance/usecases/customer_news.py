"""Customers that are other ones now, or nobody: records follow a merge (CUS-45), and forget who was erased (CUS-26)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from crm_common.changes import Change
from crm_common.journal import sealing
from crm_common.journal.sealing import ERASED
from crm_common.protocol.customer.customers import CustomerTurned
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.customer.merging import CustomerMerged, CustomerUnmerged
from crm_common.protocol.finance import contracts_events, receivables_events
from crm_common.protocol.finance.invoices import InvoiceMoved
from crm_common.protocol.finance.refunds import RefundMoved
from finance.domain import contract as contract_domain
from finance.domain import invoice as invoice_domain
from finance.domain import receipt as receipt_domain
from finance.domain import receivable as receivable_domain
from finance.domain import refund as refund_domain
from finance.store import contracts
from finance.store import customers as store
from finance.store.receivables import RECEIPTS, RECEIVABLES
from finance.store.settling import INVOICES, REFUNDS
from finance.usecases import contract_told as write


def follow_customer(change: Change, event: CustomerTurned) -> None:
    """What became of a customer."""
    if isinstance(event, CustomerErased):
        forget_customer(change, event)
    elif isinstance(event, CustomerMerged):
        _follow_merge(change, event)
    elif isinstance(event, CustomerUnmerged):
        _follow_unmerge(change, event)


def forget_customer(change: Change, event: CustomerErased) -> None:
    """Money stays, what people wrote of the customer goes, in the journal too; told again changes nothing."""
    ids = store.contracts_of(change.connection, event.customer_id)
    found = [contracts.get(change.connection, each) for each in ids]
    store.forget(change.connection, event.customer_id)
    sealing.forget(change.connection, [event.customer_id])
    change.record(*(_forgotten(change, each) for each in found if each is not None and each.name != ERASED))


def _forgotten(change: Change, before: contract_domain.Contract) -> contracts_events.ContractForgotten:
    after = contracts.get(change.connection, before.id)
    assert after is not None  # it is locked
    custom = {f"custom.{key}": (ERASED, None) for key in before.custom}
    told = write.event(contracts_events.ContractForgotten, before, after, custom)
    return replace(told, changes={name: (ERASED, pair[1]) for name, pair in told.changes.items()})


def _follow_merge(change: Change, event: CustomerMerged) -> None:
    connection, merged, survivor = change.connection, event.customer_id, event.survivor_id
    for record, move in _MOVES.items():
        found = store.records_of(connection, record, merged)
        store.note_moved(connection, event.merge_id, merged, record, found)
        for each in found:
            move(change, each, survivor)
    store.move_silent(connection, event.merge_id, merged_id=merged, survivor_id=survivor)


def _follow_unmerge(change: Change, event: CustomerUnmerged) -> None:
    connection, survivor = change.connection, event.survivor_id
    for record, move in _MOVES.items():
        for each in store.moved_by(connection, record, event.merge_id, survivor):
            move(change, each, event.customer_id)
    store.return_silent(connection, event.merge_id, survivor)
    store.drop_moves(connection, event.merge_id)


def _contract(change: Change, record_id: UUID, customer_id: UUID) -> None:
    before = contracts.get(change.connection, record_id)
    if before is None:
        contracts.move_deleted(change.connection, record_id, customer_id)
        return
    write.save(change, before, replace(before, customer_id=customer_id), contracts_events.ContractMoved)


def _receivable(change: Change, record_id: UUID, customer_id: UUID) -> None:
    before = RECEIVABLES.locked(change.connection, record_id)
    assert before is not None  # money is never deleted
    after = replace(before, customer_id=customer_id, version=before.version + 1)
    RECEIVABLES.save(change.connection, after, change.now)
    told = receivable_domain.told(before, after)
    change.record(receivables_events.ReceivableMoved(**told, from_customer_id=before.customer_id))


def _receipt(change: Change, record_id: UUID, customer_id: UUID) -> None:
    before = RECEIPTS.locked(change.connection, record_id)
    assert before is not None
    pays = None if before.receivable_id is None else RECEIVABLES.locked(change.connection, before.receivable_id)
    after = replace(before, customer_id=customer_id, version=before.version + 1)
    RECEIPTS.save(change.connection, after, change.now)
    change.record(receivables_events.ReceiptMoved(**receipt_domain.told(before, after, pays)))


def _invoice(change: Change, record_id: UUID, customer_id: UUID) -> None:
    before = INVOICES.locked(change.connection, record_id)
    assert before is not None
    after = replace(before, customer_id=customer_id, version=before.version + 1)
    INVOICES.save(change.connection, after, change.now)
    change.record(InvoiceMoved(**invoice_domain.told(before, after)))


def _refund(change: Change, record_id: UUID, customer_id: UUID) -> None:
    before = REFUNDS.locked(change.connection, record_id)
    assert before is not None
    after = replace(before, customer_id=customer_id, version=before.version + 1)
    REFUNDS.save(change.connection, after, change.now)
    change.record(RefundMoved(**refund_domain.told(before, after)))


# receivables before receipts: whoever changes a receipt holds its receivable first
_MOVES: dict[str, Callable[[Change, UUID, UUID], None]] = {
    store.CONTRACT: _contract,
    store.RECEIVABLE: _receivable,
    store.RECEIPT: _receipt,
    store.INVOICE: _invoice,
    store.REFUND: _refund,
}
