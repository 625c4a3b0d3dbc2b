"""Opportunities as rows, with their lines, plan, stages and follow-ups; pipelines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.sales.opportunities import Heat, LossReason
from crm_common.protocol.sales.pipelines import StageNeed, StageSpec
from crm_common.statements import insertion, statement, written
from sales.domain.opportunity import COLUMNS, Course, Opportunity
from sales.domain.order import OrderLine
from sales.tables.opportunities import opportunity, opportunity_line

_READ = sa.select(*(opportunity.c[name] for name in COLUMNS))
_LOCKED = statement(_READ.where(opportunity.c.id == sa.bindparam("id")).with_for_update())
_OF_CUSTOMER = statement(
    _READ.where(opportunity.c.customer_id == sa.bindparam("customer_id")).order_by(opportunity.c.id).with_for_update()
)
_KEPT = [name for name in COLUMNS if name != "id"]
_VALUES = {name: sa.bindparam(name, type_=opportunity.c[name].type) for name in COLUMNS}
_MOMENT = sa.DateTime(timezone=True)
_INSERT = statement(
    sa.insert(opportunity).values(
        **_VALUES, created_at=sa.bindparam("now", type_=_MOMENT), updated_at=sa.bindparam("now", type_=_MOMENT)
    )
)
_SAVE = statement(
    sa.update(opportunity)
    .where(opportunity.c.id == sa.bindparam("of", type_=opportunity.c.id.type))
    .values(**{name: _VALUES[name] for name in _KEPT}, updated_at=sa.bindparam("now", type_=_MOMENT))
)
_LINE_FIELDS = tuple(each.name for each in fields(OrderLine) if each.name != "returned")
_LINES = statement(
    sa.select(*(opportunity_line.c[name] for name in _LINE_FIELDS))
    .where(opportunity_line.c.opportunity_id == sa.bindparam("opportunity_id"))
    .order_by(opportunity_line.c.place)
)
_ADD_LINE = insertion(opportunity_line)
_CLEAR_LINES = written("DELETE FROM opportunity_line WHERE opportunity_id = %(id)s::uuid")
_LEAVE = written(
    "UPDATE opportunity_stage SET left_at = %(now)s::timestamptz"
    " WHERE opportunity_id = %(id)s::uuid AND left_at IS NULL"
)
_ENTER = written(
    "INSERT INTO opportunity_stage (id, opportunity_id, stage, entered_at)"
    " VALUES (%(entry)s::uuid, %(id)s::uuid, %(stage)s::text, %(now)s::timestamptz)"
)
_HAS = written("""
SELECT EXISTS (SELECT FROM opportunity_step s WHERE s.opportunity_id = %(id)s::uuid AND s.done_at IS NULL) AS step,
    EXISTS (SELECT FROM opportunity_line l WHERE l.opportunity_id = %(id)s::uuid)
    OR EXISTS (SELECT FROM quote q WHERE q.opportunity_id = %(id)s::uuid) AS line
""")
_COURSE = written("""
SELECT key, name, name_en, probability, next, needs FROM pipeline_stage
WHERE pipeline_id = %(id)s::uuid ORDER BY place
""")
_DEFAULT = written("SELECT id FROM pipeline WHERE is_default")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, and by whom."""

    id: UUID
    content: str
    by_id: UUID


def locked(connection: sa.Connection, opportunity_id: UUID) -> Opportunity | None:
    """The opportunity, locked until the commit."""
    row = _LOCKED.first(connection, id=opportunity_id)
    return None if row is None else _opportunity(row)


def of_customer(connection: sa.Connection, customer_id: UUID) -> list[Opportunity]:
    """All of a customer's, locked."""
    return [_opportunity(row) for row in _OF_CUSTOMER.rows(connection, customer_id=customer_id)]


def insert(connection: sa.Connection, added: Opportunity, entry_id: UUID, now: datetime) -> None:
    """Add an opportunity, in its first stage."""
    _INSERT.run(connection, **_row(added), now=now)
    _ENTER.run(connection, entry=entry_id, id=added.id, stage=added.stage, now=now)


