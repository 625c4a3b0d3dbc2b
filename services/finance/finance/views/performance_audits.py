"""What audits of performance found, as it is shown."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.performance_audits import PerformanceAuditView
from crm_common.reading import bind, by_owner
from finance.tables.performance_audits import performance_audit

PERFORMANCE_AUDITS = bind(
    PerformanceAuditView,
    performance_audit,
    fields={"employee_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.employee_id"},
    scope=by_owner("performance", owner=performance_audit.c.employee_id, people=employee_ref),
    default_order=[performance_audit.c.from_day.desc(), performance_audit.c.employee_id],
)
