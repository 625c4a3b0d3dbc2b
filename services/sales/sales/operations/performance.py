"""Performance: what is asked and told of it."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.finance.performance_audits import PerformanceAudited
from crm_common.protocol.sales.performance import (
    AddPerformance,
    DaySum,
    DeletePerformance,
    MonthlyPerformance,
    MonthPerformance,
    MonthSum,
    PerformanceByDay,
    PerformanceByMonth,
    PerformanceByPerson,
    PerformanceDays,
    PerformanceEntry,
    PerformanceLedger,
    PerformanceMonths,
    Performances,
    PerformancesByIds,
    PersonSum,
)
from crm_common.protocol.sales.performance_demo import LoadDemoPerformance
from crm_common.runtime.entrypoints import rpc, subscribe
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import performance, performance_demo
from sales.views import performance as views


class PerformanceOperations(Offering):
    """Performance."""

    @rpc
    def performances(self, query: Performances) -> Raw:
        return self.views.page(query)

    @rpc
    def performances_by_ids(self, query: PerformancesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def performance_days(self, query: PerformanceDays) -> Raw:
        return self.views.page(query)

    @rpc
    def performance_months(self, query: PerformanceMonths) -> Raw:
        return self.views.page(query)

    @rpc
    def performance_by_day(self, query: PerformanceByDay) -> list[DaySum]:
        return views.by_day(self.host, self.context, query)

    @rpc
    def performance_by_month(self, query: PerformanceByMonth) -> list[MonthSum]:
        return views.by_month(self.host, self.context, query)

    @rpc
    def performance_by_person(self, query: PerformanceByPerson) -> list[PersonSum]:
        return views.by_person(self.host, self.context, query)

    @rpc
    def monthly_performance(self, query: MonthlyPerformance) -> MonthPerformance:
        return views.of_month(self.host, self.context, query)

    @rpc
    def performance_ledger(self, query: PerformanceLedger) -> list[PerformanceEntry]:
        return views.ledger(self.host, query)

    @rpc
    def add_performance(self, command: AddPerformance) -> Raw:
        return self.commands.run(performance.add_performance, command)

    @rpc
    def load_demo_performance(self, command: LoadDemoPerformance) -> Raw:
        return self.commands.run(performance_demo.load_demo_performance, command)

    @subscribe(PerformanceAudited)
    def lock_audited(self, event: PerformanceAudited, change: Change) -> None:
        if event.consistent:
            performance.lock_audited(change, event.performance_ids)

    @rpc
    def delete_performance(self, command: DeletePerformance) -> Raw:
        return self.commands.run(performance.delete_performance, command)
