"""Chained hashes over the journal (AUD-01): made in batches after the commit, so that no later change goes unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_common.journal.replay import HORIZON
from crm_common.store import Store

# Everything of a row but the time of its recording, as JSON text: no value can be mistaken for two.
_ROW = """json_build_array(txid, position, event_id, type, subject, seq, extract(epoch FROM occurred_at)::text, actor,
    actor_name, address, client, correlation_id, causation_id, traceparent, data_version, data::text)::text"""
_HASH = f"sha256(%(previous)s::bytea || convert_to(string_agg({_ROW}, E'\\n' ORDER BY txid, position), 'UTF8'))"

_EXTEND = f"""
INSERT INTO journal_chain (id, after_txid, after_position, to_txid, to_position, events, previous, hash, made_at)
SELECT %(id)s, %(txid)s, %(position)s, max(txid), (array_agg(position ORDER BY txid DESC, position DESC))[1], count(*),
    %(previous)s, {_HASH}, %(now)s
FROM (
    SELECT * FROM journal WHERE (txid, position) > (%(txid)s, %(position)s) AND txid < {HORIZON}
    ORDER BY txid, position LIMIT %(limit)s
) AS batch HAVING count(*) > 0
RETURNING events, translate(encode(hash, 'hex'), '0123456789', 'ghijklmnop')
"""
_LAST = "SELECT id, to_txid, to_position, hash FROM journal_chain ORDER BY id DESC LIMIT 1"
_LINKS = """
SELECT id, after_txid, after_position, to_txid, to_position, events, previous, hash FROM journal_chain
WHERE id > %s ORDER BY id LIMIT 100
"""
_AGAIN = f"""
SELECT count(*), {_HASH} FROM journal
WHERE (txid, position) > (%(after_txid)s, %(after_position)s) AND (txid, position) <= (%(to_txid)s, %(to_position)s)
"""
_FIRST = (0, 0, 0, b"")


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was made: its number, how many events it covers, its hash.

    ``fingerprint`` is the hash in hex with g … p for the digits: no filter of a log takes a part for a phone number.
    """

    id: int
    events: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A link that does not hold: it does not follow the one before (``chain``), its events were changed (``events``).

    ``after`` and ``to`` are the (txid, position) between which the covered events lie.
    """

    link: int
    kind: str
    after: tuple[int, int]
    to: tuple[int, int]


def extend(store: Store, now: datetime, *, limit: int = 5000) -> Link | None:
    """Cover the next events by one link; None when all that may be covered is. Two processes cannot fork the chain."""
    rows = store.rows(_LAST)
    last, txid, position, previous = rows[0] if rows else _FIRST
    values = {"id": last + 1, "txid": txid, "position": position, "previous": previous, "now": now, "limit": limit}
    made = store.rows(_EXTEND, values)
    return Link(last + 1, *made[0]) if made else None


def verify_chain(store: Store) -> Iterator[Fault]:
    """Every link that does not hold, in order; nothing where the journal is as it was written.

    Who owns the database could write the chain anew: compare its links with the fingerprints in the logs.
    """
    expected: tuple[Any, ...] = _FIRST
    while links := store.rows(_LINKS, (expected[0],)):
        for number, after_txid, after_position, to_txid, to_position, events, previous, made in links:
            after, to = (after_txid, after_position), (to_txid, to_position)
            if (number, *after, previous) != (expected[0] + 1, *expected[1:]):
                yield Fault(number, "chain", after, to)
            values = {
                "previous": previous,
                "after_txid": after_txid,
                "after_position": after_position,
                "to_txid": to_txid,
                "to_position": to_position,
            }
            if store.rows(_AGAIN, values) != [(events, made)]:
                yield Fault(number, "events", after, to)
            expected = (number, to_txid, to_position, made)
