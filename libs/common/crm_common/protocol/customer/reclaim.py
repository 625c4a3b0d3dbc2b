"""Automatic reclaim (CUS-15, 16, 17, BYD-03): its rules, what restarts its clock, what it would do and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.customer.customers import CustomerChangedHands, CustomerEvent, CustomerView
from crm_common.protocol.customer.service import SEE, CustomerId, EmployeeId, PoolId, PoolReason, customer
from crm_common.protocol.declare import Command, ListQuery, Setting, given
from crm_common.protocol.policy import INTERNAL, needs

_NEXT_DAY = "A change holds from the next day on."

RECLAIM_DAYS = customer.setting(
    Setting("pool.reclaim_days", int, 90, f"Days without a sales record; 0 = off. {_NEXT_DAY}", 0, 3650)
)
LEVEL_DAYS = customer.setting(
    Setting("pool.level_days", dict, {}, f"Such days for single levels: {{level: days}}. {_NEXT_DAY}", 0, 100)
)
PRODUCT_DAYS = customer.setting(
    Setting(
        "pool.product_days", dict, {}, f"Such days by product of interest, of several the most. {_NEXT_DAY}", 0, 100
    )
)
NO_CONTRACT_DAYS = customer.setting(
    Setting("pool.no_contract_days", int, 180, f"Days in one name without a contract; 0 = off. {_NEXT_DAY}", 0, 3650)
)
MAX_DAYS = customer.setting(
    Setting("pool.max_days", int, 0, f"Days in one name whatever is recorded; 0 = off. {_NEXT_DAY}", 0, 3650)
)
REMIND_DAYS = customer.setting(
    Setting("pool.remind_days", int, 1, f"How many days ahead the owner is told. {_NEXT_DAY}", 0, 30)
)
REQUIRE_REMINDER = customer.setting(
    Setting("pool.require_reminder", bool, False, f"Reclaim waits until one day after the reminder. {_NEXT_DAY}")
)
EXEMPT_DEALT = customer.setting(
    Setting("pool.exempt_dealt", bool, False, f"Customers who have bought are not reclaimed. {_NEXT_DAY}")
)
EXTENSION_DAYS = customer.setting(
    Setting("pool.extension_days", dict, {}, "Further days that a sales record gives: {kind: days}.", 0, 20)
)
DATED = (
    RECLAIM_DAYS,
    LEVEL_DAYS,
    PRODUCT_DAYS,
    NO_CONTRACT_DAYS,
    MAX_DAYS,
    REMIND_DAYS,
    REQUIRE_REMINDER,
    EXEMPT_DEALT,
)
"""The settings that hold from the next day on."""


class SalesRecord(StrEnum):
    """What counts as a sales record and so restarts the clock of CUS-15. Plain edits of the profile do not."""

    FOLLOW_UP = "FOLLOW_UP"
    """A follow-up (跟进记录)."""
    CALL = "CALL"
    """An answered call with a note of its result."""
    STAGE_CHANGE = "STAGE_CHANGE"
    """An opportunity went to another stage."""
    QUOTE = "QUOTE"
    """A quote."""
    CONTRACT = "CONTRACT"
    """A contract was drawn up."""
    CONTRACT_SIGNED = "CONTRACT_SIGNED"
    """A contract was signed: NO_CONTRACT no longer applies."""
    ORDER = "ORDER"
    """An order was created or submitted."""
    ORDER_APPROVED = "ORDER_APPROVED"
    """An order was approved: the customer has bought."""


@customer.command(INTERNAL, returns={"counted": bool}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSalesRecord(Command):
    """A neighbour's sales record about a customer: restarts its clock, unless a later one was noted before."""

    customer_id: UUID
    kind: SalesRecord
    at: datetime
    reference: str
    """``<service>:<aggregate>/<uuid>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReclaimCandidate:
    """A customer that would go back to the pool, and why."""

    customer_id: CustomerId
    """The customer."""
    name: str
    """Its name."""
    owner_id: EmployeeId
    """In whose name it is."""
    owner_name: str | None
    """His name, as this service knows it."""
    level: str | None
    """Its level."""
    due_at: datetime
    """When it is due."""
    reason: PoolReason
    """Which rule is due."""
    clock_since: datetime
    """From when the days of that rule are counted."""
    days: int
    """How many days that rule gives."""
    warned_at: datetime | None
    """When its owner was told."""
    pool_id: PoolId
    """Into which pool it would go."""
    pool_name: str
    """The pool's name."""


@customer.query(needs("pool.rule", "pool.assign", "customer.view_team"), returns=tuple[ReclaimCandidate, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class ReclaimPreview:
    """What reclaim would take as of a moment, earliest due first; of the customers in the viewer's data scope."""

    as_of: datetime | None = given("The moment; absent: now. Rules of that day apply.", default=None)
    first: Annotated[int, Meta(ge=1, le=500)] = given("How many.", default=100)
    after: CustomerId | None = given("Go on behind this customer, with which the answer before ended.", default=None)


@customer.query(SEE, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class WarnedCustomers(ListQuery):
    """The viewer's own customers that go back to the pool soon, as he was told (CUS-16)."""


@customer.event("customer.sales_recorded", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesRecorded(CustomerEvent):
    """A sales record restarted the clock of a customer."""

    kind: SalesRecord
    at: datetime


@customer.event("customer.reclaim_warned", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReclaimWarned(CustomerEvent):
    """The owner is to be told: the customer goes back to the pool soon. Once per cycle (CUS-16)."""

    due_at: datetime
    reason: PoolReason


@customer.event("customer.reclaimed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReclaimed(CustomerChangedHands):
    """A customer went back to the pool by itself (CUS-15, 17)."""

    from_owner_id: UUID
    due_at: datetime
    reason: PoolReason
