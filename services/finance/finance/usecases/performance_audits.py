"""The audit of performance (FIN-13): compared by person; what is consistent is locked by whoever hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.finance.performance_audits import AuditPerformance, PerformanceAudited
from crm_common.protocol.sales.performance import PerformanceEntry
from finance.domain import performance_audit as domain
from finance.domain.performance_audit import Audit
from finance.store import performance_audits as store
from finance.store import reach
from finance.store.performance_audits import AUDITS

_SECTION = "performance"


def audit_performance(entries: Sequence[PerformanceEntry], change: Change, command: AuditPerformance) -> dict[str, Any]:
    """What is found of everybody in the caller's data scope; told where it is new."""
    connection, me = change.connection, change.context.authenticated()
    store.one_at_a_time(connection)
    period = (command.from_day, command.to_day, command.currency)
    known = store.before(connection, *period)
    received = store.received(connection, *period, command.employee_id)
    found: list[UUID] = []
    for sums in domain.compared(entries, received, command.currency):
        if reach.in_reach(connection, me, _SECTION, sums.employee_id):
            before = known.get(sums.employee_id)
            identifier = change.new_id() if before is None else before.id
            after = domain.audited(identifier, sums, command, me.id, change.now)
            _keep(change, before, after)
            found.append(after.id)
    return {"audits": found}


def _keep(change: Change, before: Audit | None, after: Audit) -> None:
    if before is None:
        AUDITS.insert(change.connection, after, change.now)
    else:
        AUDITS.save(change.connection, after, change.now)
    if before is not None and after.says_the_same(before):
        return
    names = ("employee_id", "from_day", "to_day", "consistent", "difference", "performance_ids")
    told: dict[str, Any] = {name: getattr(after, name) for name in names}
    change.record(PerformanceAudited(**told))
