"""Credit (CUS-44)."""

from __future__ import annotations

from crm_common.protocol.customer.credit import (
    CreateCreditEvaluation,
    CreditEvaluations,
    CreditEvaluationsByIds,
    CreditLine,
    CreditOf,
    ReviewCreditEvaluation,
    UpdateCreditEvaluation,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering
from customer.store.credit import lines
from customer.usecases import credit


class CreditOperations(Offering):
    """Evaluations, and what customers may owe."""

    @rpc
    def credit_evaluations(self, query: CreditEvaluations) -> Raw:
        return self.views.page(query)

    @rpc
    def credit_evaluations_by_ids(self, query: CreditEvaluationsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def credit_of(self, query: CreditOf) -> list[CreditLine]:
        return lines(self.host.store, query.customer_ids, self.host.clock.now())

    @rpc
    def create_credit_evaluation(self, command: CreateCreditEvaluation) -> Raw:
        return self.commands.run(credit.create_credit_evaluation, command)

    @rpc
    def update_credit_evaluation(self, command: UpdateCreditEvaluation) -> Raw:
        return self.commands.run(credit.update_credit_evaluation, command)

    @rpc
    def review_credit_evaluation(self, command: ReviewCreditEvaluation) -> Raw:
        return self.commands.run(credit.review_credit_evaluation, command)
