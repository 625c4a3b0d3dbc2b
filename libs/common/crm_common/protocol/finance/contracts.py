"""Contracts (CON-01, 03, 04; FIN-12): drawn up, approved, signed, or registered as they were signed offline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.custom_fields import CustomOf, custom_fields, custom_values
from crm_common.protocol.declare import Command, GetQuery, ListQuery, given
from crm_common.protocol.finance.contract_states import ContractAudit, ContractState
from crm_common.protocol.finance.service import (
    VERSION_DOC,
    ContractId,
    CustomerId,
    DocumentId,
    EmployeeId,
    Line,
    Name,
    ProductId,
    Reason,
    Text,
    Version,
    finance,
)
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.finance.contract_changes import ContractChangeView, ContractVersionView
    from crm_common.protocol.finance.contract_progress import ContractEntryView, ContractMilestoneView

SEE = needs("contract.view")
CONTRACT_FIELDS = custom_fields(finance, "Contract", see=SEE)
Custom = Annotated[dict[str, Any], CustomOf("Contract")]
DRAFT = needs("contract.create")
REGISTER = needs("contract.register_signed")
CARRY_OUT = needs("contract.create", "contract.register_signed", "contract.archive")
"""The owner, who drew it up or registered it, and whoever keeps the archive."""
AUDIT = needs("contract.audit")

Body = Annotated[str, Meta(max_length=100_000)]
DocumentIds = Annotated[tuple[DocumentId, ...], Meta(max_length=50)]
OF_OWNER = Annotated[UUID, Ref("Employee", record="owner")]
OF_CUSTOMER = Annotated[UUID, Ref("Customer", record="customer")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLine:
    """A product of a contract."""

    product_id: ProductId | None = None
    """The product, if it is one of the catalogue."""
    name: Name
    """What it is called in the contract."""
    quantity: Decimal
    """How much of it."""
    unit: Line | None = None
    """Counted in what."""
    price: Decimal
    """What one costs."""


Lines = Annotated[tuple[ContractLine, ...], Meta(max_length=200)]


@finance.view(SEE)
@dataclass(slots=True, kw_only=True)
class ContractLineView:
    """A product of a contract."""

    product_id: ProductId | None = shown("The product, if it is one of the catalogue.")
    name: str = shown("What it is called in the contract.")
    quantity: Decimal = shown("How much of it.")
    unit: str | None = shown("Counted in what.")
    price: Decimal = shown("What one costs.")
    amount: Decimal = shown("Quantity times price, to the cent.")


@finance.view(SEE)
@dataclass(slots=True, kw_only=True)
class ContractView:
    """A contract: whose contracts one sees is the data scope of the section contract."""

    id: UUID = shown("The id.", filterable=True)
    number: str = shown("Its number, given by itself.", filterable=True, sortable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    state: ContractState = shown("Where it stands.", filterable=True, sortable=True)
    state_reason: str | None = shown("Why it came there: of a refusal, a termination, a void draft.")
    customer_id: OF_CUSTOMER = shown("The customer.", filterable=True)
    customer_name: str | None = shown("Its name, as this service knows it.")
    owner_id: OF_OWNER = shown("In whose name it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    our_party: str | None = shown("Who signs for us (我方).", filterable=True)
    counterparty: str | None = shown("Who signs for the other side (对方).", filterable=True)
    amount: Decimal = shown("What it is worth as it was agreed.", filterable=True, sortable=True)
    currency: str = shown("The currency of its amounts.", filterable=True)
    starts_on: date | None = shown("Its first day.", filterable=True, sortable=True)
    ends_on: date | None = shown("Its last day.", filterable=True, sortable=True)
    payment_terms: str | None = shown("When and how is paid.")
    remark: str | None = shown("What else is to be known.")
    body: str | None = shown("Its text.")
    is_registered: bool = shown("Whether it was signed offline and registered here.", filterable=True)
    signed_on: date | None = shown("The day it was signed.", filterable=True, sortable=True)
    signed_files: list[DocumentId] = shown("The signed contract, as files.")
    archive_number: str | None = shown("Its number in the archive.", filterable=True)
    audit: ContractAudit | None = shown(
        "What finance says of its data; null where finance is not asked.", filterable=True
    )
    audit_reason: str | None = shown("Why finance gave it back.")
    audited_by: EmployeeId | None = shown("Who of finance looked at it.")
    audited_at: datetime | None = shown("When.")
    approval_id: Annotated[UUID, Ref("Approval")] | None = shown("The approval that decides on it.")
    revision: int = shown("Counts its versions: as it was signed, and each approved change.")
    changed_amount: Decimal = shown("What approved changes add (CON-06).")
    measured_amount: Decimal = shown("What was measured so far (计量).", filterable=True, sortable=True)
    measured_percent: Decimal | None = shown("The same in percent of the amount.")
    paid_amount: Decimal = shown("What was paid so far.", filterable=True, sortable=True)
    paid_percent: Decimal | None = shown("The same in percent of the amount.")
    settlement: Decimal = shown("The settlement (结算): what was measured, with approved changes.")
    unpaid_amount: Decimal = shown("What of the settlement is not paid.", filterable=True)
    unpaid_percent: Decimal | None = shown("The same in percent of the amount.")
    planned_percent: Decimal | None = shown("How far it is to be by now; null without a plan.")
    is_deviating: bool = shown("Whether work or money is off the plan by more than is allowed.", filterable=True)
    settled_amount: Decimal | None = shown("The final account (决算).")
    settled_at: datetime | None = shown("When it was closed.")
    score: int | None = shown("How it went, 1 to 5.", filterable=True)
    evaluation: str | None = shown("What is to be learned from it.")
    created_by: EmployeeId | None = shown("Who drew it up or registered it.", filterable=True)
    created_at: datetime = shown("When.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    custom: dict[str, Any] = custom_values()
    lines: list[ContractLineView] = child("Its products.", limit=100)
    changes: list[ContractChangeView] = child("Its change orders, latest first.", limit=100)
    versions: list[ContractVersionView] = child("What held since its signing, in order.", limit=100)
    entries: list[ContractEntryView] = child("What was measured and paid, latest first.", limit=100)
    plan: list[ContractMilestoneView] = child("How far it is to be by which day, in order.", limit=100)


finance.searchable(ContractView, title="name", details=("number", "customer_name", "owner_name"))


@finance.query(SEE, returns=ContractView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts(ListQuery):
    """Contracts in the viewer's data scope, latest first."""


