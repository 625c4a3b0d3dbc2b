"""What customers said about being addressed, as rows that are only added; the latest of a way counts (CUS-53)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.service import Channel, Holding
from crm_common.store import Store
from customer.store import touches

LATEST = """(SELECT s.agreed FROM consent s WHERE s.customer_id = {c}.id AND s.channel = {channel}
    ORDER BY s.said_at DESC, s.id DESC LIMIT 1)"""
"""What the customer ``{c}`` said last about a way: yes, no, or nothing (null)."""
_OF = f"SELECT {LATEST.format(c='c', channel='%(channel)s')} FROM customer c WHERE c.id = %(id)s"
_INSERT = """
INSERT INTO consent (id, customer_id, channel, agreed, source, said_at, noted_by)
VALUES (%(id)s, %(customer_id)s, %(channel)s, %(agreed)s, %(source)s, %(said_at)s, %(noted_by)s)
"""
_STANDING = f"""
SELECT a.id, c.holding, {LATEST.format(c="c", channel="%(channel)s")} AS agreed,
    {touches.MARKETING.format(c="c", since="%(since)s")} AS messages
FROM unnest(%(ids)s::uuid[]) AS a (id) JOIN customer c ON c.id = merge_survivor(a.id)
"""


def of(connection: sa.Connection, customer_id: UUID, channel: Channel) -> bool | None:
    """What a customer said last about a way."""
    found: bool | None = connection.exec_driver_sql(
        _OF, {"id": customer_id, "channel": channel.value}
    ).scalar_one_or_none()
    return found


def insert(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Add what a customer said."""
    connection.exec_driver_sql(_INSERT, values)


@dataclass(frozen=True, slots=True)
class Standing:
    """In whose hands a customer is, its last word about a way, and the marketing messages it got lately."""

    holding: Holding
    agreed: bool | None
    messages: int


def standing(store: Store, ids: Sequence[UUID], channel: Channel, since: datetime) -> dict[UUID, Standing]:
    """How each of the customers stands (a merged one: its survivor), its messages counted since a moment."""
    rows = store.rows(_STANDING, {"ids": list(ids), "channel": channel.value, "since": since})
    return {row[0]: Standing(Holding(row[1]), row[2], row[3]) for row in rows}
