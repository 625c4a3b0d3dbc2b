"""Holdings (CUS-07 … 10, 24 … 26, 36): giving customers away, the trash, and who held a customer when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.customer.customers import (
    PERSONAL_WITH_REASON,
    CustomerChangedHands,
    CustomerEvent,
    CustomerTurned,
    CustomerView,
)
from crm_common.protocol.customer.service import (
    SEE_RECORD,
    SEE_TRASH,
    CustomerId,
    EmployeeId,
    Holding,
    Name,
    Reason,
    customer,
)
from crm_common.protocol.declare import Command, ListQuery, Setting, given
from crm_common.protocol.holds import HoldPlaced, HoldReleased
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.views import shown

CALL_MAX = customer.setting(
    Setting(
        "pool.assign_max", int, 500, "How many customers one call may assign, release, transfer or discard.", 1, 500
    )
)
TRASH_MIN_DAYS = customer.setting(
    Setting("trash.min_days", int, 30, "How many days a customer stays in the trash before it can be purged.", 0, 3650)
)

Ids = Annotated[tuple[CustomerId, ...], Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerOutcome:
    """What became of one of the customers that a call named."""

    customer_id: CustomerId
    """The customer."""
    done: bool
    """Whether it was done."""
    code: str | None
    """Why not: one of the error codes."""
    message: str | None
    """Why not, in words."""


MANY = {"results": tuple[CustomerOutcome, ...], "customers": list[CustomerView]}
"""What commands about many customers answer: what became of each, and the changed records."""


@customer.command(needs("customer.release"), returns=MANY)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCustomers(Command):
    """Give customers back to the pool (CUS-08): one's own, or those in one's data scope."""

    ids: Ids = given("The customers.")
    reason: Reason = given("Why; kept in the history.")


@customer.command(needs("customer.transfer", "customer.transfer_team"), returns=MANY)
@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCustomers(Command):
    """Give customers to another salesperson (CUS-09, 10): one's own, or with customer.transfer_team the team's."""

    ids: Ids = given("The customers.")
    to_id: EmployeeId = given("Who receives them; an active employee.")
    reason: Reason | None = given("Why; kept in the history.", default=None)
    cascade: bool = given("Whether opportunities and contracts go along.", default=True)


@customer.command(needs("pool.discard", "customer.view"), returns=MANY)
@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardCustomers(Command):
    """Move invalid pool customers to the trash (CUS-24). A customer in somebody's name can never be discarded."""

    ids: Ids = given("The customers, all in the pool.")
    reason: Reason = given("Why; kept in the history.")


@customer.command(needs("pool.restore"), returns=MANY)
@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreCustomers(Command):
    """Take customers back from the trash into the pool (CUS-25)."""

    ids: Ids = given("The customers, all in the trash.")


@customer.command(needs("customer.purge"), returns={"results": tuple[CustomerOutcome, ...]})
@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeCustomers(Command):
    """Erase the personal data of discarded customers for good (CUS-26), trash.min_days after they were discarded."""

    ids: Ids = given("The customers, all in the trash.")


@customer.command(needs("customer.erase"), returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class EraseCustomer(Command):
    """Erase what is known of a person, because the person asks for it (CUS-26); it cannot be taken back.

    Name, phone, contacts, what was said and what the history tells of them are gone for everybody; numbers and money
    stay. Refused as long as an order, a ticket or a receivable of the customer is open.
    """

    id: CustomerId = given("The customer, in whatever hands.")
    name: Name = given("Its name, typed once more, so that nobody is erased by mistake.")


@customer.query(SEE_TRASH, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class TrashedCustomers(ListQuery):
    """Customers in the trash, latest discarded first."""


@customer.view(SEE_RECORD)
@dataclass(slots=True, kw_only=True)
class OwnershipChangeView:
    """One change of a customer's holding, as the journal tells it; nobody can edit it (CUS-36)."""

    id: UUID = shown("The id of the event.")
    type: str = shown("The event: customer.claimed, customer.reclaimed …")
    changed_at: datetime = shown("When.", sortable=True)
    from_holding: Holding | None = shown("In whose hands it was; null when that did not change.")
    to_holding: Holding = shown("In whose hands it was after.")
    from_owner_id: EmployeeId | None = shown("In whose name it was; null when it was in nobody's.")
    from_owner_name: str | None = shown("His name, as this service knows it.")
    to_owner_id: EmployeeId | None = shown("In whose name it was after.")
    to_owner_name: str | None = shown("His name, as this service knows it.")
    reason: str | None = shown("Why.")
    by_id: EmployeeId | None = shown("Who did it; null when the system did.")
    by_name: str | None = shown("His name at that time.")


@customer.query(SEE_RECORD, returns=OwnershipChangeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipHistory(ListQuery):
    """The history of a customer's holding, latest first; NOT_FOUND outside of the viewer's scope."""

    customer_id: CustomerId = given("The customer.")


class HoldReason(StrEnum):
    """Why a neighbour's record keeps a customer where it is."""

    ORDER_REVIEW = "ORDER_REVIEW"
    """An order waits for review: no release, no reclaim."""
    OPEN_TICKET = "OPEN_TICKET"
    """A ticket is open: no discard."""
    OPEN_RECEIVABLE = "OPEN_RECEIVABLE"
    """Money is owed: no discard."""


@customer.command(INTERNAL, returns={"placed": bool}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Command):
    """Note that a neighbour's record depends on a customer; the same twice is noted once."""

    customer_id: UUID
    reference: str
    """``<service>:<aggregate>/<uuid>``."""
    reason: HoldReason


@customer.command(INTERNAL, returns={"released": bool}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold(Command):
    """Note that it no longer depends; what was not noted is released already."""

    customer_id: UUID
    reference: str


@customer.event("customer.held", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHeld(HoldPlaced):
    """A neighbour's record depends on a customer."""


@customer.event("customer.hold_released", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHoldReleased(HoldReleased):
    """It no longer does."""


@customer.event("customer.released", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReleased(CustomerChangedHands):
    """A customer was given back to the pool."""

    personal = PERSONAL_WITH_REASON
    from_owner_id: UUID
    reason: str


@customer.event("customer.transferred", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTransferred(CustomerChangedHands):
    """A customer went from one salesperson to another."""

    personal = PERSONAL_WITH_REASON
    from_owner_id: UUID
    reason: str | None
    cascade: bool
    """Whether opportunities and contracts go along."""


@customer.event("customer.discarded", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDiscarded(CustomerEvent):
    """A pool customer went to the trash."""

    personal = PERSONAL_WITH_REASON
    reason: str


@customer.event("customer.restored", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRestored(CustomerEvent):
    """A customer came back from the trash into the pool."""


@customer.event("customer.erased", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErased(CustomerTurned):
    """A customer's personal data was erased; what else knows them erases them too."""
