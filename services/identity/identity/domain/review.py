"""Rights review (IDN-22): due every so many days; for each role of each employee, keep or remove is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from crm_common.protocol.identity.review import (
    ItemDecision,
    ReviewDecision,
    ReviewState,
    RoleReviewClosed,
    RoleReviewDecided,
    RoleReviewDue,
)
from crm_common.protocol.identity.rules import ReviewRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A rights review."""

    id: UUID
    state: str
    item_count: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One role of one employee under review."""

    id: UUID
    review_id: UUID
    employee_id: UUID
    role_id: UUID
    by_position: bool
    decision: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about an item."""

    item: Item
    decision: ReviewDecision
    comment: str | None


def is_due(now: datetime, anchor: datetime, days: int) -> bool:
    """Whether ``days`` times 24 hours have passed since the last review was opened, or the company founded."""
    return now >= anchor + timedelta(days=days)


def open_review(review_id: UUID, item_count: int) -> tuple[Review, RoleReviewDue]:
    """A review that fell due."""
    review = Review(id=review_id, state=ReviewState.OPEN.value, item_count=item_count, version=1)
    return review, RoleReviewDue(review_id=review_id, item_count=item_count)


def decide(
    review: Review, items: Mapping[UUID, Item], decisions: Sequence[ItemDecision]
) -> tuple[Review, list[Decided], RoleReviewDecided]:
    """Decisions about items of an open review; all or none."""
    if review.state != ReviewState.OPEN:
        raise ReviewRules.a_closed_review_is_not_changed()
    decided: dict[UUID, Decided] = {}
    for place, each in enumerate(decisions):
        field = f"decisions.{place}.item_id"
        item = items.get(each.item_id)
        if item is None or item.review_id != review.id:
            raise ReviewRules.an_item_belongs_to_its_review(field=field)
        if item.decision is not None or item.id in decided:
            raise ReviewRules.a_decided_item_is_not_decided_again(field=field)
        if each.decision is ReviewDecision.REMOVE and item.by_position:
            raise ReviewRules.a_role_by_position_is_removed_at_the_position(field=field)
        decided[item.id] = Decided(item=item, decision=each.decision, comment=each.comment)
    event = RoleReviewDecided(
        review_id=review.id,
        decisions={str(item_id): each.decision.value for item_id, each in decided.items()},
    )
    return replace(review, version=review.version + 1), list(decided.values()), event


def close(review: Review, decisions: Sequence[str | None]) -> tuple[Review, RoleReviewClosed]:
    """The end of a review of which every item is decided."""
    if review.state != ReviewState.OPEN:
        raise ReviewRules.a_closed_review_is_not_changed()
    undecided = sum(decision is None for decision in decisions)
    if undecided:
        raise ReviewRules.every_item_is_decided_before_closing(open=undecided)
    event = RoleReviewClosed(
        review_id=review.id,
        kept=sum(decision == ReviewDecision.KEEP for decision in decisions),
        removed=sum(decision == ReviewDecision.REMOVE for decision in decisions),
    )
    return replace(review, state=ReviewState.CLOSED.value, version=review.version + 1), event
