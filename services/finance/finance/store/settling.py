"""Invoices and refunds as rows. Whoever changes one that takes of a sum holds the sum's row first."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written
from crm_common.store import Store
from finance.domain.invoice import Invoice
from finance.domain.refund import Refund
from finance.store.records import Records
from finance.tables.settling import invoice, refund

INVOICES = Records(invoice, Invoice)
REFUNDS = Records(refund, Refund)
_INVOICED = written("""
SELECT coalesce(sum(amount), 0) AS amount FROM invoice WHERE receivable_id = %(receivable)s AND state <> 'VOIDED'
""")
_NUMBERED = written("SELECT id FROM invoice WHERE number = %(number)s AND state <> 'VOIDED'")
_REFUNDED = written("""
SELECT coalesce(sum(amount) FILTER (WHERE state IN ('REQUESTED', 'APPROVED', 'PAID')), 0) AS taken,
    coalesce(sum(amount) FILTER (WHERE state = 'PAID'), 0) AS paid
FROM refund WHERE receipt_id = %(receipt)s
""")
_UNHEARD = """
SELECT id FROM refund WHERE state = 'REQUESTED' AND approval_id IS NULL AND created_at < %(before)s ORDER BY id
"""


def invoiced(connection: sa.Connection, receivable_id: UUID) -> Decimal:
    """For how much of a receivable there are invoices."""
    found: Decimal = _INVOICED.first(connection, receivable=receivable_id).amount
    return found


def is_numbered(connection: sa.Connection, number: str) -> bool:
    """Whether there is an invoice with the number."""
    return _NUMBERED.first(connection, number=number) is not None


def refunded(connection: sa.Connection, receipt_id: UUID) -> tuple[Decimal, Decimal]:
    """How much of a receipt refunds take, and how much of that was paid."""
    found = _REFUNDED.first(connection, receipt=receipt_id)
    return found.taken, found.paid


def unheard(store: Store, before: datetime) -> list[UUID]:
    """Refunds asked for before a moment whose flow has not begun."""
    return [row[0] for row in store.rows(_UNHEARD, {"before": before})]
