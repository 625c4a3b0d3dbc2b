"""Customers (CUS-01 … 06, 11, 14, 46): the record, its duplicates, its masked phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.protocol.custom_fields import CustomOf, custom_fields, custom_values
from crm_common.protocol.customer.service import (
    SEE,
    SEE_RECORD,
    VERSION_DOC,
    Channel,
    Code,
    CustomerId,
    CustomerKind,
    DepartmentId,
    EmployeeId,
    Holding,
    Line,
    Name,
    PartOfName,
    Phone,
    PoolReason,
    Sex,
    Stage,
    Tag,
    Tags,
    Text,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, ListQuery, Personal, given
from crm_common.protocol.history import GetAsOfQuery
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

if TYPE_CHECKING:
    from crm_common.protocol.customer.consents import ConsentView
    from crm_common.protocol.customer.contacts import ContactView
    from crm_common.protocol.customer.course import StageChangeView
    from crm_common.protocol.customer.credit import CreditEvaluationView
    from crm_common.protocol.customer.follow_ups import FollowUpView, InterestView
    from crm_common.protocol.customer.holding import OwnershipChangeView
    from crm_common.protocol.customer.linking import ExternalIdView
    from crm_common.protocol.customer.purchases import PurchasedProductView, PurchaseView
    from crm_common.protocol.customer.relations import ImportantDateView, NeedView, RelationView
    from crm_common.protocol.customer.sharing import CollaboratorView
    from crm_common.protocol.customer.solutions import SolutionPlanView
    from crm_common.protocol.customer.timeline import TimelineEntryView

CUSTOMER_FIELDS = custom_fields(customer, "Customer", see=SEE_RECORD)
Custom = Annotated[dict[str, Any], CustomOf("Customer")]
CREATE = needs("customer.create")
EDIT = needs("customer.edit")


@customer.view(SEE_RECORD)
@dataclass(slots=True, kw_only=True)
class CustomerView:
    """A customer: whose customers one sees is the data scope of the section customer."""

    id: UUID = shown("The id.", filterable=True)
    kind: CustomerKind = shown("A person or a company.", filterable=True, sortable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    phone: str = shown(
        "Its phone: in full for the owner, masked for everybody else; found by the whole number only.",
        filterable=True,
        masked=True,
    )
    holding: Holding = shown("In whose hands it is.", filterable=True)
    owner_id: EmployeeId | None = shown("In whose name it is; null in pool, queue and trash.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    queue_department_id: DepartmentId | None = shown("The department in whose queue it waits.", filterable=True)
    stage: Stage = shown("Where it stands in its lifecycle.", filterable=True, sortable=True)
    region: str | None = shown("Region, a code of the dictionary region.", filterable=True, sortable=True)
    industry: str | None = shown("Industry, a code of the dictionary industry.", filterable=True, sortable=True)
    nature: str | None = shown("Nature (性质), a code of the dictionary nature.", filterable=True, sortable=True)
    source: str | None = shown("Source, a code of the dictionary source.", filterable=True, sortable=True)
    level: str | None = shown("Level, a code of the dictionary level.", filterable=True, sortable=True)
    address: str | None = shown("Its address.", filterable=True)
    email: str | None = shown("Its e-mail address.", filterable=True)
    fax: str | None = shown("Its fax number.")
    website: str | None = shown("Its website.", filterable=True)
    sex: Sex | None = shown("Of a person: the sex.", filterable=True)
    birth_date: date | None = shown("Of a person: the day of birth.", filterable=True, sortable=True)
    profession: str | None = shown("Of a person: the profession.", filterable=True)
    remark: str | None = shown("What else is known.", filterable=True)
    hobbies: str | None = shown("Hobbies (CUS-30).", filterable=True)
    preferences: str | None = shown("What it prefers.", filterable=True)
    pain_points: str | None = shown("What troubles it.", filterable=True)
    preferred_channel: Channel | None = shown("How it likes to be reached.", filterable=True)
    preferred_time: str | None = shown("When it likes to be reached.")
    social_accounts: str | None = shown("Its accounts in social networks.", filterable=True)
    tags: list[str] = shown("Free tags; customers(tags: [...]) finds those that have them all.")
    customer_class: str | None = shown(
        "Its class by value, a code of the dictionary CUSTOMER_CLASS.", filterable=True, sortable=True
    )
    hot: bool = shown("Whether its owner flagged it as hot (热点客户).", filterable=True)
    completeness: int = shown("How complete the record is, in per cent.", filterable=True, sortable=True)
    owned_since: datetime | None = shown("Since when it is in its owner's name.", filterable=True, sortable=True)
    last_follow_up_at: datetime | None = shown("The latest follow-up.", filterable=True, sortable=True)
    next_contact_at: datetime | None = shown("When it is to be contacted next.", filterable=True, sortable=True)
    pool_entered_at: datetime | None = shown("Since when it is in the pool.", filterable=True, sortable=True)
    pool_reason: PoolReason | None = shown("Why it is in the pool.", filterable=True)
    reclaim_due_at: datetime | None = shown("When it goes back to the pool by itself; null when it does not.")
    reclaim_reason: PoolReason | None = shown("Which rule takes it then.")
    times_in_pool: int = shown("How often it came into the pool.", filterable=True, sortable=True)
    last_owner_id: EmployeeId | None = shown("In whose name it was before.", filterable=True)
    last_owner_name: str | None = shown("His name, as this service knows it.")
    merged_into_id: CustomerId | None = shown("Of a merged customer: which one it is now.")
    merged_into: CustomerView | None = child("Of a merged customer: the one it is now (BYD-11).")
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    created_by: EmployeeId | None = shown("Who created it.", filterable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    custom: dict[str, Any] = custom_values()
    stage_history: list[StageChangeView] = child("The steps of its lifecycle (CUS-31), latest first.", limit=100)
    collaborators: list[CollaboratorView] = child("With whom its owner shares it (CUS-48).", limit=100)
    ownership_history: list[OwnershipChangeView] = child(
        "In whose hands it was, when and why; latest first.", limit=100
    )
    contacts: list[ContactView] = child("Its contacts (CUS-27), oldest first.", limit=100)
    follow_ups: list[FollowUpView] = child("What was said to it (CUS-12), latest first.", limit=100)
    interests: list[InterestView] = child("Products it showed interest in (CUS-33), latest first.", limit=100)
    purchases: list[PurchaseView] = child("What it bought (CUS-33), latest first.", limit=100, filterable=True)
    purchased_products: list[PurchasedProductView] = child(
        "The same by product: how often, how much, when last; latest first.", limit=100
    )
    important_dates: list[ImportantDateView] = child("Days to think of (CUS-28).", limit=100)
    needs: list[NeedView] = child("What it needs (CUS-34), latest first.", limit=100)
    subsidiaries: list[CustomerView] = child(
        "Customers whose parent company it is (CUS-37), as far as seen.", limit=100
    )
    relations: list[RelationView] = child("What others are to it (CUS-37).", limit=100)
    credit: CreditEvaluationView | None = child("The credit evaluation that holds now (CUS-44).")
    solution_plans: list[SolutionPlanView] = child("What we propose to it (CUS-51), latest first.", limit=100)
    consents: list[ConsentView] = child(
        "What it said about being addressed (CUS-53), latest first; of each way the latest counts.", limit=100
    )
    external_ids: list[ExternalIdView] = child("What other systems call it (CUS-47).", limit=100, filterable=True)
    timeline: list[TimelineEntryView] = child("What happened to it (CUS-32), latest first.", limit=100)


customer.searchable(CustomerView, title="name", details=("phone", "owner_name"))


@customer.query(SEE, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Customers(ListQuery):
    """Customers in somebody's name or a queue, in the viewer's data scope; latest first. The pool is poolCustomers."""

    name: PartOfName | None = given("A part of the name, one character or more.", default=None)
    tags: tuple[Tag, ...] = given("Only those with all of these tags.", default=())


@customer.query(SEE, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MyCustomers(ListQuery):
    """The viewer's own customers (CUS-04), latest first."""

    name: PartOfName | None = given("A part of the name, one character or more.", default=None)
    tags: tuple[Tag, ...] = given("Only those with all of these tags.", default=())


