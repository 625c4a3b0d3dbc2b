"""What somebody said would come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What somebody said would come, and until when."""

    id: UUID
    document_id: UUID
    is_new: bool
    name: str
    content_type: str
    size: int
    sha256: str
    category_id: UUID | None
    tags: tuple[str, ...]
    by_id: UUID
    expires_at: datetime
    confirmed_at: datetime | None = None

    @property
    def arrival(self) -> str:
        """The key under which the client brings it."""
        return f"uploads/{self.id}"

    @property
    def place(self) -> str:
        """The key under which it lies once it was checked; nobody else can write there."""
        return f"documents/{self.document_id}/{self.id}"
