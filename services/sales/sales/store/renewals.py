"""Ends of bought services, and rules of recommendations, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

BOUGHT_AGAIN = """EXISTS (SELECT FROM bought_line n WHERE n.customer_id = {t}.customer_id
    AND n.product_id = {t}.product_id AND n.ends_on > {t}.ends_on)"""
"""Whether the service was bought for the time after its end, too."""
_ENDING = f"""
UPDATE bought_line b SET told_ends_on = b.ends_on
FROM bought_line o LEFT JOIN customer_ref c ON c.id = o.customer_id
WHERE o.id = b.id AND b.ends_on BETWEEN %(today)s AND %(until)s AND b.told_ends_on IS DISTINCT FROM b.ends_on
    AND NOT {BOUGHT_AGAIN.format(t="b")}
RETURNING b.id AS bought_line_id, b.order_id, b.customer_id, c.name AS customer_name, b.employee_id, b.product_id,
    b.product_name, b.ends_on
"""
_RULE = "SELECT id, product_id, recommended_id FROM cross_selling_rule WHERE id = %s FOR UPDATE"
_INSERT = """
INSERT INTO cross_selling_rule (id, product_id, recommended_id, note, created_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""


def ending(connection: sa.Connection, today: date, until: date) -> Sequence[Any]:
    """Services that end until then and are not renewed, of which nobody was told: told from now on."""
    return connection.exec_driver_sql(_ENDING, {"today": today, "until": until}).mappings().all()


def known_products(connection: sa.Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these are in the catalogue."""
    return set(connection.exec_driver_sql("SELECT id FROM product WHERE id = ANY (%s)", (list(ids),)).scalars())


def insert_rule(connection: sa.Connection, values: Sequence[Any], now: datetime) -> bool:
    """Keep a rule (id, product, recommended, note); whether it is new."""
    return connection.exec_driver_sql(_INSERT, (*values, now)).scalar() is not None


def rule(connection: sa.Connection, rule_id: UUID) -> Any:
    """The rule, locked; None where there is none."""
    return connection.exec_driver_sql(_RULE, (rule_id,)).one_or_none()


def delete_rule(connection: sa.Connection, rule_id: UUID) -> None:
    """Remove a rule."""
    connection.exec_driver_sql("DELETE FROM cross_selling_rule WHERE id = %s", (rule_id,))