@customer.query(SEE_RECORD, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersByIds(GetAsOfQuery):
    """Customers by id: those in scope, and with pool.view those in the pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer(Command):
    """What a new customer is described by."""

    kind: CustomerKind = given("A person or a company.", default=CustomerKind.COMPANY)
    name: Name = given("Its name.")
    phone: Phone = given("Its phone; together with the name it is unique. It can never be changed.")
    region: Code | None = given("Region, a code of the dictionary region.", default=None)
    industry: Code | None = given("Industry, a code of the dictionary industry.", default=None)
    nature: Code | None = given("Nature (性质), a code of the dictionary nature.", default=None)
    source: Code | None = given("Source, a code of the dictionary source.", default=None)
    level: Code | None = given("Level, a code of the dictionary level.", default=None)
    address: Line | None = given("Its address.", default=None)
    email: Line | None = given("Its e-mail address.", default=None)
    fax: Line | None = given("Its fax number.", default=None)
    website: Line | None = given("Its website.", default=None)
    sex: Sex | None = given("Of a person: the sex.", default=None)
    birth_date: date | None = given("Of a person: the day of birth.", default=None)
    profession: Line | None = given("Of a person: the profession.", default=None)
    remark: Text | None = given("What else is known.", default=None)
    hobbies: Line | None = given("Hobbies.", default=None)
    preferences: Line | None = given("What it prefers.", default=None)
    pain_points: Line | None = given("What troubles it.", default=None)
    preferred_channel: Channel | None = given("How it likes to be reached.", default=None)
    preferred_time: Line | None = given("When it likes to be reached.", default=None)
    social_accounts: Line | None = given("Its accounts in social networks.", default=None)
    tags: Tags = given("Free tags.", default=())
    custom: Custom | UnsetType = given("The fields that the company defined itself.", default=UNSET)


@customer.command(CREATE, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCustomer(NewCustomer):
    """Create a customer in one's own name, or in that of somebody in one's data scope (CUS-01, 02)."""

    owner_id: EmployeeId | None = given("In whose name; absent: the caller's.", default=None)


@customer.command(needs("pool.create"), returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePoolCustomer(NewCustomer):
    """Enter a customer into the public pool (CUS-19), in nobody's name."""


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCustomer(Command):
    """Edit a customer: everything but the phone (CUS-06). Fields that are left out stay as they are."""

    id: CustomerId = given("The customer.")
    version: Version = given(VERSION_DOC)
    kind: CustomerKind | UnsetType = given("A person or a company.", default=UNSET)
    name: Name | UnsetType = given("Its name.", default=UNSET)
    phone: str | UnsetType | None = given("Cannot be changed: whatever stands here is refused.", default=UNSET)
    region: Code | UnsetType | None = given("Region, a code of the dictionary region.", default=UNSET)
    industry: Code | UnsetType | None = given("Industry, a code of the dictionary industry.", default=UNSET)
    nature: Code | UnsetType | None = given("Nature (性质), a code of the dictionary nature.", default=UNSET)
    source: Code | UnsetType | None = given("Source, a code of the dictionary source.", default=UNSET)
    level: Code | UnsetType | None = given("Level, a code of the dictionary level.", default=UNSET)
    address: Line | UnsetType | None = given("Its address.", default=UNSET)
    email: Line | UnsetType | None = given("Its e-mail address.", default=UNSET)
    fax: Line | UnsetType | None = given("Its fax number.", default=UNSET)
    website: Line | UnsetType | None = given("Its website.", default=UNSET)
    sex: Sex | UnsetType | None = given("Of a person: the sex.", default=UNSET)
    birth_date: date | UnsetType | None = given("Of a person: the day of birth.", default=UNSET)
    profession: Line | UnsetType | None = given("Of a person: the profession.", default=UNSET)
    remark: Text | UnsetType | None = given("What else is known.", default=UNSET)
    hobbies: Line | UnsetType | None = given("Hobbies.", default=UNSET)
    preferences: Line | UnsetType | None = given("What it prefers.", default=UNSET)
    pain_points: Line | UnsetType | None = given("What troubles it.", default=UNSET)
    preferred_channel: Channel | UnsetType | None = given("How it likes to be reached.", default=UNSET)
    preferred_time: Line | UnsetType | None = given("When it likes to be reached.", default=UNSET)
    social_accounts: Line | UnsetType | None = given("Its accounts in social networks.", default=UNSET)
    tags: Tags | UnsetType = given("Free tags.", default=UNSET)
    custom: Custom | UnsetType = given("The fields that the company defined itself.", default=UNSET)


PERSONAL = Personal(
    of="customer_id",
    fields=("name",),
    changes=(
        "name", "phone", "address", "email", "fax", "website", "sex", "birth_date", "profession", "remark", "hobbies",
        "preferences", "pain_points", "preferred_channel", "preferred_time", "social_accounts", "tags", "custom.",
    ),
)  # fmt: skip
"""What events of a customer tell of who it is; what it is to the company (region, level, owner, stage) stays."""
PERSONAL_WITH_REASON = replace(PERSONAL, fields=("name", "reason"))
"""Of those that say why in somebody's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEvent(Event):
    """What every event of a customer tells beside its own: whose it is after the change. No phone, ever."""

    personal = PERSONAL
    customer_id: UUID
    name: str
    owner_id: UUID | None
    holding: Holding
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChangedHands(CustomerEvent):
    """What gives a customer to somebody, or takes it from him; who subscribes hears them all, in their order."""

    contract: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTurned(CustomerEvent):
    """What says that a customer is another one now, or nobody; who subscribes hears it in its order."""

    contract: ClassVar[bool] = True


@customer.event("customer.created", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCreated(CustomerEvent):
    """A customer was created, in somebody's name or in the pool."""


@customer.event("customer.updated", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUpdated(CustomerEvent):
    """A customer's data was edited."""


@customer.event("customer.duplicate_rejected", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRejected(Event):
    """Somebody tried to create a customer that exists already (CUS-02); the subject is the one that exists."""

    customer_id: UUID
    holding: Holding
    owner_id: UUID | None
