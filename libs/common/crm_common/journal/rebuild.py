"""Proves that the journal is the truth (BYD-05): state rebuilt from events is compared with the tables, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from operator import attrgetter
from typing import Any

import psycopg

from crm_common.journal.envelopes import COLUMNS, asking, recorded, source_of
from crm_common.journal.history import fold_changes
from crm_common.protocol.declare import Envelope
from crm_common.restoring import State
from crm_common.store import Store

Fold = Callable[[State | None, Envelope], State | None]
"""The record after an event; None before the first one and after its end."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not what the record's events say; ``field`` is None where the record is missing on one side."""

    subject: str
    field: str | None
    journal: Any
    table: Any


def verify(store: Store, aggregate: str, rows: str, *, fold: Fold = fold_changes) -> Iterator[Difference]:
    """Every difference between the records of ``aggregate`` rebuilt from the journal and those in the tables.

    ``rows`` is SQL of one snapshot: a column ``id`` (uuid) and a column ``state`` (json) with the fields to compare; it
    gives values as events carry them, but numbers may be text and times may be written in any ISO form. Both sides are
    read in one REPEATABLE READ transaction, in order, and never held in memory as a whole.
    """
    with store.dedicated() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rebuilt = _rebuilt(connection, aggregate, source_of(store.service), fold)
        in_tables = _in_tables(connection, aggregate, rows)
        yield from _compare(rebuilt, in_tables)


def _rebuilt(
    connection: psycopg.Connection, aggregate: str, source: str, fold: Fold
) -> Iterator[tuple[str, State | None]]:
    for subject, told in groupby(_events(connection, aggregate, source), key=attrgetter("subject")):
        state: State | None = None
        for event in told:
            state = fold(state, event)
        if state is not None:
            yield subject, state


def _events(connection: psycopg.Connection, aggregate: str, source: str) -> Iterator[Envelope]:
    with connection.cursor(name="rebuilt") as told:
        # '0' follows '/': the range of all subjects of the aggregate, as the index has it
        told.execute(
            f"SELECT {COLUMNS} FROM journal WHERE subject >= %s AND subject < %s ORDER BY subject, seq",
            (f"{aggregate}/", f"{aggregate}0"),
        )
        while rows := told.fetchmany(_AT_ONCE):
            yield from recorded(rows, source, asking(connection))


def _in_tables(connection: psycopg.Connection, aggregate: str, rows: str) -> Iterator[tuple[str, State | None]]:
    with connection.cursor(name="in_tables") as found:
        found.execute(f"SELECT %s || '/' || id, state FROM ({rows}) AS found ORDER BY id", (aggregate,))
        yield from found


def _compare(
    rebuilt: Iterator[tuple[str, State | None]], in_tables: Iterator[tuple[str, State | None]]
) -> Iterator[Difference]:
    journal, table = next(rebuilt, None), next(in_tables, None)
    while journal is not None or table is not None:
        if table is None or (journal is not None and journal[0] < table[0]):
            assert journal is not None
            yield Difference(journal[0], None, journal[1], None)
            journal = next(rebuilt, None)
        elif journal is None or table[0] < journal[0]:
            yield Difference(table[0], None, None, table[1])
            table = next(in_tables, None)
        else:
            yield from _fields(journal[0], journal[1] or {}, table[1] or {})
            journal, table = next(rebuilt, None), next(in_tables, None)


def _fields(subject: str, journal: State, table: State) -> Iterator[Difference]:
    for field, value in table.items():
        if not _same(journal.get(field), value):
            yield Difference(subject, field, journal.get(field), value)


def _same(one: Any, other: Any) -> bool:
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return True
    return any(
        read(one) is not None and read(one) == read(other) for read in (_number, _moment)
    )  # fmt: skip


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
