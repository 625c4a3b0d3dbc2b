"""What finance tells of audits of performance (FIN-13): sales locks what was found consistent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from crm_common.protocol.declare import Event
from crm_common.protocol.finance.service import finance


@finance.event("performance.audited", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceAudited(Event):
    """What somebody sold in a period was compared with what his customers paid: confirmed receipts."""

    employee_id: UUID
    from_day: date
    to_day: date
    consistent: bool
    """Whether both come to the same."""
    difference: Decimal
    """Performance less receipts."""
    performance_ids: tuple[UUID, ...]
    """The records that were compared."""
