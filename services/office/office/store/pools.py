"""Who looks after the pools of the customer service: a copy, fed by its events."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

ANYBODY = UUID(int=0)
"""Stands for all pools without admins of their own: whoever has the role looks after them."""
_SAVE = """
INSERT INTO pool_admins (id, admin_ids) VALUES (%s, %s)
ON CONFLICT (id) DO UPDATE SET admin_ids = EXCLUDED.admin_ids
"""


_ADMINS = """
SELECT unnest(admin_ids) FROM (
    SELECT admin_ids FROM pool_admins WHERE id = ANY (ARRAY[%s, %s]::uuid[]) AND admin_ids <> '{}'
    ORDER BY id DESC LIMIT 1) one
"""


def save(connection: sa.Connection, pool_id: UUID, admin_ids: Sequence[UUID]) -> None:
    """Keep who they are now."""
    connection.exec_driver_sql(_SAVE, (pool_id, list(admin_ids)))


def admins(connection: sa.Connection, pool_id: UUID) -> list[UUID]:
    """Who they are: those named for it, else whoever looks after pools without named ones."""
    return list(connection.exec_driver_sql(_ADMINS, (pool_id, ANYBODY)).scalars())
