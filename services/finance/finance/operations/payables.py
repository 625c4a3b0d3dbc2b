"""Payables, payments and their plans: what is asked and told of them (FIN-08, 09)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.finance.payables import CreatePayable, Payables, PayablesByIds, UpdatePayable, VoidPayable
from crm_common.protocol.finance.payments import (
    PaymentPlans,
    PaymentPlansByIds,
    Payments,
    PaymentsByIds,
    RegisterPayment,
    SetPaymentPlan,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from finance.operations.offering import Offering
from finance.usecases import payables, payments


class PayableOperations(Offering):
    """Payables and payments."""

    @rpc
    def payables(self, query: Payables) -> Raw:
        return self.views.page(query)

    @rpc
    def payables_by_ids(self, query: PayablesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_payable(self, command: CreatePayable) -> Raw:
        return self.commands.run(payables.create_payable, command)

    @rpc
    def update_payable(self, command: UpdatePayable) -> Raw:
        return self.commands.run(payables.update_payable, command)

    @rpc
    def void_payable(self, command: VoidPayable) -> Raw:
        return self.commands.run(payables.void_payable, command)

    @rpc
    def payments(self, query: Payments) -> Raw:
        return self.views.page(query)

    @rpc
    def payments_by_ids(self, query: PaymentsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def payment_plans(self, query: PaymentPlans) -> Raw:
        return self.views.page(query)

    @rpc
    def payment_plans_by_ids(self, query: PaymentPlansByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def register_payment(self, command: RegisterPayment) -> Raw:
        return self.commands.run(payments.register_payment, command)

    @rpc
    def set_payment_plan(self, command: SetPaymentPlan) -> Raw:
        return self.commands.run(payments.set_payment_plan, command)

    @every("0 1 * * *", name="finance.payable_reminders")
    def remind_of_payables(self, run: JobRun) -> None:
        """Tells of what is due, and marks what is overdue (FIN-08)."""
        payables.remind(run)
