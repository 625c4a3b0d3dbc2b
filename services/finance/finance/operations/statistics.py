"""Finance statistics: what is asked of them (FIN-17)."""

from __future__ import annotations

from crm_common.protocol.finance.statistics import FinanceFigures, FinanceStatistics
from crm_common.runtime.entrypoints import rpc
from finance.operations.offering import Offering
from finance.views.statistics import statistics


class StatisticsOperations(Offering):
    """Statistics."""

    @rpc
    def finance_statistics(self, query: FinanceStatistics) -> list[FinanceFigures]:
        return statistics(self.host, self.context, query)
