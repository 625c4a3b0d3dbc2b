"""A pool: who may claim from it, who looks after it, what comes into it (BYD-03)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool; without members or admins everybody with the right is one."""

    id: UUID
    name: str
    member_ids: tuple[UUID, ...]
    admin_ids: tuple[UUID, ...]
    source_department_ids: tuple[UUID, ...]
    regions: tuple[str, ...]
    rank: int
    version: int
    is_default: bool = False
    archived: bool = False


FIELDS = ("name", "member_ids", "admin_ids", "source_department_ids", "regions", "rank")
"""What its editors choose."""