@finance.query(SEE, returns=ContractView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractsByIds(GetQuery):
    """Contracts by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCard:
    """What neighbours ask of a contract."""

    id: UUID
    number: str
    customer_id: UUID
    owner_id: UUID
    state: ContractState
    amount: Decimal
    """As it was agreed, with the changes that were approved since."""
    currency: str
    signed_on: date | None


@finance.query(INTERNAL, returns=tuple[ContractCard, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCards:
    """The cards of those of these contracts that exist."""

    ids: Annotated[tuple[UUID, ...], Meta(max_length=1_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContract(Command):
    """What a new contract is described by."""

    customer_id: CustomerId = given("The customer, in the caller's data scope and in somebody's name.")
    owner_id: EmployeeId | None = given("In whose name; absent: the caller's.", default=None)
    name: Name = given("What it is called.")
    our_party: Line | None = given("Who signs for us (我方).", default=None)
    counterparty: Line | None = given("Who signs for the other side (对方); absent: the customer.", default=None)
    amount: Decimal = given("What it is worth.")
    currency: Currency = given("The currency of its amounts.", default=HOME_CURRENCY)
    starts_on: date | None = given("Its first day.", default=None)
    ends_on: date | None = given("Its last day.", default=None)
    payment_terms: Text | None = given("When and how is paid.", default=None)
    remark: Text | None = given("What else is to be known.", default=None)
    body: Body | None = given("Its text.", default=None)
    lines: Lines = given("Its products.", default=())
    custom: Custom | UnsetType = given("The fields that the company defined itself.", default=UNSET)


@finance.command(DRAFT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContract(NewContract):
    """Draw up a contract (CON-01); its number is given by itself."""


@finance.command(REGISTER, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSignedContract(NewContract):
    """Register a contract that was signed offline: it is in the archive at once, and finance audits its data."""

    signed_on: date = given("The day it was signed.")
    signed_files: DocumentIds = given("The signed contract, as files that were uploaded; at least one.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEdit(Command):
    """What can be said anew of a contract. Fields that are left out stay as they are."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("What it is called.", default=UNSET)
    our_party: Line | UnsetType | None = given("Who signs for us (我方).", default=UNSET)
    counterparty: Line | UnsetType | None = given("Who signs for the other side (对方).", default=UNSET)
    amount: Decimal | UnsetType = given("What it is worth.", default=UNSET)
    currency: Currency | UnsetType = given("The currency of its amounts.", default=UNSET)
    starts_on: date | UnsetType | None = given("Its first day.", default=UNSET)
    ends_on: date | UnsetType | None = given("Its last day.", default=UNSET)
    payment_terms: Text | UnsetType | None = given("When and how is paid.", default=UNSET)
    remark: Text | UnsetType | None = given("What else is to be known.", default=UNSET)
    body: Body | UnsetType | None = given("Its text.", default=UNSET)
    lines: Lines | UnsetType = given("Its products, all of them.", default=UNSET)
    custom: Custom | UnsetType = given("The fields that the company defined itself.", default=UNSET)


@finance.command(DRAFT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContract(ContractEdit):
    """Edit a draft; a contract that waits for its approval, or is signed, is BAD_STATE."""


@finance.command(REGISTER, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectContract(ContractEdit):
    """Correct a registered contract that finance gave back; finance looks at it again."""

    signed_on: date | UnsetType = given("The day it was signed.", default=UNSET)
    signed_files: DocumentIds | UnsetType = given("The signed contract, as files; all of them.", default=UNSET)


@finance.command(DRAFT, returns={"deleted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteContract(Command):
    """Delete a draft."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)


@finance.command(DRAFT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class VoidContract(Command):
    """Declare a draft void; it stays, with the reason."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    reason: Reason = given("Why.")


@finance.command(DRAFT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitContract(Command):
    """Let a draft be approved: everybody whom the flow names countersigns (汇签)."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)


@finance.command(needs("contract.create", "contract.archive"), returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SignContract(Command):
    """Say that an approved contract was signed: it enters the archive at once and is read-only from then on."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    signed_on: date = given("The day it was signed.")
    signed_files: DocumentIds = given("The signed contract, as files that were uploaded; at least one.", default=())


@finance.command(needs("contract.terminate"), returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateContract(Command):
    """End a signed contract before its time."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    reason: Reason = given("Why.")


@finance.command(AUDIT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditContract(Command):
    """Confirm the data of a registered contract, or give it back with a reason (FIN-12)."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    confirm: bool = given("Whether the data is right.")
    reason: Reason | None = given("Why it is given back; needed then.", default=None)
