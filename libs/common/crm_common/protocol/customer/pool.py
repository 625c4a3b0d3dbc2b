"""The public pool (CUS-18 … 22, 38, BYD-01, 02, 03): lists, claims, assignment, several pools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.customer.customers import (
    PERSONAL_WITH_REASON,
    CustomerChangedHands,
    CustomerEvent,
    CustomerView,
)
from crm_common.protocol.customer.holding import MANY, Ids
from crm_common.protocol.customer.service import (
    SEE_POOL,
    VERSION_DOC,
    Code,
    DepartmentId,
    EmployeeId,
    Name,
    PoolId,
    Reason,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown

CLAIM_MAX = customer.setting(
    Setting("pool.claim_max", int, 10, "How many customers one claim may name.", 1, 500),
)
CLAIM_TIMES_PER_DAY = customer.setting(
    Setting("pool.claim_times_per_day", int, 0, "Claims per person and day; 0 = unlimited.", 0, 10_000)
)
CLAIMED_PER_DAY = customer.setting(
    Setting("pool.claimed_per_day", int, 0, "Customers claimed per person and day; 0 = unlimited.", 0, 100_000)
)
CLAIM_GAP = customer.setting(
    Setting("pool.claim_gap_seconds", int, 0, "Seconds between two claims of a person; 0 = none.", 0, 86_400)
)
MAX_HELD = customer.setting(
    Setting("pool.max_held", int, 0, "Up to how many customers in his name a person may claim; 0 = off.", 0, 1_000_000)
)
MAX_HELD_DEPARTMENT = customer.setting(
    Setting("pool.max_held_department", int, 0, "The same for the people of one department; 0 = off.", 0, 10_000_000)
)
COOLDOWN_DAYS = customer.setting(
    Setting("pool.cooldown_days", int, 0, "Days until a former owner may claim a customer again; 0 = off.", 0, 3650)
)
FREEZE_HOURS = customer.setting(
    Setting("pool.freeze_hours", int, 0, "Hours for which nobody may claim a new arrival; 0 = off.", 0, 8760)
)


@customer.query(SEE_POOL, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCustomers(ListQuery):
    """Customers in the pools that are open to the viewer, latest arrivals first (CUS-18). No phone is shown there."""

    pool_id: PoolId | None = given("Only those of this pool.", default=None)


@customer.query(needs("customer.view", "customer.view_team", "pool.assign"), returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCustomers(ListQuery):
    """Customers that wait in the queues of the departments which the viewer leads (CUS-38)."""


@customer.command(needs("pool.claim"), returns=MANY)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCustomers(Command):
    """Take customers from the pool into one's own name (CUS-21, 22); of two who want the same, one gets it."""

    ids: Ids = given("The customers, at most pool.claim_max.")


@customer.command(needs("pool.assign"), returns=MANY)
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignCustomers(Command):
    """Give pool customers to salespeople, evenly when there are several, or to a department's queue (CUS-20, 38)."""

    ids: Ids = given("The customers, all in the pool; at most pool.assign_max.")
    to_ids: Annotated[tuple[EmployeeId, ...], Meta(max_length=100)] = given("Active employees.", default=())
    department_id: DepartmentId | None = given("Instead: a department, whose head passes them on.", default=None)
    reason: Reason | None = given("Why; kept in the history.", default=None)


@customer.command(needs("customer.view", "customer.view_team", "pool.assign"), returns=MANY)
@dataclass(frozen=True, slots=True, kw_only=True)
class PassOnCustomers(Command):
    """The head of a department passes on what waits in its queue, to somebody in the department's tree (CUS-38)."""

    ids: Ids = given("The customers, all in queues of the caller's departments.")
    to_id: EmployeeId = given("Who receives them; an active employee of the department or of one below it.")
    reason: Reason | None = given("Why; kept in the history.", default=None)


