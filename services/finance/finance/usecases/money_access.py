"""Which receivables and receipts the caller may act on: asked under their locks."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from finance.domain.receipt import Receipt
from finance.domain.receivable import Receivable
from finance.store import reach
from finance.store.receivables import RECEIVABLES, of_order, receipt_with_receivable


def receivable(change: Change, receivable_id: UUID, section: str = "receivable", *, field: str = "id") -> Receivable:
    """The receivable, locked; NOT_FOUND outside of the caller's data scope of the section."""
    return _seen(change, RECEIVABLES.locked(change.connection, receivable_id), section, field)


def receivable_of_order(change: Change, order_id: UUID, section: str, *, field: str) -> Receivable:
    """The receivable of an order, locked; NOT_FOUND outside of the caller's data scope of the section."""
    return _seen(change, of_order(change.connection, order_id), section, field)


def receipt(change: Change, receipt_id: UUID) -> tuple[Receipt, Receivable | None]:
    """The receipt and what it pays, locked; NOT_FOUND outside of the caller's data scope of receipts."""
    found, pays = receipt_with_receivable(change.connection, receipt_id)
    actor = change.context.authenticated()
    if found is None or not reach.in_reach(change.connection, actor, "receipt", found.owner_id):
        raise CommonRules.the_record_was_not_found(field="id")
    return found, pays


def _seen(change: Change, found: Receivable | None, section: str, field: str) -> Receivable:
    actor = change.context.authenticated()
    if found is None or not reach.in_reach(change.connection, actor, section, found.owner_id):
        raise CommonRules.the_record_was_not_found(field=field)
    return found
