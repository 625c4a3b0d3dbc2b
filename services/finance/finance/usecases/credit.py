"""Credit use (FIN-20): whether a new receivable takes a customer beyond its limit. It warns, it refuses nothing."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.credit import CreditEvaluated
from crm_common.protocol.finance.receivables_events import CreditExceeded
from finance.domain.receivable import Receivable
from finance.store import credit


def note_limit(change: Change, event: CreditEvaluated) -> None:
    """What a customer may owe from now on."""
    credit.save(change.connection, event.customer_id, event.credit_limit, event.currency, event.valid_until)


def look_at_use(change: Change, new: Receivable) -> None:
    """Say that with a new receivable, which is written already, a customer owes more than its limit allows."""
    line = credit.use(change.connection, new.customer_id, change.now)
    if line is None or line.currency != new.currency or line.open_amount <= line.credit_limit:
        return
    change.record(
        CreditExceeded(
            receivable_id=new.id, customer_id=new.customer_id, owner_id=new.owner_id, currency=line.currency,
            credit_limit=line.credit_limit, open_amount=line.open_amount,
        )
    )  # fmt: skip
