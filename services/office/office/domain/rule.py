"""A workflow rule and its firings (CFD-05): when it is due, how deep rules have set one another off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from crm_common.ids import to_global
from crm_common.protocol.declare import Envelope
from crm_common.protocol.office.rules import DEPTH, FiringStatus
from office.domain.event_fields import Trigger, triggers
from office.domain.rule_input import Value, camel


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as its row keeps it. ``condition`` is as its user wrote it, ``actions`` are ``{mutation, input}``."""

    id: UUID
    name: str
    description: str
    active: bool
    event_type: str | None
    delay_minutes: int
    relative_to: str | None
    schedule: str | None
    next_due_at: datetime | None
    condition: dict[str, Any] | None
    actions: list[dict[str, Any]]
    owner_id: UUID
    version: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule that fired, with all its actions need: what is changed about the rule later does not concern them."""

    id: UUID
    rule_id: UUID
    rule_name: str
    owner_id: UUID
    event_id: UUID
    event_type: str | None
    record: str | None
    occurred_at: datetime
    correlation_id: str
    depth: int
    data: dict[str, Any]
    actions: list[dict[str, Any]]
    found: dict[str, Any]
    status: FiringStatus
    results: list[dict[str, Any]]
    problem: str | None = None
    attempts: int = 0
    due_at: datetime
    next_try: datetime
    fired_at: datetime
    finished_at: datetime | None = None


def root_of(correlation_id: str) -> tuple[str, UUID | None]:
    """The request that all began with, and the firing whose actions led here, if any did."""
    root, mark, firing = correlation_id.rpartition("~")
    try:
        return (root, UUID(firing)) if mark else (correlation_id, None)
    except ValueError:
        return correlation_id, None


def chained(firing: Firing) -> str:
    """The correlation id under which a firing's actions run: whatever follows from them carries it on."""
    return f"{root_of(firing.correlation_id)[0]}~{firing.id}"


def too_deep(depth: int) -> bool:
    """Whether rules have set one another off too often."""
    return depth > DEPTH


def record_of(trigger: Trigger, event: Envelope) -> str | None:
    """The global id of the record that an event is about."""
    return to_global(trigger.type_name, event.subject.partition("/")[2]) if trigger.type_name else None


def due_at(rule: Rule, event: Envelope) -> datetime | None:
    """When the rule acts on an event; None where the time it is relative to is missing."""
    begun = event.time
    if rule.relative_to is not None:
        told = triggers()[event.type].fields[rule.relative_to].value(event.data)
        if told is None:
            return None
        begun = datetime.fromisoformat(told)
        begun = begun if begun.tzinfo else begun.replace(tzinfo=UTC)
    return begun + timedelta(minutes=rule.delay_minutes)


def event_of_time(rule: Rule, due: datetime) -> UUID:
    """The id that stands for a due time of a schedule, the same whoever asks."""
    return uuid5(rule.id, due.isoformat())


def names_in(condition: Any) -> set[str]:
    """The fields that a condition asks, as it names them."""
    if isinstance(condition, list):
        return {name for each in condition for name in names_in(each)}
    if not isinstance(condition, dict):
        return set()
    found: set[str] = set()
    for name, part in condition.items():
        found |= names_in(part) if name in ("and", "or", "not") else {name}
    return found


def values(condition: Mapping[str, Any] | None, trigger: Trigger, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the condition finds, by the names it uses."""
    known = {camel(name): each for name, each in trigger.fields.items()}
    return {name: known[name].value(data) for name in sorted(names_in(condition)) if name in known}


def places(
    trigger: Trigger | None, data: Mapping[str, Any], *, record: str | None, occurred_at: datetime, owner: UUID
) -> Value:
    """The value for each place of an action's input."""
    own: dict[str, Any] = {"occurredAt": occurred_at.isoformat(), "owner": str(owner)}
    if record is not None:
        own["record"] = record
    known = {camel(name): each for name, each in trigger.fields.items()} if trigger else {}

    def value(name: str) -> Any:
        return own[name] if name in own else known[name].value(data)

    return value
