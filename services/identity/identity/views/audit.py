"""The journal as audit log and as history of one record (AUD-01)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from crm_common.errors import CommonRules
from crm_common.ids import from_global
from crm_common.journal.tables import journal
from crm_common.journal.told import Told, history_binding, masked_changes
from crm_common.protocol.declare import snake
from crm_common.protocol.identity import employees, roles
from crm_common.protocol.identity.audit import AuditEntryView, AuditLog, RecordHistory
from crm_common.protocol.identity.company import CompanyView
from crm_common.protocol.identity.departments import DepartmentView
from crm_common.protocol.identity.employees import EmployeeView
from crm_common.protocol.identity.positions import PositionView
from crm_common.protocol.identity.roles import RoleView
from crm_common.protocol.identity.service import SEE_ORGANISATION
from crm_common.protocol.policy import needs
from crm_common.reading import Where, bind

_CHANGES = masked_changes({"phone": "masked_phone"})
_DATA = f"""
CASE WHEN {{t}}.data::jsonb ? 'changes'
THEN jsonb_set({{t}}.data::jsonb, ARRAY['changes'], {_CHANGES}) ELSE {{t}}.data::jsonb END
"""

AUDIT = bind(
    AuditEntryView,
    journal,
    key=journal.c.event_id,
    fields={"id": journal.c.event_id, "changes": _CHANGES, "data": _DATA},
    default_order=[journal.c.occurred_at.desc(), journal.c.position.desc()],
)
HISTORY = history_binding(_CHANGES)

# The changes of a record are for those who may edit such records or see all of their fields.
_TOLD = {
    "Department": Told(view=DepartmentView, aggregates=("department",), policy=SEE_ORGANISATION),
    "Position": Told(view=PositionView, aggregates=("position",), policy=SEE_ORGANISATION),
    "Employee": Told(view=EmployeeView, aggregates=("employee", "role", "handover"), policy=employees.ACCOUNT_MATTERS),
    "Role": Told(view=RoleView, aggregates=("role",), policy=roles.SEE),
    "Company": Told(view=CompanyView, aggregates=("company",), policy=needs("sys.view", "sys.edit", "audit.view")),
}

# What stands in the journal under another name than the record's type: an event belongs to the part before its dot.
_AGGREGATES = {"RightsReview": ("role",), "RightsReviewItem": ("role",)}


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


def changes_of(query: RecordHistory) -> tuple[Told, UUID]:
    """How the history of the record that is asked for is told, and the record's id."""
    type_name, record = _record(query.record_id)
    told = _TOLD.get(type_name or "")
    if told is None:
        raise CommonRules.the_record_was_not_found(field="record_id")
    return told, record


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
    if type_name is None:
        aggregates: tuple[str, ...] = every
    elif type_name in _TOLD:
        aggregates = _TOLD[type_name].aggregates
    else:
        aggregates = _AGGREGATES.get(type_name, (snake(type_name),))
    return [f"{aggregate}/{record}" for aggregate in aggregates]
