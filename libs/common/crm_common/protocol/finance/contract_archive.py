"""The archive of signed contracts (CON-04, 合同档案): central, numbered, read-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from crm_common.protocol.declare import GetQuery, ListQuery
from crm_common.protocol.finance.contracts import SEE, ContractView
from crm_common.protocol.finance.service import ContractId, CustomerId, DocumentId, EmployeeId, finance
from crm_common.protocol.views import child, shown


@finance.view(SEE)
@dataclass(slots=True, kw_only=True)
class ArchivedContractView:
    """A contract as it entered the archive; nobody can change the entry."""

    id: UUID = shown("The id of the entry.")
    number: str = shown("Its number in the archive.", filterable=True, sortable=True)
    contract_id: ContractId = shown("The contract.", filterable=True)
    contract: ContractView | None = child("The contract as it stands now.")
    contract_number: str = shown("The contract's number.", filterable=True)
    name: str = shown("What it was called.", filterable=True)
    customer_id: CustomerId = shown("The customer.", filterable=True)
    customer_name: str | None = shown("Its name, as this service knows it.")
    owner_id: EmployeeId = shown("In whose name the contract is.", filterable=True)
    amount: Decimal = shown("What it was worth.", filterable=True, sortable=True)
    currency: str = shown("The currency.", filterable=True)
    signed_on: date = shown("The day it was signed.", filterable=True, sortable=True)
    signed_files: list[DocumentId] = shown("The signed contract, as files.")
    archived_at: datetime = shown("When it entered the archive.", filterable=True, sortable=True)
    archived_by: EmployeeId | None = shown("Who brought it there.")


@finance.query(SEE, returns=ArchivedContractView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractArchive(ListQuery):
    """The archive, as far as the viewer's data scope of contracts reaches; latest first."""


@finance.query(SEE, returns=ArchivedContractView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedContractsByIds(GetQuery):
    """Entries of the archive by id."""
