"""Leads as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.ids import Ids
from crm_common.protocol.customer.leads import FollowLead, LeadStatus, ScoreField, ScoreRule
from crm_common.text_order import pinyin_key
from customer.domain.lead import Lead
from customer.domain.names import folded
from customer.domain.phone import SealedPhone

_KEPT = tuple(each.name for each in fields(Lead) if each.name not in ("phone", "version"))
_LOCKED = f"SELECT {', '.join(_KEPT)}, phone_mask AS phone, version FROM lead WHERE id = %s FOR UPDATE"
_WORKED_ON = (
    f"SELECT {', '.join(_KEPT)}, phone_mask AS phone, version FROM lead"
    " WHERE owner_id = %s AND status IN ('ASSIGNED', 'FOLLOWING') ORDER BY id LIMIT %s FOR UPDATE"
)
_WRITTEN = (*(name for name in _KEPT if name != "id"), "name_key", "email_fold", "updated_at")
_NEW = ("id", *_WRITTEN, "phone_cipher", "phone_mask", "phone_index", "form_id", "created_at", "version")
# Both unique indexes count: whoever was first has committed.
_INSERT = (
    f"INSERT INTO lead ({', '.join(_NEW)}) VALUES ({', '.join(['%s'] * len(_NEW))}) ON CONFLICT DO NOTHING RETURNING id"
)
_SAVE = f"UPDATE lead SET {', '.join(f'{name} = %s' for name in _WRITTEN)}, version = version + 1 WHERE id = %s"
_FOLLOW = """
WITH followed AS (UPDATE lead SET last_follow_up_at = %(now)s WHERE id = %(lead_id)s)
INSERT INTO lead_follow_up (id, lead_id, author_id, type, content, attitude, stage, next_contact_at, created_at)
VALUES (%(id)s, %(lead_id)s, %(author_id)s, %(type)s, %(content)s, %(attitude)s, %(stage)s, %(next_contact_at)s,
    %(now)s)
"""
_SCORE_RULES = """
INSERT INTO lead_score_rule (id, place, field, values_in, points) VALUES (%s, %s, %s, %s, %s)
"""


def locked(connection: sa.Connection, lead_id: UUID) -> Lead | None:
    """The lead, locked until the commit."""
    row = connection.exec_driver_sql(_LOCKED, (lead_id,)).mappings().one_or_none()
    return None if row is None else Lead(**dict(row) | {"status": LeadStatus(row["status"])})


def worked_on_by(connection: sa.Connection, owner_id: UUID, most: int) -> list[Lead]:
    """Up to ``most`` leads that are in somebody's name and not at their end, locked until the commit."""
    rows = connection.exec_driver_sql(_WORKED_ON, (owner_id, most)).mappings()
    return [Lead(**dict(row) | {"status": LeadStatus(row["status"])}) for row in rows]


def insert(
    connection: sa.Connection, added: Lead, phone: SealedPhone | None, *, form_id: UUID | None, now: datetime
) -> bool:
    """Add a lead; False when another open one has its phone or e-mail address."""
    sealed = (None, None, None) if phone is None else (phone.cipher, phone.mask, phone.index)
    row = (added.id, *_row(added, now), *sealed, form_id, now, 1)
    return connection.exec_driver_sql(_INSERT, row).scalar() is not None


def save(connection: sa.Connection, changed: Lead, now: datetime) -> None:
    """Write a lead; its phone stays as it is."""
    connection.exec_driver_sql(_SAVE, (*_row(changed, now), changed.id))


def sealed_phone(connection: sa.Connection, lead_id: UUID) -> bytes | None:
    """The lead's phone as it lies sealed, if it has one."""
    found = connection.exec_driver_sql("SELECT phone_cipher FROM lead WHERE id = %s", (lead_id,)).scalar_one()
    return None if found is None else bytes(found)


def follow(connection: sa.Connection, follow_up_id: UUID, command: FollowLead, author: UUID, now: datetime) -> None:
    """Add a follow-up of a lead."""
    values: dict[str, Any] = {
        "id": follow_up_id,
        "lead_id": command.id,
        "author_id": author,
        "type": command.type.value,
        "content": command.content.strip(),
        "attitude": command.attitude and command.attitude.value,
        "stage": (command.stage or "").strip() or None,
        "next_contact_at": command.next_contact_at,
        "now": now,
    }
    connection.exec_driver_sql(_FOLLOW, values)


def score_rules(connection: sa.Connection) -> list[ScoreRule]:
    """By what rules leads are scored now."""
    rows = connection.exec_driver_sql("SELECT field, values_in, points FROM lead_score_rule ORDER BY place")
    return [ScoreRule(field=ScoreField(name), values_in=tuple(values), points=points) for name, values, points in rows]


def replace_score_rules(connection: sa.Connection, rules: Sequence[ScoreRule], new_id: Ids) -> list[UUID]:
    """Score by these rules from now on; their ids."""
    # one at a time: two who set rules at once must not leave the sum of both
    connection.exec_driver_sql("LOCK TABLE lead_score_rule IN SHARE ROW EXCLUSIVE MODE")
    connection.exec_driver_sql("DELETE FROM lead_score_rule")
    ids = [new_id() for _ in rules]
    for place, (rule_id, rule) in enumerate(zip(ids, rules, strict=True)):
        row = (rule_id, place, rule.field.value, list(rule.values_in), rule.points)
        connection.exec_driver_sql(_SCORE_RULES, row)
    return ids


def _row(of: Lead, now: datetime) -> tuple[Any, ...]:
    kept = [getattr(of, name) for name in _KEPT if name != "id"]
    email = folded(of.email) if of.email else None
    return (*kept, pinyin_key(of.name, surname=True), email, now)
