"""What customers may owe, as the customer service told last, beside what they do owe."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written

_SAVE = written("""
INSERT INTO credit_line (customer_id, credit_limit, currency, valid_until)
VALUES (%(customer)s::uuid, %(credit_limit)s::numeric, %(currency)s::text, %(until)s::timestamptz)
ON CONFLICT (customer_id) DO UPDATE SET credit_limit = excluded.credit_limit, currency = excluded.currency,
    valid_until = excluded.valid_until
""")
_USE = written("""
SELECT l.credit_limit, l.currency, (
    SELECT coalesce(sum(r.amount - r.received + r.refunded), 0.00) FROM receivable r
    WHERE r.customer_id = l.customer_id AND r.currency = l.currency AND r.state IN ('OPEN', 'PARTIAL', 'OVERDUE')
) AS open_amount
FROM credit_line l WHERE l.customer_id = %(customer)s::uuid AND l.valid_until > %(now)s::timestamptz
""")


def save(connection: sa.Connection, customer_id: UUID, limit: Decimal, currency: str, until: datetime) -> None:
    """This is the limit now."""
    _SAVE.run(connection, customer=customer_id, credit_limit=limit, currency=currency, until=until)


def use(connection: sa.Connection, customer_id: UUID, now: datetime) -> Any:
    """``(credit_limit, currency, open_amount)`` of a customer with a limit that holds; else None."""
    return _USE.first(connection, customer=customer_id, now=now)
