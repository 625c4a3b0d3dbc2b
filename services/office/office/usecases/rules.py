"""Making workflow rules, and their firing: by an event from the inbox, or by a time (CFD-05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from crm_common.changes import Change
from crm_common.context import Actor, ActorKind
from crm_common.editing import chosen, difference, expect_version
from crm_common.errors import CommonRules, CrmError
from crm_common.ids import to_global
from crm_common.jobs import JobRun
from crm_common.jobs.schedule import schedule
from crm_common.protocol import platform
from crm_common.protocol.declare import Envelope
from crm_common.protocol.office.rule_refusals import WorkflowRules
from crm_common.protocol.office.rules import (
    DEPTH,
    CreateRule,
    FiringStatus,
    RuleAction,
    RuleChanged,
    RuleCreated,
    RuleFired,
    RuleStopped,
    RuleUpdated,
    UpdateRule,
)
from crm_common.store import Store
from office.adapters import conditions
from office.adapters.conditions import Conditions
from office.domain import rule as domain
from office.domain import rule_input
from office.domain.event_fields import triggers
from office.domain.rule import Firing, Rule
from office.store import rules

_TOLD = ("name", "description", "active", "event_type", "delay_minutes", "relative_to", "schedule", "owner_id")


def create_rule(change: Change, command: CreateRule) -> dict[str, Any]:
    """A new rule of the caller's."""
    owner = _owner(change)
    actions: list[dict[str, Any]] = [msgspec.to_builtins(each) for each in command.actions]
    made = Rule(
        id=change.new_id(), owner_id=owner.id, next_due_at=None, actions=actions,
        **{name: getattr(command, name) for name in (*_TOLD[:-1], "condition")},
    )  # fmt: skip
    made = _checked(change, made, owner)
    rules.insert(change.connection, made, change.now)
    change.record(_told(RuleCreated, None, made))
    return {"rule": made.id}


