"""Closed months as rows; who closes a month waits for those who change something in it, and they for him."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import written

# 'FIN' and the month: one lock for each
_SHARE = written("SELECT pg_advisory_xact_lock_shared(4606286, replace(%(month)s::text, '-', '')::integer)")
_OWN = written("SELECT pg_advisory_xact_lock(4606286, replace(%(month)s::text, '-', '')::integer)")
_CLOSED = written("SELECT id FROM closed_period WHERE month = %(month)s::text")
_PENDING = written("""
SELECT count(*) AS waiting FROM receipt
WHERE state = 'PENDING' AND received_on >= %(first)s::date AND received_on < %(first)s::date + interval '1 month'
""")
_CLOSE = written("""
INSERT INTO closed_period (id, month, closed_by, closed_at)
VALUES (%(id)s::uuid, %(month)s::text, %(by)s::uuid, %(now)s::timestamptz)
""")
_REOPEN = written("DELETE FROM closed_period WHERE month = %(month)s::text RETURNING id")


def is_closed(connection: sa.Connection, month: str) -> bool:
    """Whether the month is closed; nobody closes it before the commit."""
    _SHARE.run(connection, month=month)
    return _CLOSED.first(connection, month=month) is not None


def lock(connection: sa.Connection, month: str) -> bool:
    """Wait until nobody changes anything in the month any more; whether it is closed."""
    _OWN.run(connection, month=month)
    return _CLOSED.first(connection, month=month) is not None


def waiting_receipts(connection: sa.Connection, month: str) -> int:
    """How many receipts of the month nobody has decided about."""
    return int(_PENDING.first(connection, first=f"{month}-01").waiting)


def close(connection: sa.Connection, period_id: UUID, month: str, by: UUID, now: datetime) -> None:
    """The month is closed."""
    _CLOSE.run(connection, id=period_id, month=month, by=by, now=now)


def reopen(connection: sa.Connection, month: str) -> UUID | None:
    """The month is open again; what it was as a closed one."""
    found = _REOPEN.first(connection, month=month)
    return None if found is None else found.id
