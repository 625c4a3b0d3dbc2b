"""An erased customer is forgotten in what was written of it; amounts, states and days stay (CUS-26, AUD-03)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.journal import sealing
from crm_common.journal.sealing import ERASED
from crm_common.protocol.customer.holding import CustomerErased

_FORGET = """
WITH named AS (
    UPDATE opportunity SET name = %(erased)s, loss_note = NULL WHERE customer_id = %(customer)s RETURNING id
), said AS (
    UPDATE opportunity_follow_up SET content = %(erased)s WHERE opportunity_id IN (
        SELECT id FROM opportunity WHERE customer_id = %(customer)s)
), planned AS (
    UPDATE opportunity_step SET what = %(erased)s WHERE opportunity_id IN (
        SELECT id FROM opportunity WHERE customer_id = %(customer)s)
)
UPDATE sales_order SET remark = NULL, delivery_note = NULL WHERE customer_id = %(customer)s
"""


def forget_customer(change: Change, event: CustomerErased) -> None:
    """What opportunities and orders say of it in somebody's own words, in the history too."""
    change.connection.exec_driver_sql(_FORGET, {"customer": event.customer_id, "erased": ERASED})
    sealing.forget(change.connection, [event.customer_id])