@customer.view(SEE_POOL)
@dataclass(slots=True, kw_only=True)
class PoolView:
    """A pool of customers: who may claim from it, who looks after it, what comes into it (BYD-03)."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    is_default: bool = shown("Whether it takes what is meant for no other pool.")
    member_ids: list[EmployeeId] = shown("Who sees it and claims from it; empty: everybody with the right.")
    admin_ids: list[EmployeeId] = shown("Who assigns from it and discards; empty: everybody with the right.")
    source_department_ids: list[DepartmentId] = shown("Customers last held in these departments come here.")
    regions: list[str] = shown("Customers of these regions come here.")
    rank: int = shown("Of pools that fit alike, the lowest rank takes a customer.", sortable=True)
    archived: bool = shown("Whether nothing comes into it any more.", filterable=True)
    customer_count: int = shown("How many customers are in it.")
    created_at: datetime = shown("When it was created.", sortable=True)
    updated_at: datetime = shown("When it was last changed.")
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(SEE_POOL, returns=PoolView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Pools(ListQuery):
    """The pools that are open to the viewer; with pool.rule all of them."""


@customer.query(SEE_POOL, returns=PoolView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PoolsByIds(GetQuery):
    """Pools by id."""


People = Annotated[tuple[EmployeeId, ...], Meta(max_length=500)]
Places = Annotated[tuple[DepartmentId, ...], Meta(max_length=500)]
Codes = Annotated[tuple[Code, ...], Meta(max_length=500)]


@customer.command(needs("pool.rule"), returns={"pool": PoolView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePool(Command):
    """Create a further pool."""

    name: Name = given("Its name.")
    member_ids: People = given("Who sees it and claims from it; empty: everybody with the right.", default=())
    admin_ids: People = given("Who assigns from it and discards; empty: everybody with the right.", default=())
    source_department_ids: Places = given("Customers last held in these departments come here.", default=())
    regions: Codes = given("Customers of these regions come here.", default=())
    rank: int = given("Of pools that fit alike, the lowest rank takes a customer.", default=0)


@customer.command(needs("pool.rule"), returns={"pool": PoolView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePool(Command):
    """Change a pool. Customers that are in it stay."""

    id: PoolId = given("The pool.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its name.", default=UNSET)
    member_ids: People | UnsetType = given("Who sees it and claims from it.", default=UNSET)
    admin_ids: People | UnsetType = given("Who assigns from it and discards.", default=UNSET)
    source_department_ids: Places | UnsetType = given("Customers last held there come here.", default=UNSET)
    regions: Codes | UnsetType = given("Customers of these regions come here.", default=UNSET)
    rank: int | UnsetType = given("Of pools that fit alike, the lowest rank takes a customer.", default=UNSET)


@customer.command(needs("pool.rule"), returns={"pool": PoolView, "moved": int})
@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePool(Command):
    """Put a pool away for good: nothing comes into it any more. What is in it goes to another pool."""

    id: PoolId = given("The pool; not the default one.")
    version: Version = given(VERSION_DOC)
    to_id: PoolId | None = given("The pool that takes its customers; needed while it holds some.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolEvent(Event):
    """What every event of a pool tells."""

    pool_id: UUID
    name: str
    changes: Changes


@customer.event("pool.created", subject="pool_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCreated(PoolEvent):
    """A pool was created."""


@customer.event("pool.rule_changed", subject="pool_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRuleChanged(PoolEvent):
    """A pool got other members, admins or targets."""


@customer.event("pool.archived", subject="pool_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PoolArchived(PoolEvent):
    """A pool was put away."""

    to_id: UUID | None
    """The pool that took its customers, if there were any."""
    moved: int
    """How many."""


@customer.event("customer.pool_changed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPoolChanged(CustomerEvent):
    """A customer lies in another pool, as its own was put away."""


@customer.event("customer.claimed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerClaimed(CustomerChangedHands):
    """A salesperson took a customer from the pool."""

    call_id: UUID
    """The same for all customers of one claim."""


@customer.event("customer.assigned", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAssigned(CustomerChangedHands):
    """A customer was given to a salesperson, from the pool or by the head from a department's queue."""

    personal = PERSONAL_WITH_REASON
    reason: str | None
    call_id: UUID
    """The same for all customers of one call: whoever receives several is told once."""


@customer.event("customer.queued", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerQueued(CustomerEvent):
    """A pool customer was given to a department; its head is to pass it on."""

    personal = PERSONAL_WITH_REASON
    department_id: UUID
    head_id: UUID
    reason: str | None
    call_id: UUID


@customer.event("customer.queue_waiting", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerQueueWaiting(CustomerEvent):
    """A customer waits in a department's queue for a day already; its head is to be reminded, once (CUS-38)."""

    department_id: UUID
    head_id: UUID | None
    """Who passes it on; null: the department has nobody."""
    queued_at: datetime
    run_id: UUID
    """The same for all that are told of at once."""
