"""What other services sold to a customer or said to it: on its timeline, and a new beginning of its days (CUS-15)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.customer.timeline import SalesRecordMade
from customer.store import held, sales_records
from customer.usecases import clock

_GONE = frozenset({Holding.MERGED, Holding.ERASED})


def note(change: Change, event: SalesRecordMade) -> None:
    """A sales record, whoever made it. One of a customer that is gone is nobody's."""
    found = held.locked(change.connection, [event.customer_id])
    if not found or found[0].holding in _GONE:
        return
    sales_records.insert(change.connection, change.new_id(), event)
    # what makes a customer one who has bought is its purchases: see usecases/purchases.py
    clock.touch(change, event.customer_id, event.at, event.record, deals=False)
