"""Follow-ups (CUS-12): what was said to a customer, who may correct it and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.customer.follow_ups import (
    HOURS_TO_EDIT,
    Attitude,
    CreateFollowUp,
    FollowUpType,
    ProductOfInterest,
    UpdateFollowUp,
)
from crm_common.protocol.customer.people_rules import PeopleRules


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A follow-up as its row keeps it."""

    id: UUID
    customer_id: UUID
    author_id: UUID
    type: FollowUpType
    content: str
    attitude: Attitude | None
    stage: str | None
    next_contact_at: datetime | None
    file_ids: tuple[UUID, ...]
    created_at: datetime
    version: int = field(default=1, compare=False)


UNTOLD = ("id", "customer_id", "author_id", "created_at", "version")
"""What stands in an event beside its changes, or in its envelope."""


def created(follow_up_id: UUID, command: CreateFollowUp, author_id: UUID, now: datetime) -> FollowUp:
    """A new follow-up."""
    return FollowUp(
        id=follow_up_id,
        customer_id=command.customer_id,
        author_id=author_id,
        type=command.type,
        content=_said(command.content),
        attitude=command.attitude,
        stage=_text(command.stage),
        next_contact_at=_ahead(command.next_contact_at, now),
        file_ids=tuple(command.file_ids),
        created_at=now,
    )


def updated(follow_up: FollowUp, command: UpdateFollowUp, author_id: UUID, now: datetime) -> FollowUp:
    """The follow-up as its author corrects it."""
    if follow_up.author_id != author_id:
        raise PeopleRules.only_its_author_edits_a_follow_up(field="id")
    if now >= follow_up.created_at + timedelta(hours=HOURS_TO_EDIT):
        raise PeopleRules.a_follow_up_is_edited_within_a_day(field="id")
    expect_version(follow_up.version, command.version)
    at = chosen(command.next_contact_at, follow_up.next_contact_at)
    return replace(
        follow_up,
        type=chosen(command.type, follow_up.type),
        content=_said(chosen(command.content, follow_up.content)),
        attitude=chosen(command.attitude, follow_up.attitude),
        stage=_text(chosen(command.stage, follow_up.stage)),
        # one that has passed meanwhile may stay as it is
        next_contact_at=at if at == follow_up.next_contact_at else _ahead(at, now),
        file_ids=tuple(chosen(command.file_ids, follow_up.file_ids)),
    )


def interests(given: Sequence[ProductOfInterest]) -> list[ProductOfInterest]:
    """The products, each once."""
    found: dict[str, ProductOfInterest] = {}
    for each in given:
        name = " ".join(each.name.split())
        if name:
            found.setdefault(name.casefold(), ProductOfInterest(name=name, product_id=each.product_id))
    return list(found.values())


def _ahead(at: datetime | None, now: datetime) -> datetime | None:
    if at is None:
        return None
    if at.tzinfo is None or at <= now:
        raise PeopleRules.a_next_contact_lies_ahead(field="next_contact_at")
    return at.astimezone(UTC)


def _said(content: str) -> str:
    if not content.strip():
        raise PeopleRules.a_follow_up_says_something(field="content")
    return content.strip()


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None
