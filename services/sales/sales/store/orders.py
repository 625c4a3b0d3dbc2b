"""Orders as rows, with their lines and vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.columns import Id, Sorted
from crm_common.protocol.sales.orders import OrderState
from crm_common.statements import insertion, statement, update, written
from sales.domain.order import COLUMNS, Order, OrderLine, Voucher
from sales.tables.orders import order_line, order_voucher, sales_order

_READ = sa.select(*(sales_order.c[name] for name in COLUMNS)).where(sales_order.c.id == sa.bindparam("id"))
_LOCKED = statement(_READ.with_for_update())
_SEEN = statement(_READ)
_INSERT, _SAVE = insertion(sales_order), update(sales_order, "created_at", "received")
_NUMBER = written("SELECT nextval('order_number') AS number")
_OF_ORDER = {
    table: statement(
        sa.select(*(table.c[each.name] for each in fields(part)))
        .where(table.c.order_id == sa.bindparam("order_id"))
        .order_by(table.c.place)
    )
    for table, part in ((order_line, OrderLine), (order_voucher, Voucher))
}
_ADD = {table: insertion(table) for table in _OF_ORDER}
_CLEAR = {table: statement(sa.delete(table).where(table.c.order_id == sa.bindparam("order_id"))) for table in _OF_ORDER}
# the one write by which an order is decided: whoever comes second finds nothing to write
_DECIDE = statement(
    sa.update(sales_order)
    .where(
        sales_order.c.id == sa.bindparam("order_id", type_=Id),
        sales_order.c.state == OrderState.PENDING_REVIEW.value,
        sales_order.c.version == sa.bindparam("seen", type_=sa.Integer),
        sales_order.c.submitted_by != sa.bindparam("by", type_=Id),
    )
    .values(
        state=sa.bindparam("to", type_=Sorted),
        reviewed_by=sa.bindparam("by", type_=Id),
        reviewed_at=sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        reason=sa.bindparam("why", type_=Sorted),
        due_on=sa.func.coalesce(sales_order.c.due_on, sa.bindparam("due", type_=sa.Date)),
        updated_at=sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        version=sales_order.c.version + 1,
    )
    .returning(sales_order.c.id)
)


def locked(connection: sa.Connection, order_id: UUID) -> Order | None:
    """The order, locked until the commit."""
    return _with_parts(connection, _LOCKED.first(connection, id=order_id))


def seen(connection: sa.Connection, order_id: UUID) -> Order | None:
    """The order as it stands, without a lock."""
    return _with_parts(connection, _SEEN.first(connection, id=order_id))


def exist(connection: sa.Connection) -> bool:
    """Whether there is any order."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT FROM sales_order)").scalar_one())


def next_number(connection: sa.Connection, day: date) -> str:
    """A number that no other order has: the day it was written down, and a counter."""
    return f"SO{day:%Y%m%d}-{_NUMBER.first(connection).number:06}"


def insert(connection: sa.Connection, added: Order, now: datetime) -> None:
    """Add an order with its lines and vouchers."""
    _INSERT.run(connection, **_row(added), received=0, created_at=now, updated_at=now)
    for table, parts in _parts(added):
        _add(connection, table, added.id, parts)


def save(connection: sa.Connection, before: Order, after: Order, now: datetime) -> None:
    """Keep what changed of an order."""
    _SAVE.run(connection, **_row(after), updated_at=now)
    for (table, was), (_, parts) in zip(_parts(before), _parts(after), strict=True):
        if was != parts:
            _CLEAR[table].run(connection, order_id=after.id)
            _add(connection, table, after.id, parts)


def decide(
    connection: sa.Connection,
    order_id: UUID,
    *,
    seen: int,
    to: OrderState,
    by: UUID,
    why: str | None,
    due: date | None,
    now: datetime,
) -> bool:
    """Decide about an order that waits, at the version the reviewer saw; False when there was nothing to decide."""
    values = {"order_id": order_id, "seen": seen, "to": to.value, "by": by, "why": why, "due": due, "now": now}
    return _DECIDE.first(connection, **values) is not None


def note_money(connection: sa.Connection, order_id: UUID, amount: Any) -> None:
    """What finance has confirmed (or paid back, below zero) for an order."""
    connection.exec_driver_sql("UPDATE sales_order SET received = received + %s WHERE id = %s", (amount, order_id))


def _parts(order: Order) -> tuple[tuple[sa.Table, tuple[Any, ...]], ...]:
    return (order_line, order.lines), (order_voucher, order.vouchers)


def _add(connection: sa.Connection, table: sa.Table, order_id: UUID, parts: Sequence[Any]) -> None:
    for place, part in enumerate(parts):
        _ADD[table].run(connection, **asdict(part), order_id=order_id, place=place)


def _row(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in COLUMNS} | {"state": order.state.value}


def _with_parts(connection: sa.Connection, row: Any) -> Order | None:
    if row is None:
        return None
    lines, vouchers = (_OF_ORDER[table].ask(connection, order_id=row.id) for table in (order_line, order_voucher))
    return Order(
        **row._asdict() | {"state": OrderState(row.state)},
        lines=tuple(OrderLine(**each._asdict()) for each in lines.rows()),
        vouchers=tuple(Voucher(**each._asdict()) for each in vouchers.rows()),
    )
