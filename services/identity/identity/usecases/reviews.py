"""Rights reviews (IDN-22): opened by a job when due, decided and closed by people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.identity.review import (
    REVIEW_DAYS,
    CloseRightsReview,
    DecideRightsReview,
    ReviewDecision,
)
from identity.domain import review as domain
from identity.domain import role as role_domain
from identity.domain.review import Review
from identity.store import company, employees, guards, reviews
from identity.usecases.administrators import keep_an_administrator


def open_review_when_due(change: Change) -> bool:
    """Open a review when the last one lies role.review_days back and none is open; says whether it did."""
    guards.administrators(change.connection)
    anchor = reviews.latest_opened_at(change.connection) or company.founded_at(change.connection)
    days = change.settings.get(REVIEW_DAYS)
    if anchor is None or reviews.is_open(change.connection) or not domain.is_due(change.now, anchor, days):
        return False
    review_id = change.new_id()
    count = reviews.insert(change.connection, review_id, change.now)
    _, event = domain.open_review(review_id, count)
    change.record(event)
    return True


def decide_rights_review(change: Change, command: DecideRightsReview) -> dict[str, Any]:
    """Keep or remove, recorded per item; what is removed is taken at once."""
    guards.administrators(change.connection)
    actor = change.context.authenticated()
    before = _existing(change, command.review_id)
    items = reviews.items(change.connection, [each.item_id for each in command.decisions])
    after, decided, event = domain.decide(before, items, command.decisions)
    for each in decided:
        reviews.save_decision(change.connection, each, actor.id, change.now)
        if each.decision is ReviewDecision.REMOVE:
            _take(change, each.item.employee_id, each.item.role_id)
    reviews.save(change.connection, after)
    change.record(event)
    keep_an_administrator(change)
    return {"review": after.id}


def close_rights_review(change: Change, command: CloseRightsReview) -> dict[str, Any]:
    """The end of a review of which every item is decided."""
    actor = change.context.authenticated()
    before = _existing(change, command.review_id)
    after, event = domain.close(before, reviews.decisions(change.connection, before.id))
    reviews.save(change.connection, after)
    reviews.set_closed(change.connection, after.id, actor.id, change.now)
    change.record(event)
    return {"review": after.id}


def _take(change: Change, employee_id: UUID, role_id: UUID) -> None:
    employees.get(change.connection, employee_id)
    present = employees.roles_in_person(change.connection, employee_id)
    after, events = role_domain.assign(employee_id, present, (), [role_id])
    employees.set_roles_in_person(change.connection, employee_id, present, after)
    change.record(*events)


def _existing(change: Change, review_id: UUID) -> Review:
    found = reviews.get(change.connection, review_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="review_id")
    return found
