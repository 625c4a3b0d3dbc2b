"""Receipts as they count for somebody: confirmed and not reversed, heard in whatever order."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm_common.protocol.finance.receivables_events import ReceiptEvent

_NOTE = """
INSERT INTO counted_receipt AS r (id, employee_id, day, amount, currency, confirmed, reversed)
VALUES (%(id)s, %(employee)s, %(day)s, %(amount)s, %(currency)s, %(confirmed)s, %(reversed)s)
ON CONFLICT (id) DO UPDATE SET confirmed = r.confirmed OR EXCLUDED.confirmed, reversed = r.reversed OR EXCLUDED.reversed
"""
_BEFORE = "SELECT confirmed AND NOT reversed FROM counted_receipt WHERE id = %s FOR UPDATE"
_AFTER = """
SELECT confirmed AND NOT reversed AS counts, employee_id, day, currency, amount FROM counted_receipt WHERE id = %s
"""


def note(connection: sa.Connection, event: ReceiptEvent, *, confirmed: bool = False, reversed_: bool = False) -> Any:
    """Note that a receipt was confirmed or reversed; its row if it counts now and did not before, or the other way."""
    values = {"id": event.receipt_id, "employee": event.owner_id, "day": event.received_on, "amount": event.amount}
    counted = bool(connection.exec_driver_sql(_BEFORE, (event.receipt_id,)).scalar())
    noted = {"currency": event.currency, "confirmed": confirmed, "reversed": reversed_}
    connection.exec_driver_sql(_NOTE, values | noted)
    row = connection.exec_driver_sql(_AFTER, (event.receipt_id,)).one()
    return None if row.counts is counted else row
