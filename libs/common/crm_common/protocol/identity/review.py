"""Rights review (IDN-22): who has which keys through which roles, last used when, and whether it shall stay so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.identity.employees import EmployeeView
from crm_common.protocol.identity.roles import RoleView
from crm_common.protocol.identity.service import MANY, EmployeeId, RoleId, Text, identity
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, child, shown

RightsReviewId = Annotated[UUID, Ref("RightsReview")]
ItemId = Annotated[UUID, Ref("RightsReviewItem")]

REVIEW = needs("role.review", "audit.view")
DECIDE = needs("role.review")


REVIEW_DAYS = identity.setting(
    Setting("role.review_days", int, 90, "Days after which rights are reviewed again.", minimum=1, maximum=3650)
)


class ReviewState(StrEnum):
    """Where a rights review stands."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class ReviewDecision(StrEnum):
    """What was decided about one role of one employee."""

    KEEP = "KEEP"
    REMOVE = "REMOVE"


@identity.view(REVIEW)
@dataclass(slots=True, kw_only=True)
class RightsReviewItemView:
    """One role of one employee under review."""

    id: UUID = shown("Its id.", filterable=True)
    review_id: RightsReviewId = shown("The review it belongs to.", filterable=True)
    employee_id: EmployeeId = shown("The employee.", filterable=True)
    employee_name: str = shown("His name when the review began.", sortable=True)
    role_id: RoleId = shown("The role.", filterable=True)
    role_name: str = shown("Its name when the review began.", sortable=True)
    by_position: bool = shown("Whether he has it by his position; then it is removed there, not here.", filterable=True)
    permissions: list[str] = shown("The keys it gave him when the review began.")
    last_used_at: datetime | None = shown("His latest activity when the review began.", filterable=True, sortable=True)
    decision: ReviewDecision | None = shown("What was decided; null while it is open.", filterable=True)
    decided_by_id: EmployeeId | None = shown("Who decided.", filterable=True)
    decided_at: datetime | None = shown("When.", filterable=True, sortable=True)
    comment: str | None = shown("Why.")
    employee: EmployeeView | None = child("The employee.")
    role: RoleView | None = child("The role; null when it was deleted since.")


@identity.view(REVIEW)
@dataclass(slots=True, kw_only=True)
class RightsReviewView:
    """A review of all roles of all active employees, due every ``role.review_days``."""

    id: UUID = shown("Its id.", filterable=True)
    state: ReviewState = shown("OPEN until every item is decided and it is closed.", filterable=True, sortable=True)
    opened_at: datetime = shown("When it fell due.", filterable=True, sortable=True)
    closed_at: datetime | None = shown("When it was closed.", filterable=True, sortable=True)
    closed_by_id: EmployeeId | None = shown("Who closed it.", filterable=True)
    item_count: int = shown("How many items it has.")
    open_count: int = shown("How many of them are not decided.")
    version: int = shown("Counts its changes.")
    items: list[RightsReviewItemView] = child("Its items, by employee and role.", limit=100)


@identity.query(REVIEW, returns=RightsReviewView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RightsReviews(ListQuery):
    """Rights reviews; without an order the latest first."""


@identity.query(REVIEW, returns=RightsReviewView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RightsReviewsByIds(GetQuery):
    """Rights reviews by id."""


@identity.query(REVIEW, returns=RightsReviewItemView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RightsReviewItems(ListQuery):
    """Items of rights reviews; without an order by employee and role."""


@identity.view(REVIEW)
@dataclass(slots=True, kw_only=True)
class RightsReportView:
    """One employee's rights: roles, keys, last use."""

    id: UUID = shown("Its id: that of the employee.", filterable=True)
    name: str = shown("The employee's name.", filterable=True, sortable=True)
    department_name: str = shown("His department's name.", sortable=True)
    position_name: str = shown("His position's name.", sortable=True)
    role_names: list[str] = shown("His roles, in person and by position.")
    permissions: list[str] = shown("The keys these roles give.")
    last_used_at: datetime | None = shown("His latest activity.", filterable=True, sortable=True)


@identity.query(REVIEW, returns=RightsReportView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RightsReport(ListQuery):
    """Active employees with their roles, keys and last use; without an order by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDecision:
    """A decision about one item."""

    item_id: ItemId = given("The item.")
    decision: ReviewDecision = given("Keep the role or take it from him.")
    comment: Text | None = given("Why.", default=None)


@identity.command(DECIDE, returns={"review": RightsReviewView})
@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRightsReview(Command):
    """Record keep or remove for items of an open review; a role given in person is taken at once."""

    review_id: RightsReviewId = given("The review.")
    decisions: Annotated[tuple[ItemDecision, ...], MANY] = given("Decisions, one for an item.")


@identity.command(DECIDE, returns={"review": RightsReviewView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRightsReview(Command):
    """Close a review when every item is decided."""

    review_id: RightsReviewId = given("The review.")


@identity.event("role.review_due", subject="review_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReviewDue(Event):
    """A rights review fell due: a task for those who hold role.review."""

    review_id: UUID
    item_count: int


@identity.event("role.review_decided", subject="review_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReviewDecided(Event):
    """Items of a rights review were decided."""

    review_id: UUID
    decisions: dict[str, str]
    """Item id → KEEP or REMOVE."""


@identity.event("role.review_closed", subject="review_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReviewClosed(Event):
    """A rights review was closed: every item was decided."""

    review_id: UUID
    kept: int
    removed: int
