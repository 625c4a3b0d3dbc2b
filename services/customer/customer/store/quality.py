"""Findings about customers as rows: found again by each scan, or gone (CUS-45)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.quality import FindingKind, FindingReason
from customer.domain.resemblance import Named, Pair

SAME_PHONE = 90
"""How sure it is, of 100, that two with one phone are one."""
_NOTE = """
INSERT INTO quality_finding AS known (id, scan_id, kind, reason, score, customer_id, other_id, found_at)
SELECT gen_random_uuid(), %(scan)s, %(kind)s, found.reason, found.score, found.customer_id, found.other_id, %(now)s
FROM ({found}) AS found (customer_id, other_id, reason, score)
ON CONFLICT (kind, customer_id, other_id) DO UPDATE SET scan_id = EXCLUDED.scan_id, {again}
"""
_ANEW = "reason = EXCLUDED.reason, score = EXCLUDED.score"
# a pair that this scan has found by its phone already
_BOTH = """
reason = CASE WHEN known.scan_id = EXCLUDED.scan_id THEN 'SAME_PHONE_NEAR_NAME' ELSE EXCLUDED.reason END,
score = CASE WHEN known.scan_id = EXCLUDED.scan_id THEN 100 ELSE EXCLUDED.score END
"""
# each with the oldest of those that have the number
_PHONES = _NOTE.format(
    found="""
    SELECT g.ids[1], g.ids[n], 'SAME_PHONE', %(score)s::integer FROM (
        SELECT array_agg(id ORDER BY id) AS ids FROM customer WHERE holding = 'OWNED'
        GROUP BY phone_index HAVING count(*) > 1
    ) g CROSS JOIN LATERAL generate_series(2, cardinality(g.ids)) n""",
    again=_ANEW,
)
_NAMES = _NOTE.format(
    found="""
    SELECT g.one, g.other, 'NEAR_NAME', g.score
    FROM unnest(%(ones)s::uuid[], %(others)s::uuid[], %(scores)s::integer[]) AS g (one, other, score)
    JOIN customer a ON a.id = g.one JOIN customer b ON b.id = g.other""",
    again=_BOTH,
)
_NUMBERS = _NOTE.format(
    found="""
    SELECT g.id, NULL::uuid, g.reason, 100 FROM unnest(%(ids)s::uuid[], %(reasons)s::text[]) AS g (id, reason)
    JOIN customer a ON a.id = g.id""",
    again=_ANEW,
)
_STALE = _NOTE.format(
    found="""
    SELECT id, NULL::uuid, 'NO_SALES_RECORD', 100 FROM customer
    WHERE holding = 'OWNED' AND id > %(after)s AND id <= %(last)s
        AND anchor_at <= %(now)s - %(days)s * interval '24 hours'""",
    again=_ANEW,
)
_INCOMPLETE = _NOTE.format(
    found="""
    SELECT id, NULL::uuid, 'FIELDS_MISSING', 100 - completeness FROM customer
    WHERE holding = 'OWNED' AND id > %(after)s AND id <= %(last)s AND completeness < %(least)s""",
    again=_ANEW,
)
_COMPANIES = "SELECT id, name_fold, name_key FROM customer WHERE holding = 'OWNED' AND kind = 'COMPANY' ORDER BY id"
_CIPHERS = """
SELECT id, phone_cipher FROM customer WHERE holding = 'OWNED' AND id > %s ORDER BY id LIMIT %s
"""
_FORGET = """
DELETE FROM quality_finding WHERE id = ANY (ARRAY(SELECT id FROM quality_finding WHERE scan_id <> %s LIMIT %s))
"""
_REPORT = """
INSERT INTO quality_report (id, made_at, scanned, duplicates, invalid_phones, stale, incomplete, dismissed)
SELECT %(scan)s, %(now)s, (SELECT count(*) FROM customer WHERE holding = 'OWNED'),
    count(*) FILTER (WHERE kind = 'DUPLICATE'), count(*) FILTER (WHERE kind = 'PHONE'),
    count(*) FILTER (WHERE kind = 'STALE'), count(*) FILTER (WHERE kind = 'INCOMPLETE'),
    count(*) FILTER (WHERE dismissed_at IS NOT NULL)
