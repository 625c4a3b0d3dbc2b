"""What sales knows of people's performance now: asked before a transaction, as a rule reads no copy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_common import codec
from crm_common.context import Context, system_context
from crm_common.protocol.finance.performance_audits import AuditPerformance
from crm_common.protocol.sales.performance import MOST_ENTRIES, PerformanceEntry
from crm_common.runtime.providers import BoundPeer


def performance_of(sales: BoundPeer, context: Context, command: AuditPerformance) -> Iterator[PerformanceEntry]:
    """Every record of the period."""
    asked: dict[str, Any] = codec.to_builtins(
        {"from_day": command.from_day, "to_day": command.to_day, "employee_id": command.employee_id}
    )
    while True:
        left = max(0.0, context.remaining())
        asking = system_context("finance", correlation_id=context.correlation_id, timeout=left)
        page = sales.call("performance_ledger", asked | {"first": MOST_ENTRIES}, context=asking)
        yield from (codec.from_builtins(each, PerformanceEntry) for each in page)
        if len(page) < MOST_ENTRIES:
            return
        asked["after"] = page[-1]["performance_id"]
