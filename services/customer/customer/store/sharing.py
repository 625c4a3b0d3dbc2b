"""With whom owners share their customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.sharing import ShareRight

# A share of an earlier time in the owner's hands is over: the row is taken for the new one.
_SAVE = """
INSERT INTO customer_share AS s (id, customer_id, employee_id, owned_since, "right", sees_phone, shared_at)
VALUES (%(id)s, %(customer)s, %(employee)s, %(owned_since)s, %(right)s, %(sees_phone)s, %(now)s)
ON CONFLICT (customer_id, employee_id) DO UPDATE SET
    shared_at = CASE WHEN s.owned_since = EXCLUDED.owned_since THEN s.shared_at ELSE EXCLUDED.shared_at END,
    owned_since = EXCLUDED.owned_since, "right" = EXCLUDED."right", sees_phone = EXCLUDED.sees_phone
"""
_OF = """
SELECT s."right", s.sees_phone FROM customer_share s JOIN customer c ON c.id = s.customer_id
WHERE s.customer_id = %s AND s.employee_id = %s AND s.owned_since = c.owned_since
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a collaborator may."""

    right: ShareRight
    sees_phone: bool


def of(connection: sa.Connection, customer_id: UUID, employee_id: UUID) -> Share | None:
    """What the owner of now lets this colleague do."""
    row = connection.exec_driver_sql(_OF, (customer_id, employee_id)).one_or_none()
    return None if row is None else Share(right=ShareRight(row.right), sees_phone=row.sees_phone)


def save(
    connection: sa.Connection,
    share_id: UUID,
    customer_id: UUID,
    employee_id: UUID,
    share: Share,
    *,
    owned_since: datetime,
    now: datetime,
) -> None:
    """Share, or change what is shared."""
    values = {
        "id": share_id,
        "customer": customer_id,
        "employee": employee_id,
        "owned_since": owned_since,
        "right": share.right,
        "sees_phone": share.sees_phone,
        "now": now,
    }
    connection.exec_driver_sql(_SAVE, values)


def delete(connection: sa.Connection, customer_id: UUID, employee_id: UUID) -> None:
    """Share no longer."""
    connection.exec_driver_sql(
        "DELETE FROM customer_share WHERE customer_id = %s AND employee_id = %s", (customer_id, employee_id)
    )
