"""Solution plans (CUS-51)."""

from __future__ import annotations

from crm_common.protocol.customer.solutions import (
    CreateSolutionPlan,
    SetSolutionPlanStatus,
    SolutionPlans,
    SolutionPlansByIds,
    UpdateSolutionPlan,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering
from customer.usecases import solutions
from customer.views.solutions import OF_CUSTOMERS_IN_HANDS


class SolutionOperations(Offering):
    """Plans."""

    @rpc
    def solution_plans(self, query: SolutionPlans) -> Raw:
        return self.views.page(query, where=OF_CUSTOMERS_IN_HANDS)

    @rpc
    def solution_plans_by_ids(self, query: SolutionPlansByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_solution_plan(self, command: CreateSolutionPlan) -> Raw:
        return self.commands.run(solutions.create_solution_plan, command)

    @rpc
    def update_solution_plan(self, command: UpdateSolutionPlan) -> Raw:
        return self.commands.run(solutions.update_solution_plan, command)

    @rpc
    def set_solution_plan_status(self, command: SetSolutionPlanStatus) -> Raw:
        return self.commands.run(solutions.set_solution_plan_status, command)
