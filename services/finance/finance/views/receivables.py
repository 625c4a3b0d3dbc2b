"""Receivables, receipts, plans and closed months as they are shown, and the sums of them."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.periods import ClosedPeriodView
from crm_common.protocol.finance.receipt_plans import ReceiptPlanView
from crm_common.protocol.finance.receipts import ReceiptView
from crm_common.protocol.finance.receivables import ReceivableView
from crm_common.reading import Where, bind, by_owner, many, one
from finance.tables.receivables import closed_period, receipt, receipt_plan, receivable
from finance.views.through_receivable import ThroughReceivable

_OWNER = "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id"
_CUSTOMER = "SELECT c.name FROM customer_ref c WHERE c.id = {t}.customer_id"
_UNPAID = "{t}.state IN ('OPEN', 'PARTIAL', 'OVERDUE')"
OPEN_AMOUNT = f"CASE WHEN {_UNPAID} THEN {{t}}.amount - {{t}}.received + {{t}}.refunded ELSE 0.00 END"
_OF = "SELECT r.{column} FROM receivable r WHERE r.id = {{t}}.receivable_id"
_PAID = (
    "SELECT r.state = 'SETTLED' OR r.received - r.refunded >= {t}.planned_before + {t}.amount"
    " FROM receivable r WHERE r.id = {t}.receivable_id"
)
_SCOPE = by_owner("receivable", owner=receivable.c.owner_id, people=employee_ref)

RECEIVABLES = bind(
    ReceivableView,
    receivable,
    fields={
        "owner_name": _OWNER,
        "customer_name": _CUSTOMER,
        "open_amount": OPEN_AMOUNT,
        "is_write_off_asked": "{t}.write_off_asked_by IS NOT NULL",
    },
    children={
        "receipts": many(receipt.c.receivable_id, order=[receipt.c.received_on.desc()]),
        "plan": many(receipt_plan.c.receivable_id, order=[receipt_plan.c.number], part=True),
    },
    scope=_SCOPE,
    default_order=[receivable.c.due_on],
)
RECEIPTS = bind(
    ReceiptView,
    receipt,
    fields={
        "owner_name": _OWNER,
        "customer_name": _CUSTOMER,
        "is_voucher_repeated": "{t}.voucher_sha256 IS NOT NULL AND EXISTS (SELECT FROM receipt o"
        " WHERE o.voucher_sha256 = {t}.voucher_sha256 AND o.id <> {t}.id)",
    },
    children={"receivable": one(receipt.c.receivable_id)},
    scope=by_owner("receipt", owner=receipt.c.owner_id, people=employee_ref),
    default_order=[receipt.c.received_on.desc()],
)
PLANS = bind(
    ReceiptPlanView,
    receipt_plan,
    fields={name: _OF.format(column=name) for name in ("order_id", "customer_id", "owner_id", "currency")}
    | {
        "customer_name": "SELECT c.name FROM receivable r JOIN customer_ref c ON c.id = r.customer_id"
        " WHERE r.id = {t}.receivable_id",
        "is_paid": _PAID,
    },
    scope=ThroughReceivable(by_owner("receipt", owner=receivable.c.owner_id, people=employee_ref)),
    default_order=[receipt_plan.c.due_on],
)
PERIODS = bind(
    ClosedPeriodView,
    closed_period,
    fields={"closed_by_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.closed_by"},
    default_order=[closed_period.c.month.desc()],
)
UPCOMING = Where(
    "{t}.due_on <= ({now}::timestamptz)::date + 7 AND EXISTS (SELECT FROM receivable r"
    " WHERE r.id = {t}.receivable_id AND r.state IN ('OPEN', 'PARTIAL', 'OVERDUE')"
    " AND r.received - r.refunded < {t}.planned_before + {t}.amount)"
)
"""Instalments that are not paid and due within a week, or were before."""
