"""The journal as audit log and as history of one record (AUD-01)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from crm_common.errors import CommonRules
from crm_common.ids import from_global
from crm_common.journal.tables import journal
from crm_common.protocol.declare import snake
from crm_common.protocol.identity import employees, roles
from crm_common.protocol.identity.audit import AuditEntryView, AuditLog, HistoryEntryView, RecordHistory
from crm_common.protocol.identity.service import SEE_ORGANISATION
from crm_common.protocol.policy import Policy, needs
from crm_common.reading import Where, bind

_CHANGES = "masked_changes({t}.data::jsonb -> 'changes')"
_DATA = """
CASE WHEN {t}.data::jsonb ? 'changes'
THEN jsonb_set({t}.data::jsonb, '{changes}', masked_changes({t}.data::jsonb -> 'changes')) ELSE {t}.data::jsonb END
""".replace("'{changes}'", "ARRAY['changes']")
_LATEST_FIRST = [journal.c.occurred_at.desc(), journal.c.position.desc()]

AUDIT = bind(
    AuditEntryView,
    journal,
    key=journal.c.event_id,
    fields={"id": journal.c.event_id, "changes": _CHANGES, "data": _DATA},
    default_order=_LATEST_FIRST,
)
HISTORY = bind(
    HistoryEntryView,
    journal,
    key=journal.c.event_id,
    fields={"id": journal.c.event_id, "changes": _CHANGES},
    default_order=_LATEST_FIRST,
)

# What stands in the journal under another name than the record's type: an event belongs to the part before its dot.
_AGGREGATES = {"Employee": ("employee", "role", "handover"), "RightsReview": ("role",), "RightsReviewItem": ("role",)}

# The changes of a record are for those who may edit such records or see all of their fields.
_HISTORY_POLICIES: dict[str, Policy] = {
    "Department": SEE_ORGANISATION,
    "Position": SEE_ORGANISATION,
    "Employee": employees.ACCOUNT_MATTERS,
    "Role": roles.SEE,
    "Company": needs("sys.view", "sys.edit", "audit.view"),
}


def entries_of(query: AuditLog) -> Where | None:
    """The condition of the audit log's own arguments."""
    conditions: dict[str, tuple[str, Any]] = {}
    if query.record_id is not None:
        conditions["subjects"] = ("{t}.subject = ANY({subjects})", _subjects(*_record(query.record_id)))
    if query.record_type is not None:
        # as a range, so that the index on the type serves it
        aggregate = snake(query.record_type)
        conditions["from_type"] = ("{t}.type >= {from_type}", f"{aggregate}.")
        conditions["to_type"] = ("{t}.type < {to_type}", f"{aggregate}/")
    if query.employee_id is not None:
        conditions["actor"] = ("{t}.actor = {actor}", f"employee:{query.employee_id}")
    if query.since is not None:
        conditions["since"] = ("{t}.occurred_at >= {since}", query.since)
    if query.until is not None:
        conditions["until"] = ("{t}.occurred_at < {until}", query.until)
    if not conditions:
        return None
    text = " AND ".join(condition for condition, _ in conditions.values())
    return Where(text, **{name: value for name, (_, value) in conditions.items()})


def changes_of(query: RecordHistory) -> tuple[str, UUID, Policy, Where]:
    """Type and id of the record whose history is asked for, the policy for it, and the condition."""
    type_name, record = _record(query.record_id)
    policy = _HISTORY_POLICIES.get(type_name or "")
    if policy is None or type_name is None:
        raise CommonRules.the_record_was_not_found(field="record_id")
    where = Where("{t}.subject = ANY({subjects})", subjects=_subjects(type_name, record))
    return type_name, record, policy, where


def _record(identifier: str) -> tuple[str | None, UUID]:
    """Type and key of a global id; a plain UUID names a record of any type."""
    readings: tuple[Callable[[str], tuple[str | None, UUID]], ...] = (from_global, lambda text: (None, UUID(text)))
    for reading in readings:
        try:
            return reading(identifier)
        except ValueError:
            continue
    raise CommonRules.a_value_has_the_wrong_shape(field="record_id", problem="not an id")


def _subjects(type_name: str | None, record: UUID) -> list[str]:
    every = ("department", "position", "employee", "role", "company", "session", "api_client", "setting", "handover")
    aggregates = every if type_name is None else _AGGREGATES.get(type_name, (snake(type_name),))
    return [f"{aggregate}/{record}" for aggregate in aggregates]
