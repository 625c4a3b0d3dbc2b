"""The statements of one projection: a row gives way only to a later one, wherever it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.projections.declare import Projection

START = UUID(int=0)
"""Before every id."""

_LOCK = "SELECT building FROM projection WHERE name = %s FOR "
_STAGE = """
INSERT INTO projection_stage AS staged (projection, id, seq, row)
SELECT %(name)s, (row->>'id')::uuid, (row->>'seq')::bigint, row FROM jsonb_array_elements(%(rows)s::jsonb) AS row
WHERE NOT EXISTS (SELECT FROM projection_tombstone gone
    WHERE gone.projection = %(name)s AND gone.id = (row->>'id')::uuid AND gone.seq >= (row->>'seq')::bigint
    AND NOT (gone.before_build AND %(by_owner)s))
ON CONFLICT (projection, id) DO UPDATE SET seq = EXCLUDED.seq, row = EXCLUDED.row WHERE staged.seq < EXCLUDED.seq
"""
_BURY = """
INSERT INTO projection_tombstone AS known (projection, id, seq) VALUES (%(name)s, %(id)s, %(seq)s)
ON CONFLICT (projection, id) DO UPDATE SET seq = greatest(known.seq, EXCLUDED.seq), before_build = false
"""


class Rows:
    """One projection's table, its stage and its tombstones, inside an open transaction.

    Rows are mappings of ``id``, ``seq`` and the columns, JSON-able. Every writer holds the projection: those who tell
    of one record together (:meth:`share`), those who look at many alone (:meth:`alone`).
    """

    def __init__(self, projection: Projection, connection: sa.Connection) -> None:
        self.projection = projection
        self._connection = connection
        columns = ("seq", *projection.columns)
        self._names = ", ".join(("id", *columns))
        self._given = f"jsonb_populate_recordset(NULL::{projection.table}, %(rows)s::jsonb)"
        self._replace = f"({', '.join(columns)}) = ROW({', '.join(f'EXCLUDED.{name}' for name in columns)})"

    def share(self) -> bool:
        """Hold the projection beside others; whether a new generation is being built."""
        return self._hold("SHARE")

    def alone(self) -> bool:
        """Hold the projection alone, until the end of the transaction; whether a new generation is being built."""
        return self._hold("UPDATE")

    def put(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write rows that are later than what is there; how many were."""
        table = self.projection.table
        return self._run(
            f"INSERT INTO {table} AS live ({self._names}) SELECT {self._names} FROM {self._given} AS given"
            " WHERE NOT EXISTS (SELECT FROM projection_tombstone gone"
            " WHERE gone.projection = %(name)s AND gone.id = given.id AND gone.seq >= given.seq) ORDER BY id"
            f" ON CONFLICT (id) DO UPDATE SET {self._replace} WHERE live.seq < EXCLUDED.seq",
            rows=_json(rows),
        )

    def force(self, row: Mapping[str, Any], seen: int | None) -> int:
        """Write a row whatever its seq, unless what was ``seen`` there (its seq, None: nothing) changed meanwhile."""
        table = self.projection.table
        self._run("DELETE FROM projection_tombstone WHERE projection = %(name)s AND id = %(id)s", id=row["id"])
        return self._run(
            f"INSERT INTO {table} AS live ({self._names}) SELECT {self._names} FROM {self._given}"
            f" ON CONFLICT (id) DO UPDATE SET {self._replace} WHERE live.seq = %(seen)s",
            rows=_json([row]),
            seen=seen,
        )

    def drop(self, record: UUID, seen: int) -> int:
        """Remove a row that the owner does not have, unless it has changed since it was ``seen`` with this seq."""
        return self._run(
            f"DELETE FROM {self.projection.table} WHERE id = %(id)s AND seq = %(seen)s", id=record, seen=seen
        )

    def bury(self, record: UUID, seq: int) -> None:
        """Note that the record was deleted at ``seq``: rows that are older do not come back."""
        self._run(_BURY, id=record, seq=seq)
        for table in (self.projection.table, "projection_stage"):
            self._run(f"DELETE FROM {table} WHERE id = %(id)s AND seq < %(seq)s", id=record, seq=seq)

    def stage(self, rows: Sequence[Mapping[str, Any]], *, by_owner: bool = False) -> None:
        """Add rows to the generation that is being built.

        What the owner shows now (``by_owner``) he had not deleted before the build began, whatever we believed.
        """
        self._run(_STAGE, rows=_json(rows), by_owner=by_owner)

    def begin(self) -> None:
        """Begin a new generation."""
        self._run("DELETE FROM projection_stage WHERE projection = %(name)s")
        self._run("UPDATE projection_tombstone SET before_build = true WHERE projection = %(name)s")
        self._run("UPDATE projection SET building = true, reached = %(start)s WHERE name = %(name)s", start=START)

    def swap(self) -> None:
        """Show the generation that was built in place of the one before, at once."""
        table, names = self.projection.table, self._names
        # as long as it takes: it grows with the number of records, and readers do not wait for it
        self._run("SET LOCAL statement_timeout = 0")
        of_stage = "FROM projection_stage staged WHERE staged.projection = %(name)s"
        self._run(f"DELETE FROM {table} live WHERE NOT EXISTS (SELECT {of_stage} AND staged.id = live.id)")
        self._run(
            f"INSERT INTO {table} AS live ({names}) SELECT {', '.join(f'made.{name}' for name in names.split(', '))}"
            f" FROM (SELECT jsonb_populate_record(NULL::{table}, staged.row) AS made {of_stage}) AS rows,"
            f" LATERAL (SELECT (rows.made).*) AS made"
            f" ON CONFLICT (id) DO UPDATE SET {self._replace} WHERE (live.*) IS DISTINCT FROM (EXCLUDED.*)"
        )
        self._run(
            "DELETE FROM projection_tombstone gone USING projection_stage staged"
            " WHERE gone.projection = %(name)s AND staged.projection = %(name)s AND staged.id = gone.id"
        )
        self._run("DELETE FROM projection_stage WHERE projection = %(name)s")
        self._run(
            "UPDATE projection SET building = false, reached = NULL, generation = generation + 1, built_at = now()"
            " WHERE name = %(name)s"
        )

    def compare(self, rows: Sequence[Mapping[str, Any]], after: UUID, until: UUID | None) -> list[tuple[Any, ...]]:
        """``(id, what, seq here)`` where this differs from the owner's page of ids later than ``after``.

        ``what``: missing, buried (missing, and deleted as we know), behind, wrong (same seq, other values), ahead,
        surplus. ``until`` is the page's last id, None where it is the last page.
        """
        differing = (
            "CASE WHEN live.id IS NULL THEN CASE WHEN gone.seq >= given.seq THEN 'buried' ELSE 'missing' END"
            " WHEN given.id IS NULL THEN 'surplus' WHEN live.seq < given.seq THEN 'behind'"
            " WHEN live.seq > given.seq THEN 'ahead' WHEN live IS DISTINCT FROM given THEN 'wrong' END"
        )
        return self._rows(
            f"SELECT * FROM (SELECT id, {differing} AS what, coalesce(live.seq, gone.seq) FROM {self._given} AS given"
            f" FULL JOIN (SELECT * FROM {self.projection.table}"
            " WHERE id > %(after)s AND (%(until)s::uuid IS NULL OR id <= %(until)s)) AS live USING (id)"
            " LEFT JOIN (SELECT * FROM projection_tombstone WHERE projection = %(name)s) AS gone USING (id)"
            ") AS compared WHERE what IS NOT NULL ORDER BY id",
            rows=_json(rows),
            after=after,
            until=until,
        )

    def reached(self) -> UUID | None:
        """Up to which id the new generation holds the owner's records; None before its beginning."""
        found = self._connection.exec_driver_sql(
            "SELECT reached FROM projection WHERE name = %s", (self.projection.name,)
        ).scalar_one()
        return found if found is None else UUID(str(found))

    def note(self, what: str, value: Any) -> None:
        """Remember how far building ``reached``, the ``position`` of the journal then, or the time ``compared_at``."""
        self._run(f"UPDATE projection SET {what} = %(value)s WHERE name = %(name)s", value=value)

    def _hold(self, strength: str) -> bool:
        found = self._connection.exec_driver_sql(_LOCK + strength, (self.projection.name,)).first()
        if found is None:
            self._run("INSERT INTO projection (name) VALUES (%(name)s) ON CONFLICT DO NOTHING")
            return self._hold(strength)
        return bool(found[0])

    def _run(self, sql: str, **values: Any) -> int:
        return self._connection.exec_driver_sql(sql, {"name": self.projection.name, **values}).rowcount

    def _rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        found = self._connection.exec_driver_sql(sql, {"name": self.projection.name, **values})
        return [tuple(row) for row in found]


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows), default=str)
