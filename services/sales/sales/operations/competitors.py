"""Competitors: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.sales.competitors import (
    CompetitorResult,
    CompetitorResults,
    Competitors,
    CompetitorsByIds,
    CreateCompetitor,
    NoteLostOrder,
    UpdateCompetitor,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import competitors
from sales.views import competitors as views


class CompetitorOperations(Offering):
    """Competitors."""

    @rpc
    def competitors(self, query: Competitors) -> Raw:
        return self.views.page(query)

    @rpc
    def competitors_by_ids(self, query: CompetitorsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def competitor_results(self, _query: CompetitorResults) -> tuple[CompetitorResult, ...]:
        return views.results(self.host.store, self.context)

    @rpc
    def create_competitor(self, command: CreateCompetitor) -> Raw:
        return self.commands.run(competitors.create_competitor, command)

    @rpc
    def update_competitor(self, command: UpdateCompetitor) -> Raw:
        return self.commands.run(competitors.update_competitor, command)

    @rpc
    def note_lost_order(self, command: NoteLostOrder) -> Raw:
        return self.commands.run(competitors.note_lost_order, command)
