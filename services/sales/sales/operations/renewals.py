"""Bought services and their ends; what buyers are offered next."""

from __future__ import annotations

from dataclasses import replace

from crm_common.jobs import JobRun
from crm_common.protocol.declare import Direction, OrderBy
from crm_common.protocol.sales.renewals import (
    BoughtServices,
    BoughtServicesByIds,
    CreateCrossSellingRule,
    CrossSellingSuggestions,
    DeleteCrossSellingRule,
    Recommendation,
    Recommendations,
    Renewals,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import renewals
from sales.views import renewals as views

_FIRST_TO_END = (OrderBy("ends_on", Direction.ASC),)


class RenewalOperations(Offering):
    """Renewals and recommendations."""

    @rpc
    def bought_services(self, query: BoughtServices) -> Raw:
        return self.views.page(query)

    @rpc
    def bought_services_by_ids(self, query: BoughtServicesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def renewals(self, query: Renewals) -> Raw:
        ordered = query if query.order_by else replace(query, order_by=_FIRST_TO_END)
        return self.views.page(ordered, where=views.ending(self.host, query))

    @every("0 1 * * *", name="sales.renewals")
    def tell_renewals(self, run: JobRun) -> None:
        """Owners are told of bought services that end within the days of sales.renewal_days, once for each end."""
        renewals.tell_renewals(run)

    @rpc
    def cross_selling_suggestions(self, query: CrossSellingSuggestions) -> Raw:
        return self.views.page(query)

    @rpc
    def recommendations(self, query: Recommendations) -> list[Recommendation]:
        return views.recommended(self.host, self.context, query)

    @rpc
    def create_cross_selling_rule(self, command: CreateCrossSellingRule) -> Raw:
        return self.commands.run(renewals.create_cross_selling_rule, command)

    @rpc
    def delete_cross_selling_rule(self, command: DeleteCrossSellingRule) -> Raw:
        return self.commands.run(renewals.delete_cross_selling_rule, command)
