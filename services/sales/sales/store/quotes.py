"""Quotes as rows: the lines of every version are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.sales.prices import PriceRule
from crm_common.protocol.sales.quotes import QuoteApproval, QuoteState
from crm_common.statements import insertion, statement, update, written
from sales.domain.quote import COLUMNS, Quote, QuoteLine
from sales.tables.quotes import quote, quote_line, quote_revision

_LINE = tuple(each.name for each in fields(QuoteLine))
_READ = sa.select(*(quote.c[name] for name in COLUMNS)).where(quote.c.id == sa.bindparam("id"))
_SEEN, _LOCKED = statement(_READ), statement(_READ.with_for_update())
_LINES = statement(
    sa.select(*(quote_line.c[name] for name in _LINE))
    .where(quote_line.c.quote_id == sa.bindparam("id"), quote_line.c.revision == sa.bindparam("revision"))
    .order_by(quote_line.c.place)
)
_INSERT, _SAVE = insertion(quote), update(quote, "created_at")
_ADD_LINE, _ADD_REVISION = insertion(quote_line), insertion(quote_revision)
_CLEAR = written("DELETE FROM quote_line WHERE quote_id = %(id)s::uuid AND revision = %(revision)s::int")
_NOTE = written("""
UPDATE quote_revision SET amount = %(amount)s::numeric, valid_until = %(valid_until)s::date,
    sent_at = %(sent_at)s::timestamptz, file = coalesce(%(file)s::text, file)
WHERE quote_id = %(id)s::uuid AND revision = %(revision)s::int
""")
_REVISION = written(
    "SELECT revision, amount, valid_until, sent_at, file FROM quote_revision"
    " WHERE quote_id = %(id)s::uuid AND revision = %(revision)s::int"
)
_ANY = written("SELECT id FROM quote LIMIT 1")
_NUMBER = written("SELECT nextval('quote_number') AS number")
_DUE = written("""
SELECT id FROM quote WHERE state = 'SENT' AND valid_until < %(today)s::date
ORDER BY valid_until, id LIMIT %(most)s::int FOR UPDATE SKIP LOCKED
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What is known of a version."""

    revision: int
    amount: Any
    valid_until: date | None
    sent_at: datetime | None
    file: str | None


def locked(connection: sa.Connection, quote_id: UUID) -> Quote | None:
    """The quote with its present lines, locked until the commit."""
    return _with_lines(connection, _LOCKED.first(connection, id=quote_id))


def seen(connection: sa.Connection, quote_id: UUID) -> Quote | None:
    """The same as it stands now."""
    return _with_lines(connection, _SEEN.first(connection, id=quote_id))


def lines(connection: sa.Connection, quote_id: UUID, revision: int) -> tuple[QuoteLine, ...]:
    """The lines of a version."""
    rows = _LINES.rows(connection, id=quote_id, revision=revision)
    return tuple(QuoteLine(**row._asdict() | {"price_rule": PriceRule(row.price_rule)}) for row in rows)


def revision(connection: sa.Connection, quote_id: UUID, number: int) -> Revision | None:
    """What is known of a version."""
    found = _REVISION.first(connection, id=quote_id, revision=number)
    return None if found is None else Revision(**found._asdict())


def next_number(connection: sa.Connection, day: date) -> str:
    """A number that no other quote has: the day it was written down, and a counter."""
    return f"QT{day:%Y%m%d}-{_NUMBER.first(connection).number:06}"


def insert(connection: sa.Connection, added: Quote, now: datetime, new_id: Callable[[], UUID]) -> None:
    """Add a quote with its first version."""
    _INSERT.run(connection, **_row(added, now), created_at=now)
    _begin(connection, added, new_id)
    _add(connection, added, new_id)


def save(
    connection: sa.Connection,
    before: Quote,
    after: Quote,
    now: datetime,
    new_id: Callable[[], UUID],
    *,
    file: str | None = None,
) -> None:
    """Keep what changed of a quote; ``file``: where the PDF of this version lies."""
    _SAVE.run(connection, **_row(after, now))
    if after.revision != before.revision:
        _begin(connection, after, new_id)
        _add(connection, after, new_id)
        return
    if after.lines != before.lines:
        _CLEAR.run(connection, id=after.id, revision=after.revision)
        _add(connection, after, new_id)
    known = {name: getattr(after, name) for name in ("id", "revision", "amount", "valid_until", "sent_at")}
    _NOTE.run(connection, **known, file=file)


def exist(connection: sa.Connection) -> bool:
    """Whether there is any quote."""
    return bool(_ANY.rows(connection))


def due(connection: sa.Connection, today: date, most: int) -> list[Quote]:
    """Some quotes whose last day has passed without an answer, locked."""
    ids = [row.id for row in _DUE.rows(connection, today=today, most=most)]
    return [found for each in ids if (found := locked(connection, each)) is not None]


def _row(known: Quote, now: datetime) -> dict[str, Any]:
    return {name: getattr(known, name) for name in COLUMNS} | {"updated_at": now}


def _begin(connection: sa.Connection, known: Quote, new_id: Callable[[], UUID]) -> None:
    given = {name: getattr(known, name) for name in ("revision", "amount", "valid_until", "sent_at")}
    _ADD_REVISION.run(connection, id=new_id(), quote_id=known.id, file=None, **given)


def _add(connection: sa.Connection, known: Quote, new_id: Callable[[], UUID]) -> None:
    for place, line in enumerate(known.lines):
        where = {"id": new_id(), "quote_id": known.id, "revision": known.revision, "place": place}
        _ADD_LINE.run(connection, **where, **asdict(line))


def _with_lines(connection: sa.Connection, row: Any) -> Quote | None:
    if row is None:
        return None
    typed = {"state": QuoteState(row.state), "approval": QuoteApproval(row.approval)}
    return Quote(**row._asdict() | typed, lines=lines(connection, row.id, row.revision))
