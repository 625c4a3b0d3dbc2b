"""What a demo company begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Command, given
from crm_common.protocol.documents.service import EmployeeId, documents
from crm_common.protocol.policy import INTERNAL


@documents.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoDocuments(Command):
    """Give a demo company categories, files and articles, if it has no category yet."""

    employee_ids: Annotated[tuple[EmployeeId, ...], Meta(min_length=1)] = given("Whose they are.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPapers:
    """The papers of a deal of the demo company, both in its salesperson's name."""

    contract_id: UUID
    """The file of the signed contract."""
    voucher_id: UUID
    """The receipt of the bank."""


@documents.command(INTERNAL, returns={"papers": list[DemoPapers]}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoPapers(Command):
    """Give salespeople of a demo company the papers of a deal each: one entry, one deal."""

    owner_ids: Annotated[tuple[EmployeeId, ...], Meta(min_length=1, max_length=100)] = given("Whose they are.")
