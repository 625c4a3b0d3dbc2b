"""Commands about assignment rules (CUS-39), and who receives by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.assign_rules import (
    AssignedKind,
    AssignRuleCreated,
    AssignRuleDeleted,
    AssignRuleUpdated,
    AssignWay,
    CreateAssignRule,
    DeleteAssignRule,
    UpdateAssignRule,
)
from customer.domain import assign_rule as domain
from customer.domain.assign_rule import AssignRule, Facts
from customer.store import assign_rules, held


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives something, by which rule."""

    rule_id: UUID
    employee_id: UUID


def receiver(
    change: Change,
    kind: AssignedKind,
    facts: Facts,
    *,
    rules: Sequence[AssignRule] | None = None,
    but: UUID | None = None,
) -> Receiver | None:
    """Who receives something of this kind by the first active rule that fits and has somebody to give to.

    ``rules`` are the active ones, where they are known; ``but`` is who does not receive it, whatever rule fits.
    """
    for rule in assign_rules.active(change.connection, kind) if rules is None else rules:
        if not domain.fits(rule, facts):
            continue
        known = held.active(change.connection, rule.employee_ids)
        people = [each for each in rule.employee_ids if each in known and each != but]
        if not people:
            continue
        turn = assign_rules.take_turn(change.connection, rule.id)
        counted = rule.way is AssignWay.LEAST_LOAD
        loads = assign_rules.loads(change.connection, kind, people) if counted else {}
        return Receiver(rule.id, domain.receiver(rule, people, turn, loads))
    return None


def create_assign_rule(change: Change, command: CreateAssignRule) -> dict[str, Any]:
    """A new rule."""
    rule = domain.created(change.new_id(), command)
    assign_rules.insert(change.connection, rule, change.now)
    change.record(AssignRuleCreated(rule_id=rule.id, name=rule.name, changes=difference(None, rule)))
    return {"assign_rule": rule.id}


def update_assign_rule(change: Change, command: UpdateAssignRule) -> dict[str, Any]:
    """A rule as it is changed."""
    before = _existing(change, command.id)
    after = domain.updated(before, command)
    if after != before:
        assign_rules.save(change.connection, after, change.now)
        change.record(AssignRuleUpdated(rule_id=after.id, name=after.name, changes=difference(before, after)))
    return {"assign_rule": after.id}


def delete_assign_rule(change: Change, command: DeleteAssignRule) -> dict[str, Any]:
    """The end of a rule."""
    rule = _existing(change, command.id)
    expect_version(rule.version, command.version)
    assign_rules.delete(change.connection, rule.id)
    change.record(AssignRuleDeleted(rule_id=rule.id, name=rule.name, changes=difference(rule, None)))
    return {"deleted_id": rule.id}


def _existing(change: Change, rule_id: UUID) -> AssignRule:
    found = assign_rules.locked(change.connection, rule_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