FROM quality_finding
ON CONFLICT (id) DO NOTHING
"""
_FIGURES = "SELECT scanned, duplicates, invalid_phones, stale, incomplete FROM quality_report WHERE id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with a customer."""

    id: UUID
    kind: FindingKind
    customer_id: UUID
    other_id: UUID | None
    dismissed_at: datetime | None


class Span(NamedTuple):
    """Customers behind one id, up to another: statements stay short, however many customers there are."""

    after: UUID
    last: UUID


EVERYBODY = Span(UUID(int=0), UUID(int=2**128 - 1))


class Scan:
    """Writes what one scan finds; each step may be repeated."""

    def __init__(self, connection: sa.Connection, scan_id: UUID, now: datetime) -> None:
        self._connection = connection
        self._scan, self._now = scan_id, now

    def same_phones(self) -> None:
        """Pairs with one phone."""
        self._note(_PHONES, FindingKind.DUPLICATE, score=SAME_PHONE)

    def near_names(self, pairs: Sequence[Pair]) -> None:
        """Pairs with near names; after `same_phones`."""
        columns = [list(column) for column in zip(*pairs, strict=True)] or [[], [], []]
        self._note(_NAMES, FindingKind.DUPLICATE, ones=columns[0], others=columns[1], scores=columns[2])

    def numbers(self, wrong: Sequence[tuple[UUID, FindingReason]]) -> None:
        """Customers whose number nobody has."""
        ids, reasons = [each[0] for each in wrong], [each[1].value for each in wrong]
        self._note(_NUMBERS, FindingKind.PHONE, ids=ids, reasons=reasons)

    def stale(self, among: Span, days: int) -> None:
        """Customers without a sales record for so many days."""
        self._note(_STALE, FindingKind.STALE, days=days, **among._asdict())

    def incomplete(self, among: Span, least: int) -> None:
        """Customers whose record is less complete."""
        self._note(_INCOMPLETE, FindingKind.INCOMPLETE, least=least, **among._asdict())

    def forget(self, most: int) -> int:
        """Remove up to ``most`` findings that are so no more; how many."""
        return self._connection.exec_driver_sql(_FORGET, (self._scan, most)).rowcount

    def finish(self) -> dict[str, int]:
        """Write the report; its figures."""
        self._connection.exec_driver_sql(_REPORT, {"scan": self._scan, "now": self._now})
        row = self._connection.exec_driver_sql(_FIGURES, (self._scan,)).mappings().one()
        return dict(row)

    def _note(self, statement: str, kind: FindingKind, **values: Any) -> None:
        common = {"scan": self._scan, "now": self._now, "kind": kind.value}
        self._connection.exec_driver_sql(statement, common | values)


def companies(connection: sa.Connection) -> list[Named]:
    """The names of all companies in somebody's name."""
    return [Named(*row) for row in connection.exec_driver_sql(_COMPANIES)]


def ciphers(connection: sa.Connection, after: UUID, most: int) -> list[tuple[UUID, bytes]]:
    """The sealed phones of the next customers."""
    return [(row[0], bytes(row[1])) for row in connection.exec_driver_sql(_CIPHERS, (after, most))]


def get(connection: sa.Connection, finding_id: UUID) -> Finding | None:
    """The finding."""
    row = (
        connection.exec_driver_sql(
            "SELECT id, kind, customer_id, other_id, dismissed_at FROM quality_finding WHERE id = %s",
            (finding_id,),
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else Finding(**dict(row) | {"kind": FindingKind(row["kind"])})


def dismiss(connection: sa.Connection, finding_id: UUID, *, by: UUID, reason: str | None, now: datetime) -> None:
    """Note that somebody said that a finding is none."""
    connection.exec_driver_sql(
        "UPDATE quality_finding SET dismissed_at = %s, dismissed_by = %s, dismissed_reason = %s WHERE id = %s",
        (now, by, reason, finding_id),
    )
