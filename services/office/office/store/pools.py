"""Who looks after the pools of the customer service: a copy, fed by its events."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

_SAVE = """
INSERT INTO pool_admins (id, admin_ids) VALUES (%s, %s)
ON CONFLICT (id) DO UPDATE SET admin_ids = EXCLUDED.admin_ids
"""


def save(connection: sa.Connection, pool_id: UUID, admin_ids: Sequence[UUID]) -> None:
    """Keep who they are now."""
    connection.exec_driver_sql(_SAVE, (pool_id, list(admin_ids)))


def admins(connection: sa.Connection, pool_id: UUID) -> list[UUID]:
    """Who they are; nobody for a pool without named ones."""
    found = connection.exec_driver_sql("SELECT unnest(admin_ids) FROM pool_admins WHERE id = %s", (pool_id,))
    return list(found.scalars())