def save(
    connection: sa.Connection, before: Opportunity, after: Opportunity, new_id: Callable[[], UUID], now: datetime
) -> None:
    """Keep what changed; another stage is dated."""
    values = _row(after)
    _SAVE.run(connection, of=values.pop("id"), **values, now=now)
    if before.stage != after.stage:
        _LEAVE.run(connection, id=after.id, now=now)
        _ENTER.run(connection, entry=new_id(), id=after.id, stage=after.stage, now=now)


def lines(connection: sa.Connection, opportunity_id: UUID) -> tuple[OrderLine, ...]:
    """What might be sold."""
    return tuple(OrderLine(**row._asdict()) for row in _LINES.rows(connection, opportunity_id=opportunity_id))


def set_lines(connection: sa.Connection, opportunity_id: UUID, given: Sequence[OrderLine]) -> None:
    """All of what might be sold."""
    _CLEAR_LINES.run(connection, id=opportunity_id)
    for place, each in enumerate(given):
        values = {name: value for name, value in asdict(each).items() if name != "returned"}
        _ADD_LINE.run(connection, **values, opportunity_id=opportunity_id, place=place)


def plan(connection: sa.Connection, opportunity_id: UUID, steps: Sequence[tuple[UUID, str, date]]) -> date | None:
    """Steps in the place of those that are not done; when the next one is due."""
    connection.exec_driver_sql(
        "DELETE FROM opportunity_step WHERE opportunity_id = %s AND done_at IS NULL", (opportunity_id,)
    )
    for step_id, what, due_on in steps:
        connection.exec_driver_sql(
            "INSERT INTO opportunity_step (id, opportunity_id, what, due_on) VALUES (%s, %s, %s, %s)",
            (step_id, opportunity_id, what, due_on),
        )
    return min((each[2] for each in steps), default=None)


def do_steps(
    connection: sa.Connection, opportunity_id: UUID, ids: Sequence[UUID], now: datetime
) -> tuple[int, date | None]:
    """Steps are done; how many were open, and when the next one is due."""
    done = connection.exec_driver_sql(
        "UPDATE opportunity_step SET done_at = %s"
        " WHERE opportunity_id = %s AND id = ANY(%s::uuid[]) AND done_at IS NULL",
        (now, opportunity_id, list(ids)),
    ).rowcount
    due = connection.exec_driver_sql(
        "SELECT min(due_on) FROM opportunity_step WHERE opportunity_id = %s AND done_at IS NULL", (opportunity_id,)
    ).scalar_one()
    return done, due


def follow_up(connection: sa.Connection, opportunity_id: UUID, said: Said, now: datetime) -> None:
    """Something was said."""
    connection.exec_driver_sql(
        "INSERT INTO opportunity_follow_up (id, opportunity_id, content, by_id, created_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (said.id, opportunity_id, said.content, said.by_id, now),
    )


def has(connection: sa.Connection, known: Opportunity) -> frozenset[StageNeed]:
    """What stages may need, as far as it has that."""
    found = _HAS.first(connection, id=known.id)
    there = {
        StageNeed.SOURCE: bool(known.source),
        StageNeed.EVALUATION: known.value is not None and known.feasibility is not None,
        StageNeed.NEXT_STEP: found.step,
        StageNeed.LINES: found.line,
    }
    return frozenset(need for need, met in there.items() if met)


def course(connection: sa.Connection, pipeline_id: UUID) -> Course:
    """The stages of a pipeline, in order; empty where there is none."""
    return {
        row.key: StageSpec(
            **row._asdict() | {"next": tuple(row.next), "needs": tuple(StageNeed(each) for each in row.needs)}
        )
        for row in _COURSE.rows(connection, id=pipeline_id)
    }


def default_pipeline(connection: sa.Connection) -> UUID:
    """The pipeline of those that name none."""
    found: UUID = _DEFAULT.first(connection).id
    return found


def _row(known: Opportunity) -> dict[str, Any]:
    return {name: getattr(known, name) for name in COLUMNS} | {"competitors": list(known.competitors)}


def _opportunity(row: Any) -> Opportunity:
    typed = {
        "heat": row.heat and Heat(row.heat),
        "loss_reason": row.loss_reason and LossReason(row.loss_reason),
        "competitors": tuple(row.competitors),
    }
    return Opportunity(**row._asdict() | typed)
