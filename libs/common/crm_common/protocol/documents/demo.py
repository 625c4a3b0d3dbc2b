"""What a demo company begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from crm_common.protocol.declare import Command, given
from crm_common.protocol.documents.service import EmployeeId, documents
from crm_common.protocol.policy import INTERNAL


@documents.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoDocuments(Command):
    """Give a demo company categories, files and articles, if it has no category yet."""

    employee_ids: Annotated[tuple[EmployeeId, ...], Meta(min_length=1)] = given("Whose they are.")
