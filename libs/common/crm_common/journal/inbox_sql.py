"""The inbox's statements: the first waiting event of a subject is worked, unless a parked one holds it."""

from __future__ import annotations

from typing import Any

from crm_common.journal.envelopes import COLUMNS
from crm_common.protocol.declare import Envelope

LISTED = (
    "id", "consumer", "event_id", "type", "source", "subject", "seq", "occurred_at", "attempts", "problem", "stored_at",
)  # fmt: skip
"""What is told of a message in a list."""

_STORED = f"consumer, source, {COLUMNS}"
# One JSON text for any number of messages: one statement, prepared once. Sorted, so that two of them cannot deadlock.
_INSERT = f"""
INSERT INTO inbox AS known ({_STORED})
SELECT {_STORED} FROM json_to_recordset(%s::json) AS message (
    consumer text, source text, event_id uuid, type text, subject text, seq bigint, occurred_at timestamptz, data json,
    data_version integer, actor text, correlation_id text, causation_id text, traceparent text
) ORDER BY consumer, event_id
ON CONFLICT (consumer, event_id) DO
"""
STORE = f"{_INSERT} NOTHING RETURNING consumer, source, subject"
STORE_AGAIN = f"""{_INSERT} UPDATE SET state = 'waiting', attempts = 0, next_try = '-infinity', data = EXCLUDED.data,
    problem = NULL, done_at = NULL RETURNING consumer, source, subject"""


def stored_message(consumer: str, event: Envelope) -> dict[str, Any]:
    """A message as `STORE` and `STORE_AGAIN` read it."""
    return {
        "consumer": consumer,
        "source": event.source,
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "seq": event.seq,
        "occurred_at": event.time,
        "data": event.data,
        "data_version": event.data_version,
        "actor": event.actor,
        "correlation_id": event.correlation_id,
        "causation_id": event.causation_id,
        "traceparent": event.traceparent,
    }


_NOT_HELD = """NOT EXISTS (
    SELECT FROM inbox held WHERE held.state = 'parked' AND held.consumer = i.consumer AND held.source = i.source
        AND held.subject = i.subject AND (held.seq, held.id) < (i.seq, i.id)
)"""
_MORE = """EXISTS (
    SELECT FROM inbox later WHERE later.state = 'waiting' AND later.consumer = i.consumer AND later.source = i.source
        AND later.subject = i.subject AND (later.seq, later.id) > (i.seq, i.id)
)"""
_MESSAGE = f"i.id, i.consumer, i.source, i.attempts, {_MORE}, {', '.join('i.' + name for name in COLUMNS.split(', '))}"

# Whoever holds the lock of the first waiting row works the subject: to everybody else that row is first, and locked.
LOCK_HEADS = f"""
SELECT {_MESSAGE}
FROM unnest(%s::text[], %s::text[], %s::text[]) AS hint (consumer, source, subject)
CROSS JOIN LATERAL (
    SELECT id FROM inbox
    WHERE state = 'waiting' AND consumer = hint.consumer AND source = hint.source AND subject = hint.subject
    ORDER BY seq, id LIMIT 1
) AS head
JOIN inbox i ON i.id = head.id
WHERE i.state = 'waiting' AND i.next_try <= %s AND {_NOT_HELD}
FOR UPDATE OF i SKIP LOCKED
"""
LOCK_ONE = f"""
SELECT {_MESSAGE} FROM inbox i WHERE i.id = %s AND i.state = 'waiting' AND i.next_try <= %s FOR UPDATE SKIP LOCKED
"""

DONE = "UPDATE inbox SET state = 'done', done_at = %s, data = NULL, problem = NULL WHERE id = ANY(%s)"
FAILED = """
UPDATE inbox SET attempts = attempts + 1, state = CASE WHEN %s::timestamptz IS NULL THEN 'parked' ELSE 'waiting' END,
    next_try = coalesce(%s::timestamptz, next_try), problem = %s
WHERE id = %s AND state = 'waiting' AND attempts = %s RETURNING id
"""

# One look at the index for each subject, however many events it has; (source, subject, whether its first one is due).
HEADS = f"""
WITH RECURSIVE heads AS (
    (SELECT id, consumer, source, subject, seq, next_try, 1 AS place FROM inbox
        WHERE state = 'waiting' AND consumer = %s AND (source, subject) > (%s, %s)
        ORDER BY source, subject, seq, id LIMIT 1)
    UNION ALL
    SELECT following.*, heads.place + 1 FROM heads CROSS JOIN LATERAL (
        SELECT id, consumer, source, subject, seq, next_try FROM inbox
        WHERE state = 'waiting' AND consumer = %s AND (source, subject) > (heads.source, heads.subject)
        ORDER BY source, subject, seq, id LIMIT 1
    ) AS following WHERE heads.place < %s
)
SELECT source, subject, next_try <= %s AND {_NOT_HELD} FROM heads i
"""

_LISTED = ", ".join(LISTED).replace("id,", "id::text AS id,", 1)
PARKED = f"SELECT {_LISTED} FROM inbox WHERE state = 'parked' ORDER BY inbox.id LIMIT %s"
SHOW = f"SELECT {_LISTED}, state, data FROM inbox WHERE id = %s"
NOBODYS = "SELECT consumer, count(*) FROM inbox WHERE state = 'waiting' AND consumer <> ALL(%s) GROUP BY consumer"
REDRIVE = """
UPDATE inbox SET state = 'waiting', attempts = 0, next_try = '-infinity'
WHERE state = 'parked' AND (%s OR id = ANY(%s::bigint[])) RETURNING consumer, source, subject
"""
BACKLOG = """
SELECT (SELECT count(*) FROM (SELECT FROM inbox WHERE state = 'waiting' LIMIT 100000) AS waiting),
    (SELECT count(*) FROM (SELECT FROM inbox WHERE state = 'parked' LIMIT 100000) AS parked)
"""
PRUNE = """
DELETE FROM inbox WHERE id IN (
    SELECT id FROM inbox WHERE state = 'done' AND done_at < %s ORDER BY done_at LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING 1
"""
