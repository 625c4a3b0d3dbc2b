"""Giving rights on a file to others (DOC-03)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from crm_common.protocol.declare import Command, given
from crm_common.protocol.documents.files import DocumentView
from crm_common.protocol.documents.rights import GivenRights
from crm_common.protocol.documents.service import SEE, VERSION_DOC, DocumentId, Version, documents


@documents.command(SEE, returns={"document": DocumentView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDocument(Command):
    """Say who else has rights on a file: these, and no others. For its owner and those with the right to share it."""

    id: DocumentId = given("The file.")
    version: Version = given(VERSION_DOC)
    grants: Annotated[tuple[GivenRights, ...], Meta(max_length=100)] = given("Who has which rights.")
