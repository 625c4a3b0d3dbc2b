"""What happens to contracts: told to sales, customer, documents and office by ``contract.*``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.customer.timeline import SalesRecordMade
from crm_common.protocol.declare import Changes, Event, Personal
from crm_common.protocol.finance.contract_progress import ContractEntryKind
from crm_common.protocol.finance.contract_states import ContractAudit, ContractState
from crm_common.protocol.finance.service import finance


def _personal(*fields: str) -> Personal:
    """What somebody wrote of the customer in his own words; what it is called often names him."""
    texts = ("name", "counterparty", "payment_terms", "remark", "body", "state_reason", "audit_reason", "evaluation")
    return Personal(of="customer_id", fields=("name", *fields), changes=(*texts, "custom."))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEvent(Event):
    """What every event of a contract tells: how it stands after the change."""

    personal = _personal()
    contract_id: UUID
    number: str
    name: str
    customer_id: UUID
    owner_id: UUID
    state: ContractState
    amount: Decimal
    currency: str
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRecorded(SalesRecordMade):
    """What those tell beside that count as a sales record of the customer (CUS-15)."""

    personal = _personal("title")
    contract_id: UUID
    number: str
    name: str
    owner_id: UUID
    state: ContractState
    amount: Decimal
    currency: str
    changes: Changes


@finance.event("contract.created", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCreated(ContractRecorded):
    """A contract was drawn up."""

    record: SalesRecord = SalesRecord.CONTRACT


@finance.event("contract.signed", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSigned(ContractRecorded):
    """A contract was signed, here or (``is_registered``) offline."""

    record: SalesRecord = SalesRecord.CONTRACT_SIGNED
    signed_on: date
    signed_files: tuple[UUID, ...]
    is_registered: bool


@finance.event("contract.archived", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractArchived(ContractEvent):
    """A signed contract entered the archive."""

    archive_number: str


@finance.event("contract.updated", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractUpdated(ContractEvent):
    """A draft was edited, or came into other hands."""


@finance.event("contract.corrected", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCorrected(ContractEvent):
    """A registered contract that finance gave back was corrected."""


@finance.event("contract.deleted", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDeleted(ContractEvent):
    """A draft was deleted."""


@finance.event("contract.voided", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractVoided(ContractEvent):
    """A draft was declared void."""

    personal = _personal("reason")
    reason: str


@finance.event("contract.submitted", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSubmitted(ContractEvent):
    """A draft waits for its approval."""


@finance.event("contract.approved", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractApproved(ContractEvent):
    """Everybody countersigned: it may be signed."""

    approval_id: UUID


@finance.event("contract.refused", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRefused(ContractEvent):
    """Its approval was refused, returned or withdrawn, or could not begin: it is a draft again."""

    personal = _personal("reason")
    reason: str | None


@finance.event("contract.terminated", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerminated(ContractEvent):
    """A signed contract was ended before its time."""

    personal = _personal("reason")
    reason: str


@finance.event("contract.audited", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAudited(ContractEvent):
    """Finance confirmed a registered contract, or gave it back."""

    personal = _personal("reason")
    audit: ContractAudit
    reason: str | None
    created_by: UUID | None


@finance.event("contract.approval_begun", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractApprovalBegun(ContractEvent):
    """The approval that it waits for has begun."""


@finance.event("contract.progressed", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractProgressed(ContractEvent):
    """Work was measured, or money paid; the first time its execution began."""

    entry_id: UUID
    kind: ContractEntryKind
    day: date
    entered: Decimal


@finance.event("contract.planned", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPlanned(ContractEvent):
    """Its plan was set, or time moved on along it."""


@finance.event("contract.deviation", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDeviated(ContractEvent):
    """It came off its plan by more than is allowed (CON-07)."""

    planned_percent: Decimal
    measured_percent: Decimal
    paid_percent: Decimal


@finance.event("contract.settled", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSettled(ContractEvent):
    """Its final account was closed."""

    settled_amount: Decimal


@finance.event("contract.evaluated", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEvaluated(ContractEvent):
    """It was looked back upon."""

    score: int


@finance.event("contract.change_requested", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChangeRequested(ContractEvent):
    """A change order waits for its approval."""

    change_id: UUID
    change_amount: Decimal


@finance.event("contract.changed", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChanged(ContractEvent):
    """A change order was approved: the contract has another version."""

    change_id: UUID
    change_amount: Decimal
    revision: int


@finance.event("contract.change_refused", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChangeRefused(ContractEvent):
    """A change order was refused, withdrawn, or could not be decided."""

    personal = _personal("reason")
    change_id: UUID
    reason: str | None


@finance.event("contract.expiring", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractExpiring(ContractEvent):
    """Its last day is near (CON-09)."""

    ends_on: date
    days: int


@finance.event("contract.moved", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractMoved(ContractEvent):
    """Its customer went into another one, or came out of it again (CUS-45)."""


@finance.event("contract.forgotten", subject="contract_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractForgotten(ContractEvent):
    """Its customer was erased: what was written of him is gone (CUS-26)."""
