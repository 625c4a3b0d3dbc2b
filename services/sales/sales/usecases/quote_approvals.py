"""What becomes of the approval of a quote's prices, as office tells it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalEvent,
    ApprovalRejected,
    ApprovalStarted,
    ApprovalTurned,
    ApprovalWithdrawn,
)
from crm_common.protocol.sales.quotes import APPROVAL_KIND, QuoteApproval, RequestQuoteApproval
from crm_common.protocol.sales.quotes_events import QuoteApprovalDecided
from crm_common.store import Store
from sales.domain import quote as domain
from sales.domain.quote import Quote
from sales.store import quotes

RECORD = "quote"
_CUSTOMER = "SELECT name FROM customer_ref WHERE id = %s"


_ENDS: dict[type[ApprovalTurned], QuoteApproval] = {
    ApprovalApproved: QuoteApproval.APPROVED,
    ApprovalRejected: QuoteApproval.REJECTED,
    ApprovalWithdrawn: QuoteApproval.NEEDED,
}


def follow(change: Change, event: ApprovalTurned) -> None:
    """What became of an approval; sent back, it still waits for its initiator."""
    if isinstance(event, ApprovalStarted):
        note_approval(change, event)
    elif type(event) in _ENDS:
        conclude(change, event, _ENDS[type(event)])


def note_approval(change: Change, event: ApprovalStarted) -> None:
    """By which approval the quote waits. Its version stays: nobody changed it."""
    found = _waiting(change, event)
    if found is not None and found.approval_id is None:
        after = domain.approval_noted(found, event.approval_id)
        quotes.save(change.connection, found, after, change.now, change.new_id)


def conclude(change: Change, event: ApprovalEvent, approval: QuoteApproval) -> None:
    """The prices are approved, refused, or again in need of an approval."""
    before = _waiting(change, event)
    if before is None:
        return
    after = domain.changed(before, approval=approval, approval_id=event.approval_id)
    quotes.save(change.connection, before, after, change.now, change.new_id)
    change.record(domain.told(QuoteApprovalDecided, before, after))


def _waiting(change: Change, event: ApprovalEvent) -> Quote | None:
    """The quote that waits for this approval; office lets a record wait for one at a time."""
    record: UUID | None = event.record_id
    if event.kind != APPROVAL_KIND or event.record_type != RECORD or record is None:
        return None
    found = quotes.locked(change.connection, record)
    if found is None or found.approval is not QuoteApproval.PENDING:
        return None
    return found if found.approval_id in (None, event.approval_id) else None


def form(store: Store, command: RequestQuoteApproval) -> dict[str, Any] | None:
    """What office is asked; None where the quote waits no longer, or office has answered already."""
    with store.transaction() as connection:
        found = quotes.seen(connection, command.id)
    if found is None or found.approval is not QuoteApproval.PENDING or found.approval_id is not None:
        return None
    [(customer,)] = store.rows(_CUSTOMER, (found.customer_id,)) or [("",)]
    lines = "\n".join(
        f"{each.name} {each.quantity.normalize():f}{each.unit} × {each.price} × {1 - each.discount} = {each.amount}"
        for each in found.lines
        if each.below_floor
    )
    return {
        "record_type": RECORD,
        "record_id": str(found.id),
        "initiator_id": str(found.owner_id),
        "title": f"{found.number} 低于底价",
        "form": {
            "quote": found.number,
            "customer": customer or found.number,
            "amount": str(found.amount),
            "lines": lines,
            "reason": command.reason,
        },
        "idempotency_key": f"quote:{found.id}:{found.version}",
    }
