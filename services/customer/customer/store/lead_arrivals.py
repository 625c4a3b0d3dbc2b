"""Leads that an import meets again, and their way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from customer.domain.names import folded

_OPEN = """
SELECT id FROM lead WHERE status NOT IN ('CONVERTED', 'INVALID') AND NOT spam
    AND (phone_index = %s OR email_fold = %s) ORDER BY phone_index = %s DESC NULLS LAST LIMIT 1
"""
_UNTOUCHED = """
DELETE FROM lead l WHERE l.id = ANY(%s::uuid[]) AND l.version = 1 AND l.status = 'NEW' AND l.owner_id IS NULL
    AND NOT EXISTS (SELECT FROM lead_follow_up f WHERE f.lead_id = l.id)
RETURNING l.id, l.name, l.status
"""


def open_one(connection: sa.Connection, phone_index: bytes | None, email: str | None) -> UUID | None:
    """The open lead that has this phone (by its index), or this e-mail address."""
    given = (phone_index, folded(email) if email else None, phone_index)
    return connection.exec_driver_sql(_OPEN, given).scalar_one_or_none()


def take_back(connection: sa.Connection, lead_ids: Sequence[UUID]) -> list[Any]:
    """Remove those that nobody has touched since they came: (id, name, status) of each."""
    return list(connection.exec_driver_sql(_UNTOUCHED, (list(lead_ids),)))
