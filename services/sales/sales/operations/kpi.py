"""Key figures: what is asked and told of them, and what people do that they count."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.customers import CustomerCreated
from crm_common.protocol.customer.follow_ups import FollowUpCreated
from crm_common.protocol.sales.kpi import CreateKpiScheme, EvaluateKpis, KpiEvaluations, KpiSchemes, KpiSchemesByIds
from crm_common.runtime.entrypoints import rpc, subscribe
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import kpi


class KpiOperations(Offering):
    """Key figures."""

    @rpc
    def kpi_schemes(self, query: KpiSchemes) -> Raw:
        return self.views.page(query)

    @rpc
    def kpi_schemes_by_ids(self, query: KpiSchemesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def kpi_evaluations(self, query: KpiEvaluations) -> Raw:
        return self.views.page(query)

    @rpc
    def create_kpi_scheme(self, command: CreateKpiScheme) -> Raw:
        return self.commands.run(kpi.create_kpi_scheme, command)

    @rpc
    def evaluate_kpis(self, command: EvaluateKpis) -> Raw:
        return self.commands.run(kpi.evaluate_kpis, command)

    @subscribe(FollowUpCreated)
    def count_follow_up(self, event: FollowUpCreated, change: Change) -> None:
        kpi.note_follow_up(change, event)

    @subscribe(CustomerCreated)
    def count_customer(self, event: CustomerCreated, change: Change) -> None:
        kpi.note_customer(change, event)
