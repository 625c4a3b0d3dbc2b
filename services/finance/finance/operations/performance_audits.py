"""The audit of performance: what is asked and told of it (FIN-13)."""

from __future__ import annotations

from functools import partial

from crm_common.protocol.finance.performance_audits import (
    AuditPerformance,
    PerformanceAudits,
    PerformanceAuditsByIds,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from finance.adapters.performance import performance_of
from finance.domain.performance_audit import expect_period
from finance.operations.offering import Offering
from finance.usecases.performance_audits import audit_performance


class PerformanceAuditOperations(Offering):
    """Audits of performance."""

    sales = Peer("sales")

    @rpc
    def performance_audits(self, query: PerformanceAudits) -> Raw:
        return self.views.page(query)

    @rpc
    def performance_audits_by_ids(self, query: PerformanceAuditsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def audit_performance(self, command: AuditPerformance) -> Raw:
        expect_period(command)
        entries = tuple(performance_of(self.sales, self.context, command))
        return self.commands.run(partial(audit_performance, entries), command)
