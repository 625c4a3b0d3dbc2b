"""Documents: files with versions, shown to whom their owner, his department or the linked record lets (DOC-02 … 07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, GetQuery, ListQuery, Setting, given
from crm_common.protocol.documents.service import (
    SEE,
    UPLOAD,
    VERSION_DOC,
    About,
    CategoryId,
    DocumentId,
    DocumentIds,
    FileName,
    Reason,
    Reference,
    Tags,
    Version,
    documents,
)
from crm_common.protocol.importing import FileLink
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.views import Ref, child, shown

KEEP_DAYS = documents.setting(
    Setting("doc.keep_days", int, 30, "How many days a deleted file can be restored.", minimum=1, maximum=3650)
)


class DocumentState(StrEnum):
    """Whether others may see a file."""

    DRAFT = "DRAFT"
    """Only its owner sees it."""
    PUBLISHED = "PUBLISHED"
    """Seen by those who have the right."""


class LinkKind(StrEnum):
    """What a file is to the record it belongs to."""

    ATTACHMENT = "ATTACHMENT"
    """Something that goes with it."""
    VOUCHER = "VOUCHER"
    """The proof of a payment: an image or a PDF (DOC-09)."""
    ARCHIVE = "ARCHIVE"
    """The signed scan of a contract: it is never changed nor deleted (DOC-10)."""


class DocumentRules(Rules):
    """Refusals of documents."""

    a_document_has_a_name = Rule(Code.VALIDATION, en="Give the file a name.", zh="请填写文件名。")
    the_right_on_the_file_is_missing = Rule(
        Code.FORBIDDEN, en="You have no right to {right} this file.", zh="您没有该文件的此项权限（{right}）。"
    )
    a_locked_document_stays_as_it_is = Rule(
        Code.BAD_STATE,
        en="The file belongs to a submitted record: it is neither replaced nor deleted.",
        zh="该文件已随单据提交，不能替换或删除。",
    )
    an_archived_document_is_read_only = Rule(
        Code.BAD_STATE, en="The file is in the archive and is read-only.", zh="该文件已归档，为只读状态。"
    )
    a_voucher_is_an_image_or_a_pdf = Rule(
        Code.VALIDATION, en="A voucher is a JPG, PNG or PDF file.", zh="付款凭证必须是 JPG、PNG 或 PDF 文件。"
    )
    a_deleted_document_is_restored_first = Rule(
        Code.BAD_STATE, en="The file lies in the recycle bin; restore it first.", zh="该文件在回收站中，请先还原。"
    )
    only_a_deleted_document_is_restored = Rule(
        Code.BAD_STATE, en="The file is not in the recycle bin.", zh="该文件不在回收站中。"
    )
    the_document_is_published_already = Rule(Code.BAD_STATE, en="The file is published already.", zh="该文件已经发布。")
    only_a_published_document_is_withdrawn = Rule(
        Code.BAD_STATE, en="The file is not published.", zh="该文件未发布，无需撤回。"
    )
    a_linked_document_is_not_withdrawn = Rule(
        Code.BAD_STATE, en="The file belongs to a record.", zh="该文件已关联业务记录，不能撤回。"
    )
    there_is_no_such_version = Rule(Code.NOT_FOUND, en="There is no such version.", zh="没有该版本。")


@documents.view(SEE)
@dataclass(slots=True, kw_only=True)
class DocumentVersionView:
    """One upload of a file; older ones stay (DOC-07)."""

    id: UUID = shown("The id.")
    number: int = shown("Counts the versions of the file from 1.", sortable=True)
    content_type: str = shown("What the content is.")
    size: int = shown("Bytes.")
    sha256: str = shown("SHA-256 of the content, hexadecimal.")
    restored_from: int | None = shown("The version whose content was made current again.")
    created_by_id: Annotated[UUID, Ref("Employee", record="createdBy")] | None = shown("Who brought it.")
    created_at: datetime = shown("When.", sortable=True)


@documents.view(SEE)
@dataclass(slots=True, kw_only=True)
class DocumentLinkView:
    """The record that a file belongs to."""

    id: UUID = shown("The id of the link.")
    subject: str = shown("The global id of the record: ask node(id).")
    kind: LinkKind = shown("What the file is to the record.")
    created_at: datetime = shown("When it was linked.", sortable=True)


@documents.view(SEE)
@dataclass(slots=True, kw_only=True)
class DocumentView:
    """A file: seen by its owner; once published by those in scope or with a grant; linked: by who sees the record."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("The file's name.", filterable=True, sortable=True)
    content_type: str = shown("What the content is.", filterable=True)
    size: int = shown("Bytes.", filterable=True, sortable=True)
    sha256: str = shown("SHA-256 of the content, hexadecimal.", filterable=True)
    state: DocumentState = shown("Whether others may see it.", filterable=True)
    number: int = shown("The current version.")
    category_id: CategoryId | None = shown("Its category.", filterable=True)
    category_name: str | None = shown("The category's name.")
    tags: list[str] = shown("Free tags; documents(tags: [...]) finds those that have them all.")
    owner_id: Annotated[UUID, Ref("Employee", record="owner")] | None = shown("Whose it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    is_locked: bool = shown("Whether a submitted record keeps it as it is.")
    is_archived: bool = shown("Whether it is read-only for good.", filterable=True)
    is_encrypted: bool = shown("Whether it is stored encrypted.", filterable=True)
    published_at: datetime | None = shown("When it was published.", filterable=True, sortable=True)
    deleted_at: datetime | None = shown("When it went to the recycle bin.", sortable=True)
    created_at: datetime = shown("When it was uploaded first.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was changed last.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    versions: list[DocumentVersionView] = child("Its versions, latest first.", limit=100)
    links: list[DocumentLinkView] = child("The records it belongs to.", limit=100)


documents.searchable(DocumentView, title="name", details=("owner_name", "category_name"))


@documents.query(SEE, returns=DocumentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Documents(ListQuery):
    """Files the viewer sees, latest first: his own, published ones, or all of a record that he sees (DOC-04)."""

    about: About | None = given("The global id of a record: only its files.", default=None)
    tags: Tags = given("Only files that have all of these tags.", default=())


@documents.query(SEE, returns=DocumentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsByIds(GetQuery):
    """Files by id; null without a right, or without sight of the record they belong to."""


@documents.query(SEE, returns=DocumentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedDocuments(ListQuery):
    """One's own files in the recycle bin, latest deleted first (DOC-15)."""


@documents.command(SEE, returns={"document": DocumentView, "file": FileLink})
@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadDocument(Command):
    """Where the file can be taken, for ten minutes. Each is a row of the access log (DOC-12)."""

    id: DocumentId = given("The file.")
    number: Version | None = given("An older version; absent: the current one.", default=None)


@documents.command(SEE, returns={"document": DocumentView, "text": str | None})
@dataclass(frozen=True, slots=True, kw_only=True)
class ViewDocument(Command):
    """Read what the file says, without taking it: the text found in it, null where there is none (DOC-12)."""

    id: DocumentId = given("The file.")


@documents.command(SEE, returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDocument(Command):
    """Another name, category or other tags."""

    id: DocumentId = given("The file.")
    version: Version = given(VERSION_DOC)
    name: FileName | UnsetType = given("The file's name.", default=UNSET)
    category_id: CategoryId | UnsetType | None = given("Its category.", default=UNSET)
    tags: Tags | UnsetType = given("Its tags.", default=UNSET)


@documents.command(needs("doc.publish", "doc.upload"), returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PublishDocument(Command):
    """Let those see it who have the right: one's own file, or with doc.publish one that one sees (DOC-02)."""

    id: DocumentId = given("The file.")
    version: Version = given(VERSION_DOC)


@documents.command(needs("doc.publish", "doc.upload"), returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDocument(Command):
    """Make it a draft again, which only its owner sees (DOC-02)."""

    id: DocumentId = given("The file.")
    version: Version = given(VERSION_DOC)


@documents.command(UPLOAD, returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDocumentVersion(Command):
    """Make the content of an older version current again, as a new version (DOC-07)."""

    id: DocumentId = given("The file.")
    version: Version = given(VERSION_DOC)
    number: Version = given("The version to take the content of.")


@documents.command(SEE, returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDocument(Command):
    """Move one's file to the recycle bin (DOC-15)."""

    id: DocumentId = given("The file.")
    reason: Reason | None = given("Why.", default=None)


@documents.command(SEE, returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDocument(Command):
    """Take one's file back from the recycle bin (DOC-15)."""

    id: DocumentId = given("The file.")


@documents.command(UPLOAD, returns={"documents": list[DocumentView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class AttachDocuments(Command):
    """Let one's own files belong to a record that one sees: whoever sees the record sees them."""

    subject: About = given("The global id of the record.")
    document_ids: DocumentIds = given("The files.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCard:
    """What a neighbour needs to know of a file."""

    id: UUID
    """The file."""
    name: str
    """Its name."""
    content_type: str
    """What the content is, found out by its content."""
    size: int
    """Bytes."""
    sha256: str
    """Of the content, hexadecimal: the same voucher twice has the same."""
    owner_id: UUID | None
    """Who uploaded it."""
    state: DocumentState
    """Whether others may see it."""


@documents.query(INTERNAL, returns=tuple[DocumentCard, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCards:
    """Cards of the files that are there, in no order; those in the recycle bin are not."""

    ids: tuple[UUID, ...]


@documents.command(INTERNAL, returns={"linked": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDocuments(Command):
    """Let files belong to a neighbour's record; the same twice is one link. NOT_FOUND unless all are there.

    Vouchers are images or PDF, else VALIDATION. With ``by_id`` only files of this owner are linked, else NOT_FOUND: a
    file that somebody else names by its id is not shown to him by being linked to a record of his.
    """

    subject: Reference
    kind: LinkKind
    document_ids: tuple[UUID, ...]
    by_id: UUID | None = None


@documents.command(INTERNAL, returns={"locked": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LockDocuments(Command):
    """While the neighbour's record ``reference`` stands, the files are neither replaced nor deleted (DOC-09)."""

    reference: Reference
    document_ids: tuple[UUID, ...]


@documents.command(INTERNAL, returns={"unlocked": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockDocuments(Command):
    """It no longer stands; what was not locked is unlocked already."""

    reference: Reference
