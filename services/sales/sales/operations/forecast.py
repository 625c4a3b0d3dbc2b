"""Forecast and funnel: what is asked of them."""

from __future__ import annotations

from crm_common.protocol.sales.forecast import Forecast, ForecastMonth, Funnel, FunnelStage
from crm_common.runtime.entrypoints import rpc
from sales.operations.offering import Offering
from sales.views import forecast as views


class ForecastOperations(Offering):
    """Forecast and funnel."""

    @rpc
    def forecast(self, query: Forecast) -> list[ForecastMonth]:
        return views.forecast(self.host, self.context, query)

    @rpc
    def funnel(self, query: Funnel) -> list[FunnelStage]:
        return views.funnel(self.host, self.context, query)
