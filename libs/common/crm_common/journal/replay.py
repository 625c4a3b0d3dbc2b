"""Reads the journal from any position, without ever skipping a late commit, and sends a range to a consumer again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from crm_common.journal.envelopes import COLUMNS, recorded, source_of
from crm_common.protocol.declare import Envelope
from crm_common.store import Store

# Transactions below the horizon have ended and are seen; whatever commits from now on lies at or above it.
HORIZON = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT shift FROM journal_epoch)"
_LAST = 2**63 - 1

_READ = f"""
SELECT horizon.txid, found.* FROM (SELECT {HORIZON} AS txid) AS horizon
LEFT JOIN LATERAL (
    SELECT txid, position, {COLUMNS} FROM journal
    WHERE (txid, position) > (%(txid)s, %(position)s) AND txid < horizon.txid {{filters}}
    ORDER BY txid, position LIMIT %(limit)s
) AS found ON true
ORDER BY found.txid, found.position
"""
_FILTERS = {
    "subject": "AND subject = %(subject)s",
    "aggregate": "AND subject LIKE %(aggregate)s || '/%%'",
    "types": "AND type = ANY(%(types)s)",
    "since": "AND occurred_at >= %(since)s",
    "until": "AND occurred_at < %(until)s",
}


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the journal's order of reading: everything up to and including it has been read."""

    txid: int = 0
    position: int = 0

    def __str__(self) -> str:
        return f"{self.txid}.{self.position}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The position that was written as ``str``; ValueError for anything else."""
        txid, _, position = text.partition(".")
        return cls(int(txid), int(position))


START = Position()


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which events: of a subject (``aggregate/uuid``), an aggregate, some types, a span of time (until is excluded)."""

    subject: str | None = None
    aggregate: str | None = None
    types: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Range()


@dataclass(frozen=True, slots=True)
class Page:
    """Events in reading order, where to read on, and whether there is more right now."""

    events: tuple[Envelope, ...]
    position: Position
    more: bool


def read(store: Store, after: Position = START, which: Range = EVERYTHING, *, limit: int = 1000) -> Page:
    """The next events after a position. Each subject's come in the order of ``seq``; none is ever passed over.

    Events of transactions that are not yet followed by the end of every older one wait for a later page.
    """
    values = {name: getattr(which, name) for name in _FILTERS if getattr(which, name) is not None}
    if "types" in values:
        values["types"] = list(values["types"])
    sql = _READ.format(filters=" ".join(_FILTERS[name] for name in values))
    rows = store.rows(sql, {"txid": after.txid, "position": after.position, "limit": limit, **values})
    events = tuple(recorded((row[3:] for row in rows if row[1] is not None), source_of(store.service), store.rows))
    if len(events) == limit:
        return Page(events, Position(*rows[-1][1:3]), True)
    # all below the horizon was looked at, also what the filters left out
    return Page(events, max(after, Position(rows[0][0] - 1, _LAST)), False)


def read_all(store: Store, after: Position = START, which: Range = EVERYTHING) -> Iterator[Envelope]:
    """Everything from a position up to what is there when the last page is read."""
    more = True
    while more:
        page = read(store, after, which)
        after, more = page.position, page.more
        yield from page.events


def horizon(store: Store) -> Position:
    """A position that has everything before it which a read that begins now can see of ended transactions.

    Taken before a snapshot of rows, it is where to read on: what the snapshot has may come again, nothing is missing.
    """
    return Position(store.rows(f"SELECT {HORIZON} - 1")[0][0], _LAST)


def find(store: Store, event_id: Any) -> Envelope | None:
    """The event with that id, or None."""
    rows = store.rows(f"SELECT {COLUMNS} FROM journal WHERE event_id = %s", (event_id,))
    return next(iter(recorded(rows, source_of(store.service), store.rows)), None)


def resend(
    source: Store,
    which: Range,
    deliver: Callable[[Sequence[Envelope]], object],
    *,
    after: Position = START,
    limit: int = 500,
) -> int:
    """Hand a range of ``source``'s journal to ``deliver``, page by page, in order; how many events there were.

    To work events again that a consumer knows: ``lambda events: inbox.store_messages([(consumer, event) for event in
    events], again=True)``. The range ends where the journal ends when the last page is read.
    """
    sent, more = 0, True
    while more:
        page = read(source, after, which, limit=limit)
        after, more = page.position, page.more
        if page.events:
            deliver(page.events)
        sent += len(page.events)
    return sent
