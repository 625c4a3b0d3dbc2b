"""The access log (DOC-12): who read or took which file when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.protocol.declare import ListQuery, given
from crm_common.protocol.documents.service import DocumentId, documents
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

AUDIT = needs("audit.view")


class AccessAction(StrEnum):
    """What was done with a file."""

    VIEW = "VIEW"
    """What it says was read."""
    DOWNLOAD = "DOWNLOAD"
    """It was taken."""


@documents.view(AUDIT)
@dataclass(slots=True, kw_only=True)
class DocumentAccessView:
    """One reading or one download; nobody changes it."""

    id: UUID = shown("The id.")
    document_id: DocumentId = shown("The file.", filterable=True)
    document_name: str = shown("Its name at that time.", filterable=True)
    number: int = shown("Which version.")
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Who.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    action: AccessAction = shown("What he did.", filterable=True)
    address: str | None = shown("From which address.", filterable=True)
    at: datetime = shown("When.", filterable=True, sortable=True)


@documents.query(AUDIT, returns=DocumentAccessView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAccesses(ListQuery):
    """Readings and downloads of files, latest first."""

    document_id: DocumentId | None = given("Only those of one file.", default=None)