def update_rule(change: Change, command: UpdateRule) -> dict[str, Any]:
    """The rule as its new owner wants it."""
    before = rules.locked(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_version(before.version, command.version)
    owner = _owner(change)
    given = {name: chosen(getattr(command, name), getattr(before, name)) for name in (*_TOLD[:-1], "condition")}
    actions = before.actions if command.actions is msgspec.UNSET else msgspec.to_builtins(command.actions)
    after = _checked(change, replace(before, **given, actions=actions, owner_id=owner.id), owner)
    if after != before:
        after = replace(after, version=before.version + 1)
        rules.save(change.connection, after, change.now)
        change.record(_told(RuleUpdated, before, after))
    return {"rule": after.id}


def hear(change: Change, event: Envelope, store: Store, asking: Conditions) -> None:
    """Every active rule that begins with such an event, and whose condition holds, fires: once."""
    depth = _depth(event.correlation_id or "", store)
    for each in rules.waiting_for(change.connection, event.type, event.time):
        due = domain.due_at(each, event)
        if due is not None:
            _fire_if(change, each, event, asking, (depth, due))


def fire_by_time(run: JobRun) -> None:
    """Rules by schedule whose time has come fire, once for all the times that were missed."""
    with run.change() as change:
        found = rules.due(change.connection, run.now)
        for each in found:
            assert each.next_due_at is not None
            firing = _by_time(change, each, each.next_due_at)
            if rules.fire(change.connection, firing):
                change.record(_fired(firing))
            rules.save(change.connection, replace(each, next_due_at=_next(change, each, run.now)), change.now)
        run.report["fired"] = len(found)
        run.report["brought_forward"] = rules.bring_forward(change.connection, run.now)


def _fire_if(change: Change, rule: Rule, event: Envelope, asking: Conditions, when: tuple[int, datetime]) -> None:
    trigger, (depth, due) = triggers()[event.type], when
    firing = Firing(
        id=change.new_id(),
        rule_id=rule.id,
        rule_name=rule.name,
        owner_id=rule.owner_id,
        event_id=event.id,
        event_type=event.type,
        record=domain.record_of(trigger, event),
        occurred_at=event.time,
        correlation_id=event.correlation_id or str(event.id),
        depth=depth,
        data=event.data,
        actions=rule.actions,
        found=domain.values(rule.condition, trigger, event.data),
        status=FiringStatus.WAITING,
        results=[],
        due_at=due,
        next_try=due,
        fired_at=change.now,
    )
    try:
        if not asking.holds(event.type, rule.condition, event.data):
            return
    except CrmError as wrong:
        firing = _ended(firing, FiringStatus.FAILED, wrong, change.now)
    else:
        if domain.too_deep(depth):
            stopped = WorkflowRules.rules_set_one_another_off(limit=DEPTH)
            firing = _ended(firing, FiringStatus.STOPPED, stopped, change.now)
    if rules.fire(change.connection, firing):
        change.record(_fired(firing))


def _by_time(change: Change, rule: Rule, due: datetime) -> Firing:
    return Firing(
        id=change.new_id(),
        rule_id=rule.id,
        rule_name=rule.name,
        owner_id=rule.owner_id,
        event_id=domain.event_of_time(rule, due),
        event_type=None,
        record=None,
        occurred_at=due,
        correlation_id=change.context.correlation_id,
        depth=1,
        data={},
        actions=rule.actions,
        found={},
        status=FiringStatus.WAITING,
        results=[],
        due_at=change.now,
        next_try=change.now,
        fired_at=change.now,
    )


def _ended(firing: Firing, status: FiringStatus, why: CrmError, now: datetime) -> Firing:
    return replace(firing, status=status, problem=str(why), data={}, finished_at=now)


def _fired(firing: Firing) -> RuleFired | RuleStopped:
    kind = RuleStopped if firing.status is FiringStatus.STOPPED else RuleFired
    return kind(
        rule_id=firing.rule_id,
        firing_id=firing.id,
        event_id=firing.event_id,
        trigger=firing.event_type,
        record=firing.record,
        depth=firing.depth,
    )


def _depth(correlation_id: str, store: Store) -> int:
    """1, or one more than the firing whose actions led to the event."""
    root, firing_id = domain.root_of(correlation_id)
    before = rules.depth_of(store, firing_id) if firing_id else None
    # anybody can send a correlation id: one that names a firing of another request means nothing
    return before[0] + 1 if before and domain.root_of(before[1])[0] == root else 1


def _owner(change: Change) -> Actor:
    actor = change.context.authenticated()
    if actor.kind is not ActorKind.EMPLOYEE:
        raise WorkflowRules.a_rule_belongs_to_an_employee()
    return actor


def _checked(change: Change, rule: Rule, owner: Actor) -> Rule:
    """The rule, if all of it fits together; a schedule with its next time."""
    if not rule.name.strip():
        raise WorkflowRules.a_rule_has_a_name(field="name")
    if (rule.event_type is None) is (rule.schedule is None):
        raise WorkflowRules.a_rule_begins_with_an_event_or_a_time(field="event_type")
    if not rule.actions:
        raise WorkflowRules.a_rule_acts(field="actions")
    if rule.schedule is not None and (rule.condition or rule.delay_minutes or rule.relative_to):
        raise WorkflowRules.a_schedule_knows_no_record(field="schedule")
    if rule.event_type is not None:
        _check_event(rule, rule.event_type)
    for place, each in enumerate(rule.actions):
        _check_action(change, rule, owner, (place, each))
    return replace(rule, name=rule.name.strip(), next_due_at=_next(change, rule, change.now))


def _check_event(rule: Rule, event_type: str) -> None:
    trigger = triggers().get(event_type)
    if trigger is None:
        raise WorkflowRules.there_is_no_such_event(field="event_type", name=event_type)
    if rule.relative_to is not None:
        told = trigger.fields.get(rule.relative_to)
        if told is None or told.type is not datetime:
            raise WorkflowRules.a_rule_waits_for_a_time_of_its_event(field="relative_to", name=rule.relative_to)
    if rule.condition:
        conditions.check(event_type, rule.condition)


def _check_action(change: Change, rule: Rule, owner: Actor, action: tuple[int, Mapping[str, Any]]) -> None:
    place, given = action
    path = f"actions.{place}"
    operation = rule_input.sendable(RuleAction(**given), owner, path=path)
    trigger = triggers()[rule.event_type] if rule.event_type else None
    record = to_global(trigger.type_name, rule.id) if trigger is not None and trigger.type_name else None
    known = domain.places(trigger, {}, record=record, occurred_at=change.now, owner=owner.id)
    rule_input.check(operation.cls, given["input"], known, change.now, path=f"{path}.input")


def _next(change: Change, rule: Rule, after: datetime) -> datetime | None:
    if rule.schedule is None:
        return None
    try:
        zone = ZoneInfo(change.settings.get(platform.TIMEZONE))
        return schedule(rule.schedule, zone.key).next_after(after)
    except ValueError as wrong:
        raise WorkflowRules.a_schedule_is_a_cron_line(field="schedule", problem=str(wrong)) from wrong


def _told(kind: type[RuleChanged], before: Rule | None, after: Rule) -> RuleChanged:
    changes = difference(before, after, without=("id", "version", "next_due_at"))
    return kind(rule_id=after.id, name=after.name, active=after.active, owner_id=after.owner_id, changes=changes)
