"""Change orders (CON-06, 变更、签证): what changes after the signing, by a flow, each a version of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from crm_common.protocol.declare import Command, GetQuery, ListQuery, given
from crm_common.protocol.finance.contracts import SEE
from crm_common.protocol.finance.service import (
    VERSION_DOC,
    ContractId,
    EmployeeId,
    Name,
    Reason,
    Text,
    Version,
    finance,
)
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, child, shown

if TYPE_CHECKING:
    from crm_common.protocol.finance.contracts import ContractView


class ContractChangeKind(StrEnum):
    """What a change order is about."""

    CHANGE = "CHANGE"
    """A change of what was agreed (变更)."""
    SITE = "SITE"
    """Work on the site that was confirmed (签证)."""


class ContractChangeState(StrEnum):
    """What becomes of a change order."""

    PENDING = "PENDING"
    """Its flow decides."""
    APPROVED = "APPROVED"
    """It counts in the settlement."""
    REFUSED = "REFUSED"
    """It counts for nothing."""


@finance.view(SEE)
@dataclass(slots=True, kw_only=True)
class ContractChangeView:
    """A change order; seen by whoever sees the contract."""

    id: UUID = shown("The id.")
    contract_id: ContractId = shown("The contract.", filterable=True)
    contract: ContractView | None = child("The contract.")
    place: int = shown("Counts the change orders of the contract from 1.")
    kind: ContractChangeKind = shown("What it is about.", filterable=True)
    title: str = shown("What it is called.", filterable=True)
    reason: str = shown("Why.")
    amount: Decimal = shown("How much more, or with a minus less.", filterable=True, sortable=True)
    ends_on: date | None = shown("The contract's new last day, if it changes.")
    payment_terms: str | None = shown("When and how is paid from now on, if that changes.")
    state: ContractChangeState = shown("What became of it.", filterable=True)
    state_reason: str | None = shown("Why it was refused.")
    approval_id: Annotated[UUID, Ref("Approval")] | None = shown("The approval that decides on it.")
    created_by: EmployeeId | None = shown("Who asked for it.", filterable=True)
    created_at: datetime = shown("When.", filterable=True, sortable=True)
    decided_at: datetime | None = shown("When it was decided.")


@finance.view(SEE)
@dataclass(slots=True, kw_only=True)
class ContractVersionView:
    """What held from a moment on: the contract as it was signed, and after each change; nobody can change it."""

    revision: int = shown("Counts from 1, as it was signed.")
    amount: Decimal = shown("What it was worth, changes included.")
    ends_on: date | None = shown("Its last day.")
    payment_terms: str | None = shown("When and how was paid.")
    change_id: Annotated[UUID, Ref("ContractChange")] | None = shown("The change order that made it.")
    since: datetime = shown("From when on it held.")


@finance.query(SEE, returns=ContractChangeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChanges(ListQuery):
    """Change orders of contracts in the viewer's data scope, latest first."""


@finance.query(SEE, returns=ContractChangeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChangesByIds(GetQuery):
    """Change orders by id."""


@finance.command(needs("contract.change"), returns={"contract_change": ContractChangeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContract(Command):
    """Ask for a change of a signed contract: it counts from the moment its flow has approved it."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    kind: ContractChangeKind = given("What it is about.", default=ContractChangeKind.CHANGE)
    title: Name = given("What it is called.")
    reason: Reason = given("Why.")
    amount: Decimal = given("How much more, or with a minus less.", default=Decimal(0))
    ends_on: date | None = given("The contract's new last day, if it changes.", default=None)
    payment_terms: Text | None = given("When and how is paid from now on, if that changes.", default=None)
