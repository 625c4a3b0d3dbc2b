"""A customer's record: what it is made of and what may be said of it (CUS-01, 02, 06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_common.protocol.customer.service import Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Who a customer is and in whose hands, as it stands in the locked row."""

    id: UUID
    name: str
    holding: Holding
    owner_id: UUID | None
    queue_department_id: UUID | None
    version: int
    owned_since: datetime | None
    anchor_at: datetime | None
