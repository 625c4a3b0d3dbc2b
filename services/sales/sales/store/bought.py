"""Lines that were bought, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion, statement, written
from sales.domain.bought import BoughtLine
from sales.tables.bought import bought_line

_COLUMNS = [bought_line.c[each.name] for each in fields(BoughtLine)]
_INSERT = insertion(bought_line)
_OF_ORDER = statement(
    sa.select(*_COLUMNS).where(bought_line.c.order_id == sa.bindparam("order_id")).order_by(bought_line.c.line)
)
_CHANGE = written(
    "UPDATE bought_line SET quantity = %(quantity)s::numeric, amount = %(amount)s::numeric WHERE id = %(id)s::uuid"
)
_DELETE = written("DELETE FROM bought_line WHERE id = ANY (%(ids)s::uuid[])")


def insert(connection: sa.Connection, rows: Sequence[BoughtLine]) -> None:
    """Keep the lines of an order."""
    for each in rows:
        _INSERT.run(connection, **asdict(each), told_ends_on=None)


def of_order(connection: sa.Connection, order_id: UUID) -> list[BoughtLine]:
    """The lines of an order in their order."""
    return [BoughtLine(**row._asdict()) for row in _OF_ORDER.rows(connection, order_id=order_id)]


def change(connection: sa.Connection, row: BoughtLine) -> None:
    """Keep what is left of a line."""
    _CHANGE.run(connection, id=row.id, quantity=row.quantity, amount=row.amount)


def delete(connection: sa.Connection, rows: Sequence[BoughtLine]) -> None:
    """Remove lines."""
    _DELETE.run(connection, ids=[each.id for each in rows])
