"""Commands about leads (CUS-40, 42; features §3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.context import ActorKind
from crm_common.editing import difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.assign_rules import AssignedKind
from crm_common.protocol.customer.lead_rules import LeadRules
from crm_common.protocol.customer.leads import (
    AUTO_ASSIGN_SCORE,
    AssignLead,
    CreateLead,
    FollowLead,
    GiveUpLead,
    LeadAssigned,
    LeadCreated,
    LeadEvent,
    LeadFollowed,
    LeadInvalidated,
    LeadScoreRulesChanged,
    LeadScreened,
    LeadStatus,
    LeadUpdated,
    ScoreRule,
    ScreenLead,
    SetLeadScoreRules,
    UpdateLead,
)
from crm_common.protocol.customer.people_rules import PeopleRules
from crm_common.settings_data import setting_id
from customer.adapters.phones import Phones
from customer.domain import lead as domain
from customer.domain import phone
from customer.domain.assign_rule import Facts
from customer.domain.dictionary import values
from customer.domain.lead import UNTOLD, Lead
from customer.store import held, leads
from customer.usecases import assign_rules
from customer.usecases.dictionaries import expect_entries

SECTION = "lead"
CODED = ("region", "industry", "source", "level")
"""What of a lead is a code of a dictionary."""
SCORE_RULES = setting_id("lead.score_rules")
"""The subject of what is told of the score rules."""
E = TypeVar("E", bound=LeadEvent)


def create_lead(phones: Phones) -> Usecase:
    """A new lead."""

    def run(change: Change, command: CreateLead) -> dict[str, Any]:
        added = add(change, phones, command, by=change.context.authenticated().id)
        if added is None:
            raise LeadRules.an_open_lead_has_this_phone_or_email(field="phone" if command.phone else "email")
        change.record(told(LeadCreated, None, added))
        return {"lead": added.id}

    return run


def add(
    change: Change,
    phones: Phones,
    command: CreateLead,
    *,
    by: UUID | None,
    form_id: UUID | None = None,
    spam: bool = False,
) -> Lead | None:
    """Write a new lead; None when an open one has its phone or e-mail address. What is told of it is the caller's."""
    lead_id = change.new_id()
    given = (command.phone or "").strip()
    sealed = phones.sealed(phone.normalised(given), "lead", lead_id) if given else None
    added = domain.created(lead_id, command, sealed.mask if sealed else None, by)
    expect_entries(change, values(added, CODED))
    if spam:
        added = replace(added, spam=True)
    return added if leads.insert(change.connection, added, sealed, form_id=form_id, now=change.now) else None


def update_lead(change: Change, command: UpdateLead) -> dict[str, Any]:
    """Other data of a lead."""
    before = visible(change, command.id)
    after = domain.edited(before, command)
    expect_entries(change, values(after, [name for name in CODED if getattr(after, name) != getattr(before, name)]))
    return _saved(change, before, after, LeadUpdated)


def screen_lead(change: Change, command: ScreenLead) -> dict[str, Any]:
    """A lead is reviewed; a good one with enough points is given out by rule."""
    before = visible(change, command.id)
    after = domain.screened(before, command, leads.score_rules(change.connection))
    change.record(told(LeadScreened, before, after))
    if after.status is LeadStatus.SCREENED and (after.score or 0) >= change.settings.get(AUTO_ASSIGN_SCORE):
        facts = Facts(region=after.region, industry=after.industry, source=after.source, level=after.level)
        found = assign_rules.receiver(change, AssignedKind.LEAD, facts)
        if found is not None:
            given = domain.assigned(after, found.employee_id)
            change.record(told(LeadAssigned, after, given, {"rule_id": found.rule_id}))
            after = given
    leads.save(change.connection, after, change.now)
    return {"lead": after.id}


def assign_lead(change: Change, command: AssignLead) -> dict[str, Any]:
    """A lead is given to a salesperson."""
    before = visible(change, command.id)
    domain.expect_status(before, domain.GIVEN_OUT)
    expect_version(before.version, command.version)
    if not held.active(change.connection, [command.owner_id]):
        raise LeadRules.an_employee_cannot_receive_leads(field="owner_id")
    return _saved(change, before, domain.assigned(before, command.owner_id), LeadAssigned)


def follow_lead(change: Change, command: FollowLead) -> dict[str, Any]:
    """What was said to a lead."""
    before = owned(change, command.id)
    if not command.content.strip():
        raise PeopleRules.a_follow_up_says_something(field="content")
    after = domain.followed(before, command.next_contact_at, change.now)
    follow_up_id, author = change.new_id(), change.context.authenticated().id
    leads.save(change.connection, after, change.now)
    leads.follow(change.connection, follow_up_id, command, author, change.now)
    change.record(told(LeadFollowed, before, after, {"follow_up_id": follow_up_id}))
    return {"lead": after.id}


def give_up_lead(change: Change, command: GiveUpLead) -> dict[str, Any]:
    """A lead of one's own is good for nothing."""
    before = owned(change, command.id)
    return _saved(change, before, domain.given_up(before, command.version, command.reason), LeadInvalidated)


def set_score_rules(change: Change, command: SetLeadScoreRules) -> dict[str, Any]:
    """Other rules by which leads are scored."""
    before = leads.score_rules(change.connection)
    ids = leads.replace_score_rules(change.connection, command.rules, change.new_id)
    if before != list(command.rules):
        changes = {"rules": ([_plain(each) for each in before], [_plain(each) for each in command.rules])}
        change.record(LeadScoreRulesChanged(rules_id=SCORE_RULES, changes=changes))
    return {"lead_score_rules": ids}


def visible(change: Change, lead_id: UUID) -> Lead:
    """The lead, locked, if the caller sees it; else ``NOT_FOUND``."""
    found = leads.locked(change.connection, lead_id)
    if found is None or not _sees(change, found):
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def owned(change: Change, lead_id: UUID) -> Lead:
    """The lead, locked, in the caller's own name; ``FORBIDDEN`` where he only sees it."""
    found = visible(change, lead_id)
    actor = change.context.authenticated()
    if actor.kind is not ActorKind.SYSTEM and found.owner_id != actor.id:
        domain.expect_status(found, domain.WORKED_ON)
        raise LeadRules.only_its_owner_works_on_a_lead(field="id")
    return found


def told(kind: type[E], before: Lead | None, after: Lead, about: Mapping[str, Any] | None = None) -> E:
    """The event of a change; ``about`` is what this kind tells beside the others."""
    changes = difference(before, after, without=UNTOLD)
    common = {"name": after.name, "status": after.status, "owner_id": after.owner_id}
    return kind(lead_id=after.id, changes=changes, **common, **(about or {}))  # type: ignore[arg-type]


def _sees(change: Change, lead: Lead) -> bool:
    actor = change.context.authenticated()
    if actor.kind is ActorKind.SYSTEM or actor.scope(SECTION) == "ALL":
        return True
    if lead.owner_id is None:
        return lead.created_by == actor.id or actor.may("lead.screen") or actor.may("lead.assign")
    department, scope = actor.department_id, actor.scope(SECTION)
    return held.in_reach(change.connection, owner=lead.owner_id, scope=scope, me=actor.id, department=department)


def _saved(change: Change, before: Lead, after: Lead, kind: type[E]) -> dict[str, Any]:
    if after != before:
        leads.save(change.connection, after, change.now)
        change.record(told(kind, before, after))
    return {"lead": after.id}


def _plain(rule: ScoreRule) -> dict[str, Any]:
    return {"field": rule.field.value, "values_in": list(rule.values_in), "points": rule.points}
