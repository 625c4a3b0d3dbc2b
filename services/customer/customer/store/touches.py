"""How often customers were spoken to (CUS-49): follow-ups and sales records, and the messages that services tell of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

SPOKEN = """(SELECT count(*) FROM (
    SELECT f.created_at AS at FROM follow_up f WHERE f.customer_id = {c}.id
    UNION ALL SELECT s.happened_at FROM sales_record s WHERE s.customer_id = {c}.id
) spoken WHERE spoken.at > {since})"""
"""How often somebody spoke to the customer ``{c}`` since a moment; marketing does not count."""
MARKETING = """(SELECT count(*) FROM touch k
    WHERE k.customer_id = {c}.id AND k.purpose = 'MARKETING' AND k.at > {since})"""
"""How many marketing messages it got since a moment."""
NEGLECTED = f"""
{{c}}.holding = 'OWNED' AND {{c}}.customer_class = ANY ({{classes}}) AND {{c}}.owned_since <= {{since}}
AND {SPOKEN} < (({{least}})::jsonb ->> {{c}}.customer_class)::integer
"""
"""Whether the customer ``{c}`` was spoken to less often than ``{least}`` (JSON: class → times) asks for."""

_INSERT = """
INSERT INTO touch (id, customer_id, channel, purpose, at, reference)
VALUES (%(id)s, %(customer_id)s, %(channel)s, %(purpose)s, %(at)s, %(reference)s)
ON CONFLICT (reference) DO NOTHING RETURNING id
"""
_PLACES = {"c": "c", "classes": "%(classes)s::text[]", "since": "%(since)s::timestamptz", "least": "%(least)s::text"}
_TAKE = f"""
WITH due AS (
    SELECT c.id, c.name, c.owner_id, c.customer_class, {SPOKEN.format(**_PLACES)} AS touches
    FROM customer c LEFT JOIN contact_plan_told o ON o.customer_id = c.id
    WHERE {NEGLECTED.format(**_PLACES)} AND (o.told_at IS NULL OR o.told_at <= %(since)s)
    ORDER BY c.id LIMIT %(most)s
), told AS (
    INSERT INTO contact_plan_told AS o (customer_id, told_at) SELECT id, %(now)s FROM due
    ON CONFLICT (customer_id) DO UPDATE SET told_at = EXCLUDED.told_at WHERE o.told_at <= %(since)s
    RETURNING customer_id
)
SELECT d.id AS customer_id, d.name AS customer_name, d.owner_id, d.customer_class, d.touches
FROM due d JOIN told t ON t.customer_id = d.id ORDER BY d.id
"""


def insert(connection: sa.Connection, values: Mapping[str, Any]) -> bool:
    """Note that a message was sent; False when that is known."""
    return connection.exec_driver_sql(_INSERT, values).scalar() is not None


def plan(least: Mapping[str, int], since: datetime) -> dict[str, Any]:
    """The values of `NEGLECTED`."""
    return {"classes": list(least), "least": json.dumps(dict(least)), "since": since}


def take_neglected(
    connection: sa.Connection, least: Mapping[str, int], *, since: datetime, now: datetime, most: int
) -> list[dict[str, Any]]:
    """Up to ``most`` neglected customers that were not told since; each is given once."""
    found = connection.exec_driver_sql(_TAKE, plan(least, since) | {"now": now, "most": most})
    return [dict(row) for row in found.mappings()]
