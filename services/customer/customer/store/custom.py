"""Customers have fields that the company defines itself (CFD-01 … 03)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from crm_common.custom_fields.entity import Entity
from crm_common.protocol.customer.customers import CUSTOMER_FIELDS
from customer.store import saved_views
from customer.tables import customer

CUSTOM = Entity(CUSTOMER_FIELDS, customer, uses=saved_views.using)


def values(connection: sa.Connection, customer_id: UUID) -> dict[str, Any]:
    """The custom values of a customer, as its row keeps them."""
    found: dict[str, Any] = connection.exec_driver_sql(
        "SELECT custom FROM customer WHERE id = %s", (customer_id,)
    ).scalar_one()
    return found


def save(connection: sa.Connection, customer_id: UUID, stored: dict[str, Any]) -> None:
    """Write the custom values of a customer; its version is counted by whoever changes it."""
    connection.exec_driver_sql("UPDATE customer SET custom = %s WHERE id = %s", (Jsonb(stored), customer_id))


def forget(connection: sa.Connection, ids: Iterable[UUID]) -> None:
    """Take erased customers out of the index of custom values."""
    connection.exec_driver_sql("DELETE FROM custom_value WHERE entity_id = ANY(%s::uuid[])", (list(ids),))
