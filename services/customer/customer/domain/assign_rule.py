"""Assignment rules (CUS-39): what a rule fits, and whom of its employees it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.customer.assign_rules import AssignedKind, AssignWay, CreateAssignRule, UpdateAssignRule
from crm_common.protocol.customer.lead_rules import LeadRules
from customer.domain.names import cleaned

_LISTS = ("regions", "industries", "sources", "levels")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRule:
    """A rule as its row keeps it."""

    id: UUID
    name: str
    place: int
    active: bool
    kind: AssignedKind
    regions: tuple[str, ...]
    industries: tuple[str, ...]
    sources: tuple[str, ...]
    levels: tuple[str, ...]
    way: AssignWay
    employee_ids: tuple[UUID, ...]
    version: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules look at."""

    region: str | None
    industry: str | None
    source: str | None
    level: str | None


def created(rule_id: UUID, command: CreateAssignRule) -> AssignRule:
    """A new rule."""
    return _checked(
        AssignRule(
            id=rule_id,
            name=cleaned(command.name),
            place=command.place,
            active=command.active,
            kind=command.kind,
            way=command.way,
            employee_ids=tuple(dict.fromkeys(command.employee_ids)),
            regions=tuple(command.regions),
            industries=tuple(command.industries),
            sources=tuple(command.sources),
            levels=tuple(command.levels),
        )
    )


def updated(rule: AssignRule, command: UpdateAssignRule) -> AssignRule:
    """The rule as it is changed."""
    expect_version(rule.version, command.version)
    return _checked(
        replace(
            rule,
            name=cleaned(chosen(command.name, rule.name)),
            place=chosen(command.place, rule.place),
            active=chosen(command.active, rule.active),
            way=chosen(command.way, rule.way),
            employee_ids=tuple(dict.fromkeys(chosen(command.employee_ids, rule.employee_ids))),
            regions=tuple(chosen(command.regions, rule.regions)),
            industries=tuple(chosen(command.industries, rule.industries)),
            sources=tuple(chosen(command.sources, rule.sources)),
            levels=tuple(chosen(command.levels, rule.levels)),
        )
    )


def fits(rule: AssignRule, facts: Facts) -> bool:
    """Whether every list of the rule holds what is there; an empty list holds everything."""
    pairs = zip(_LISTS, (facts.region, facts.industry, facts.source, facts.level), strict=True)
    return all(not getattr(rule, name) or value in getattr(rule, name) for name, value in pairs)


def receiver(rule: AssignRule, active: Sequence[UUID], turn: int, loads: Mapping[UUID, int]) -> UUID:
    """Who of the rule's ``active`` employees (in its order, at least one) receives the next one.

    ``turn`` counts what the rule gave out before; ``loads`` how much each has already.
    """
    if rule.way is AssignWay.LEAST_LOAD:
        return min(active, key=lambda each: (loads.get(each, 0), active.index(each)))
    return active[turn % len(active)]


def _checked(rule: AssignRule) -> AssignRule:
    if not rule.employee_ids:
        raise LeadRules.a_rule_names_employees(field="employee_ids")
    if rule.way is AssignWay.PERSON and len(rule.employee_ids) != 1:
        raise LeadRules.a_rule_for_a_person_names_one(field="employee_ids")
    return rule
