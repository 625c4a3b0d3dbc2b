"""Opportunities and pipelines: what is asked and told of them, and what becomes of their customers."""

from __future__ import annotations

from functools import partial

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.journal.told import history_page
from crm_common.protocol.customer.customers import CustomerChangedHands
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.sales.opportunities import Opportunities, OpportunitiesByIds, OpportunityHistory
from crm_common.protocol.sales.opportunities_commands import (
    CreateOpportunity,
    EvaluateOpportunity,
    FollowUpOpportunity,
    LoseOpportunity,
    MoveOpportunity,
    OrderOpportunity,
    PlanOpportunity,
    ReopenOpportunity,
    UpdateOpportunity,
)
from crm_common.protocol.sales.pipelines import CreatePipeline, Pipelines, PipelinesByIds, UpdatePipeline
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.raw import Raw
from sales.adapters.asked import Asked
from sales.adapters.customers import Customers
from sales.operations.offering import Offering
from sales.usecases import forgetting, opportunities, opportunity_course, opportunity_orders, pipelines
from sales.views.opportunities import TOLD


class OpportunityOperations(Offering):
    """Opportunities."""

    @rpc
    def opportunities(self, query: Opportunities) -> Raw:
        return self.views.page(query)

    @rpc
    def opportunities_by_ids(self, query: OpportunitiesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def opportunity_history(self, query: OpportunityHistory) -> Raw:
        return Raw(history_page(TOLD, query.id, query, self.views.reader, self.context))

    @rpc
    def pipelines(self, query: Pipelines) -> Raw:
        return self.views.page(query)

    @rpc
    def pipelines_by_ids(self, query: PipelinesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_pipeline(self, command: CreatePipeline) -> Raw:
        return self.commands.run(pipelines.create_pipeline, command)

    @rpc
    def update_pipeline(self, command: UpdatePipeline) -> Raw:
        return self.commands.run(pipelines.update_pipeline, command)

    @rpc
    def create_opportunity(self, command: CreateOpportunity) -> Raw:
        customers = Customers(self.host.client, self.context)
        own = Asked.of(lambda: customers.expect_own(command.customer_id))
        return self.commands.run(partial(opportunities.create_opportunity, own), command)

    @rpc
    def update_opportunity(self, command: UpdateOpportunity) -> Raw:
        return self.commands.run(opportunities.update_opportunity, command)

    @rpc
    def evaluate_opportunity(self, command: EvaluateOpportunity) -> Raw:
        return self.commands.run(opportunities.evaluate_opportunity, command)

    @rpc
    def plan_opportunity(self, command: PlanOpportunity) -> Raw:
        return self.commands.run(opportunities.plan_opportunity, command)

    @rpc
    def follow_up_opportunity(self, command: FollowUpOpportunity) -> Raw:
        return self.commands.run(opportunities.follow_up_opportunity, command)

    @rpc
    def move_opportunity(self, command: MoveOpportunity) -> Raw:
        return self.commands.run(opportunities.move_opportunity, command)

    @rpc
    def lose_opportunity(self, command: LoseOpportunity) -> Raw:
        return self.commands.run(opportunities.lose_opportunity, command)

    @rpc
    def reopen_opportunity(self, command: ReopenOpportunity) -> Raw:
        return self.commands.run(opportunities.reopen_opportunity, command)

    @rpc
    def order_opportunity(self, command: OrderOpportunity) -> Raw:
        return self.commands.run(opportunity_orders.order_opportunity, command)

    @every("0 1 * * *", name="sales.stalled_opportunities")
    def tell_of_stalled(self, run: JobRun) -> None:
        """Tells of opportunities that have stood in their stage for long (SAL-12)."""
        opportunity_course.tell_of_stalled(run)

    @subscribe(CustomerChangedHands)
    def follow_customer(self, event: CustomerChangedHands, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        opportunity_course.follow_customer(change, event)

    @subscribe(CustomerErased)
    def forget_customer(self, event: CustomerErased, change: Change) -> None:
        forgetting.forget_customer(change, event)
