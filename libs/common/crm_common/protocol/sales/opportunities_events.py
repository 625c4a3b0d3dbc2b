"""What is told of opportunities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from crm_common.protocol.customer.timeline import SalesRecordMade
from crm_common.protocol.declare import Changes, Event, Personal
from crm_common.protocol.sales.service import sales

PERSONAL = Personal(of="customer_id", fields=("name",), changes=("name", "loss_note"))
"""What it is called often names the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityEvent(Event):
    """What every event of an opportunity tells, after the change."""

    personal = PERSONAL
    opportunity_id: UUID
    name: str
    customer_id: UUID
    owner_id: UUID
    stage: str
    amount: Decimal
    currency: str
    changes: Changes


@sales.event("opportunity.created", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityCreated(OpportunityEvent):
    """Something might be sold."""


@sales.event("opportunity.updated", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityUpdated(OpportunityEvent):
    """It is described otherwise, or planned."""


@sales.event("opportunity.evaluated", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityEvaluated(OpportunityEvent):
    """It was evaluated."""


@sales.event("opportunity.stage_changed", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityStageChanged(SalesRecordMade):
    """It went to another stage, or to WON: a sales record of its customer (CUS-15)."""

    personal = PERSONAL
    opportunity_id: UUID
    name: str
    owner_id: UUID
    before: str
    stage: str
    amount: Decimal
    currency: str
    changes: Changes


@sales.event("opportunity.followed_up", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityFollowedUp(SalesRecordMade):
    """Something was said about it: a sales record of its customer (CUS-15)."""

    personal = PERSONAL
    opportunity_id: UUID
    name: str
    owner_id: UUID
    follow_up_id: UUID
    changes: Changes


@sales.event("opportunity.lost", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityLost(OpportunityEvent):
    """It was lost or abandoned."""

    reason: str
    competitor: str | None


@sales.event("opportunity.reopened", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityReopened(OpportunityEvent):
    """A manager took it up again."""


@sales.event("opportunity.suspended", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunitySuspended(OpportunityEvent):
    """Its customer is in nobody's name."""


@sales.event("opportunity.resumed", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityResumed(OpportunityEvent):
    """Its customer has an owner, and so has it."""


@sales.event("opportunity.big_deal", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class BigDealFound(Event):
    """An opportunity or an order reached sales.big_deal: the reporting line is told, once (SAL-11)."""

    record_id: UUID
    """The opportunity; of an order without one, the order."""
    record_type: str
    """Opportunity or Order."""
    customer_id: UUID
    owner_id: UUID
    amount: Decimal
    currency: str


@sales.event("opportunity.stalled", subject="opportunity_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityStalled(OpportunityEvent):
    """It has stood in its stage for long: owner and head are told (SAL-12)."""

    since: datetime
