"""Encrypted files (DOC-05), and how two people together recover one whose owner left or whose key was lost (DOC-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, GetQuery, ListQuery, given
from crm_common.protocol.documents.events import DocumentEvent
from crm_common.protocol.documents.files import DocumentView
from crm_common.protocol.documents.service import SEE, DocumentId, Reason, documents
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

RECOVER = needs("doc.recover")
SEE_RECOVERIES = needs("doc.recover", "audit.view")
RecoveryId = Annotated[UUID, Ref("DocumentRecovery")]


class RecoveryRules(Rules):
    """Refusals of encryption and recovery."""

    the_key_of_the_document_is_lost = Rule(
        Code.BAD_STATE,
        en="The key of this file cannot be opened; it has to be recovered.",
        zh="无法打开该文件的密钥，请申请恢复。",
    )
    only_an_encrypted_document_is_recovered = Rule(
        Code.BAD_STATE, en="The file is not encrypted.", zh="该文件未加密，无需恢复。"
    )
    a_recovery_takes_two = Rule(
        Code.FORBIDDEN, en="Somebody else has to approve your recovery.", zh="恢复申请必须由另一位有权限的人员批准。"
    )
    the_recovery_is_decided_already = Rule(
        Code.BAD_STATE, en="The recovery was approved already.", zh="该恢复申请已批准。"
    )


@documents.view(SEE_RECOVERIES)
@dataclass(slots=True, kw_only=True)
class DocumentRecoveryView:
    """That somebody asked to read an encrypted file of somebody else, and who allowed it."""

    id: UUID = shown("The id.")
    document_id: DocumentId = shown("The file.", filterable=True)
    document_name: str = shown("Its name.")
    reason: str = shown("Why.")
    requested_by_id: Annotated[UUID, Ref("Employee", record="requestedBy")] = shown("Who asked.", filterable=True)
    requested_at: datetime = shown("When.", filterable=True, sortable=True)
    approved_by_id: Annotated[UUID, Ref("Employee", record="approvedBy")] | None = shown(
        "Who allowed it; null: it is pending.", filterable=True
    )
    approved_at: datetime | None = shown("When.", filterable=True, sortable=True)


@documents.query(SEE_RECOVERIES, returns=DocumentRecoveryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecoveries(ListQuery):
    """What was asked to be recovered, latest first."""


@documents.query(SEE_RECOVERIES, returns=DocumentRecoveryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecoveriesByIds(GetQuery):
    """Recoveries by id."""


@documents.query(RECOVER, returns=DocumentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedDocuments(ListQuery):
    """All encrypted files, drafts too, latest first: what there is to recover, without what is in it."""


@documents.command(SEE, returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptDocument(Command):
    """Store one's own file, all versions of it, encrypted from now on: only its owner and who he names read it."""

    id: DocumentId = given("The file.")


@documents.command(RECOVER, returns={"recovery": DocumentRecoveryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDocumentRecovery(Command):
    """Ask to read an encrypted file whose owner left or whose key was lost; another holder of the right approves."""

    document_id: DocumentId = given("The file.")
    reason: Reason = given("Why; kept for good.")


@documents.command(RECOVER, returns={"recovery": DocumentRecoveryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveDocumentRecovery(Command):
    """Let somebody else who asked for it read the file; a lost key is replaced by the one kept for recovery."""

    id: RecoveryId = given("The recovery.")


@documents.event("document.encrypted", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEncrypted(DocumentEvent):
    """A file is stored encrypted."""


@documents.event("document.recovery_requested", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecoveryRequested(DocumentEvent):
    """Somebody asks to read an encrypted file."""

    recovery_id: UUID
    requested_by_id: UUID
    reason: str


@documents.event("document.recovered", subject="document_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecovered(DocumentEvent):
    """Two together made an encrypted file readable for one of them."""

    recovery_id: UUID
    requested_by_id: UUID
    approved_by_id: UUID
