"""Sales records that other services told of, as rows of the timeline."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.timeline import SalesRecordMade

_INSERT = """
INSERT INTO sales_record (id, customer_id, kind, channel, title, employee_id, reference_id, happened_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def insert(connection: sa.Connection, record_id: UUID, event: SalesRecordMade) -> None:
    """Add a sales record."""
    kind = f"sales_record.{event.record.value.lower()}"
    row = (event.channel.value, event.title, event.employee_id, event.reference_id, event.at)
    connection.exec_driver_sql(_INSERT, (record_id, event.customer_id, kind, *row))
