"""What every change of a file has in common."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.holds import Holds
from crm_common.protocol.documents.events import DocumentLocked, DocumentUnlocked
from documents.domain.document import Document
from documents.store import files

HOLDS = Holds(DocumentLocked, DocumentUnlocked)


def locked(change: Change, document_id: UUID, *, field: str = "id") -> Document:
    """The file under the lock of its holds; ``NOT_FOUND`` where there is none."""
    HOLDS.lock(change, document_id)
    found = files.locked(change.connection, document_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field=field)
    return found


def told(before: Document | None, after: Document) -> dict[str, Any]:
    """What every event tells of a change."""
    changes = difference(before, after)
    return {"document_id": after.id, "name": after.name, "owner_id": after.owner_id, "changes": changes}
