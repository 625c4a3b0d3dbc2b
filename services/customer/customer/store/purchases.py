"""Purchases as rows: a line of an order each, once; what comes back is taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.service import Stage
from customer.domain.purchases import Purchase

_COLUMNS = (
    "id", "customer_id", "order_id", "system", "external_id", "line", "product_id", "product_name", "quantity", "unit",
    "amount", "currency", "bought_at",
)  # fmt: skip
_INSERT = f"""
INSERT INTO purchase ({", ".join(_COLUMNS)}) VALUES ({", ".join(f"%({name})s" for name in _COLUMNS)})
ON CONFLICT DO NOTHING RETURNING id
"""
_SURVIVOR = "SELECT merge_survivor(%s)"
_OF_ORDER = f"SELECT {', '.join(_COLUMNS)} FROM purchase WHERE order_id = %s ORDER BY line FOR UPDATE"
_CHANGE = "UPDATE purchase SET quantity = %s, amount = %s WHERE id = %s"
_DEAL = "UPDATE customer SET dealt_at = coalesce(dealt_at, %s) WHERE id = %s"
_NOT_DEALT = """
UPDATE customer c SET dealt_at = NULL
WHERE c.id = %s AND NOT EXISTS (SELECT FROM purchase p WHERE p.customer_id = c.id AND p.order_id IS NOT NULL)
RETURNING c.id
"""
_LAST_STEP = "SELECT before, after FROM stage_change WHERE customer_id = %s ORDER BY changed_at DESC, id DESC LIMIT 1"
_APPROVED = """
INSERT INTO bought_order AS b (order_id, approvals) VALUES (%s, 1)
ON CONFLICT (order_id) DO UPDATE SET approvals = b.approvals + 1 RETURNING approvals > undone
"""
_UNDONE = """
INSERT INTO bought_order AS b (order_id, undone) VALUES (%s, 1)
ON CONFLICT (order_id) DO UPDATE SET undone = b.undone + 1 RETURNING approvals > undone
"""
_OF_EXTERNAL = "SELECT customer_id FROM purchase WHERE system = %s AND external_id = %s LIMIT 1"


def approved(connection: sa.Connection, order_id: UUID) -> bool:
    """An order was approved (once more): whether it holds, or that was undone already. Locks the order."""
    return bool(connection.exec_driver_sql(_APPROVED, (order_id,)).scalar_one())


def undone(connection: sa.Connection, order_id: UUID) -> bool:
    """An approval was undone: whether the order holds all the same, as it was approved anew. Locks the order."""
    return bool(connection.exec_driver_sql(_UNDONE, (order_id,)).scalar_one())


def is_known(connection: sa.Connection, order_id: UUID) -> bool:
    """Whether the order's approval was heard; locks the order."""
    text = "SELECT approvals > 0 FROM bought_order WHERE order_id = %s FOR UPDATE"
    return bool(connection.exec_driver_sql(text, (order_id,)).scalar())


def survivor(connection: sa.Connection, customer_id: UUID) -> UUID:
    """The customer, or the one into which it was merged."""
    found = connection.exec_driver_sql(_SURVIVOR, (customer_id,)).scalar()
    return customer_id if found is None else UUID(str(found))


def insert(connection: sa.Connection, rows: Sequence[Purchase]) -> list[Purchase]:
    """Add rows; those that were not there."""
    return [each for each in rows if connection.exec_driver_sql(_INSERT, asdict(each)).scalar() is not None]


def of_order(connection: sa.Connection, order_id: UUID) -> list[Purchase]:
    """What an order left, locked."""
    return [Purchase(**row._asdict()) for row in connection.exec_driver_sql(_OF_ORDER, (order_id,))]


def customer_of(connection: sa.Connection, system: str, external_id: str) -> UUID | None:
    """Whose order of another system it is."""
    found: UUID | None = connection.exec_driver_sql(_OF_EXTERNAL, (system, external_id)).scalar()
    return found


def delete(connection: sa.Connection, rows: Sequence[Purchase]) -> None:
    """Remove rows."""
    connection.exec_driver_sql("DELETE FROM purchase WHERE id = ANY (%s)", ([each.id for each in rows],))


def change(connection: sa.Connection, row: Purchase) -> None:
    """Keep what is left of a row."""
    connection.exec_driver_sql(_CHANGE, (row.quantity, row.amount, row.id))


def deal(connection: sa.Connection, customer_id: UUID, at: datetime) -> None:
    """The customer has bought, since then at the latest."""
    connection.exec_driver_sql(_DEAL, (at, customer_id))


def undeal(connection: sa.Connection, customer_id: UUID) -> bool:
    """The customer has bought nothing after all, unless another order of his holds; whether that is so."""
    return connection.exec_driver_sql(_NOT_DEALT, (customer_id,)).scalar() is not None


def stage_before_the_deal(connection: sa.Connection, customer_id: UUID) -> Stage | None:
    """Where the customer stood before his last step, if that made him DEALT."""
    row: Any = connection.exec_driver_sql(_LAST_STEP, (customer_id,)).first()
    return Stage(row.before) if row is not None and row.after == Stage.DEALT.value else None
