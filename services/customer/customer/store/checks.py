"""How often somebody asked for duplicates within the last hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('duplicate_check/' || %s::text, 0))"
_COUNTED = """
WITH forgotten AS (
    DELETE FROM duplicate_check WHERE employee_id = %(who)s AND minute <= %(since)s
), past AS (
    SELECT coalesce(sum(checks), 0) AS checks FROM duplicate_check WHERE employee_id = %(who)s AND minute > %(since)s
), counted AS (
    INSERT INTO duplicate_check AS known (employee_id, minute, checks)
    SELECT %(who)s, date_trunc('minute', %(now)s), 1 FROM past WHERE checks < %(limit)s
    ON CONFLICT (employee_id, minute) DO UPDATE SET checks = known.checks + 1
    RETURNING 1
)
SELECT EXISTS (SELECT FROM counted)
"""


def count(connection: sa.Connection, who: UUID, now: datetime, limit: int) -> bool:
    """Count one more check; False, and not counted, when ``limit`` were made within the hour before."""
    connection.exec_driver_sql(_ONE_AT_A_TIME, (who,))
    values = {"who": who, "now": now, "since": now - timedelta(hours=1), "limit": limit}
    return bool(connection.exec_driver_sql(_COUNTED, values).scalar_one())
