"""Workflow rules and firings as rows; a firing is taken by a lease, so that no two processes act on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.office.rules import FiringStatus
from crm_common.statements import insertion, statement, update
from crm_common.store import Store
from crm_common.text_order import pinyin_key
from office.domain.rule import Firing, Rule
from office.tables import rule, rule_firing

_ID: sa.BindParameter[Any] = sa.bindparam("id")
_RULE = [rule.c[each.name] for each in fields(Rule)]
_FIRING = [rule_firing.c[each.name] for each in fields(Firing)]
_GET = statement(sa.select(*_RULE).where(rule.c.id == _ID).with_for_update())
_WAITING_FOR = statement(
    sa.select(*_RULE)
    .where(
        rule.c.active,
        rule.c.event_type == sa.bindparam("event_type"),
        rule.c.created_at <= sa.bindparam("occurred_at", type_=rule.c.created_at.type),
    )
    .order_by(rule.c.id)
)
_DUE = statement(
    sa.select(*_RULE)
    .where(rule.c.active, rule.c.next_due_at <= sa.bindparam("now"))
    .order_by(rule.c.id)
    .with_for_update()
)
_INSERT, _SAVE = insertion(rule), update(rule, "created_at")
_FIRED = statement(
    sa.select(rule_firing.c.id).where(
        rule_firing.c.rule_id == sa.bindparam("rule_id"), rule_firing.c.event_id == sa.bindparam("event_id")
    )
)
_FIRE, _SAVE_FIRING = insertion(rule_firing), update(rule_firing)
# what is due for longest goes first; whoever takes it has it until the lease ends, then anybody
_TAKE = f"""
UPDATE rule_firing SET next_try = %s WHERE id = (
    SELECT id FROM rule_firing WHERE status = 'WAITING' AND next_try <= %s
    ORDER BY next_try, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING {", ".join(column.name for column in _FIRING)}
"""


def locked(connection: sa.Connection, rule_id: UUID) -> Rule | None:
    """The rule, locked."""
    found = _GET.first(connection, id=rule_id)
    return None if found is None else Rule(**found._asdict())


def waiting_for(connection: sa.Connection, event_type: str, occurred_at: datetime) -> list[Rule]:
    """The active rules that begin with events of this type, and were there when it happened."""
    found = _WAITING_FOR.rows(connection, event_type=event_type, occurred_at=occurred_at)
    return [Rule(**row._asdict()) for row in found]


def due(connection: sa.Connection, now: datetime) -> list[Rule]:
    """The active rules whose time has come, locked."""
    return [Rule(**row._asdict()) for row in _DUE.rows(connection, now=now)]


def insert(connection: sa.Connection, made: Rule, now: datetime) -> None:
    """Keep a new rule."""
    _INSERT.run(connection, **_values(made), created_at=now, updated_at=now)


def save(connection: sa.Connection, changed: Rule, now: datetime) -> None:
    """Keep what changed of a rule."""
    _SAVE.run(connection, **_values(changed), updated_at=now)


def fire(connection: sa.Connection, firing: Firing) -> bool:
    """Keep a firing; False when the rule has fired on this event before. Two at once: the later one comes again."""
    if _FIRED.first(connection, rule_id=firing.rule_id, event_id=firing.event_id) is not None:
        return False
    _FIRE.run(connection, **_firing_values(firing))
    return True


def save_firing(connection: sa.Connection, firing: Firing) -> None:
    """Keep how far a firing has come."""
    _SAVE_FIRING.run(connection, **_firing_values(firing))


def awaited(store: Store, event_types: Collection[str]) -> set[str]:
    """Those of the types for which an active rule waits."""
    asked = "SELECT DISTINCT event_type FROM rule WHERE active AND event_type = ANY(%s::text[])"
    return {row[0] for row in store.rows(asked, (list(event_types),))}


def read(store: Store, rule_id: UUID) -> Rule | None:
    """The rule, as it stands."""
    names = ", ".join(column.name for column in _RULE)
    rows = store.rows(f"SELECT {names} FROM rule WHERE id = %s", (rule_id,))
    return Rule(**dict(zip([column.name for column in _RULE], rows[0], strict=True))) if rows else None


def depth_of(store: Store, firing_id: UUID) -> tuple[int, str] | None:
    """How deep a firing was, and the correlation id it came with."""
    rows = store.rows("SELECT depth, correlation_id FROM rule_firing WHERE id = %s", (firing_id,))
    return (rows[0][0], rows[0][1]) if rows else None


def take(store: Store, now: datetime, until: datetime) -> Firing | None:
    """A firing whose actions are due, for oneself alone until then."""
    rows = store.rows(_TAKE, (until, now))
    if not rows:
        return None
    found = dict(zip([column.name for column in _FIRING], rows[0], strict=True))
    return Firing(**found | {"status": FiringStatus(found["status"])})


def forget(connection: sa.Connection, record: str) -> None:
    """Remove from the log what conditions found about a record; that rules fired on it stays."""
    connection.exec_driver_sql("UPDATE rule_firing SET found = '{}' WHERE record = %s", (record,))


def results(store: Store, firing_id: UUID) -> list[dict[str, Any]]:
    """What the actions of a firing have done so far."""
    found: list[dict[str, Any]] = store.rows("SELECT results FROM rule_firing WHERE id = %s", (firing_id,))[0][0]
    return found


def bring_forward(connection: sa.Connection, now: datetime) -> int:
    """Let what is due at ``now``, which may be another moment than the machine's, be acted on at once; how many."""
    untried = "status = 'WAITING' AND attempts = 0 AND next_try = due_at"
    text = f"UPDATE rule_firing SET next_try = '-infinity' WHERE {untried} AND due_at <= %s"
    return connection.exec_driver_sql(text, (now,)).rowcount


def _values(each: Rule) -> dict[str, Any]:
    return {column.name: getattr(each, column.name) for column in _RULE} | {"name_key": pinyin_key(each.name)}


def _firing_values(each: Firing) -> dict[str, Any]:
    return {column.name: getattr(each, column.name) for column in _FIRING}
