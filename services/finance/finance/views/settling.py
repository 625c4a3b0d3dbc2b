"""Invoices and refunds as they are shown."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.invoices import InvoiceView
from crm_common.protocol.finance.receipts import SEE_RECEIPTS
from crm_common.protocol.finance.refunds import RefundView
from crm_common.reading import bind, by_owner
from finance.tables.settling import invoice, refund
from finance.views.own import OrByPaying

_CUSTOMER = "SELECT k.name FROM customer_ref k WHERE k.id = {t}.customer_id"

INVOICES = bind(
    InvoiceView,
    invoice,
    fields={"customer_name": _CUSTOMER},
    scope=by_owner("invoice", owner=invoice.c.owner_id, people=employee_ref),
    default_order=[invoice.c.created_at.desc()],
)
REFUNDS = bind(
    RefundView,
    refund,
    fields={"customer_name": _CUSTOMER},
    scope=OrByPaying(
        SEE_RECEIPTS,
        by_owner("receipt", owner=refund.c.owner_id, people=employee_ref),
        by_owner("payment", owner=refund.c.owner_id, people=employee_ref),
    ),
    default_order=[refund.c.created_at.desc()],
)
SETTLING = (INVOICES, REFUNDS)
