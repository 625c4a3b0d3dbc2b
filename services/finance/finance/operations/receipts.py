"""Receipts, receipt plans and closed months: what is asked and told of them."""

from __future__ import annotations

from functools import partial
from uuid import uuid5

from crm_common.protocol.finance.periods import ClosedPeriods, ClosedPeriodsByIds, ClosePeriod, ReopenPeriod
from crm_common.protocol.finance.receipt_plans import (
    ReceiptPlans,
    ReceiptPlansByIds,
    SetReceiptPlan,
    UpcomingReceiptPlans,
)
from crm_common.protocol.finance.receipts import (
    ConfirmReceipt,
    CreateReceipt,
    Receipts,
    ReceiptsByIds,
    RejectReceipt,
    ReverseReceipt,
    UpdateReceipt,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from finance.adapters.customers import customer_in_scope
from finance.adapters.vouchers import linked
from finance.operations.offering import Offering
from finance.usecases import periods, receipt_plans, receipts
from finance.usecases.receipts import Asked
from finance.views.receivables import UPCOMING


class ReceiptOperations(Offering):
    """Receipts and plans; closed months."""

    customers = Peer("customer")

    @rpc
    def receipts(self, query: Receipts) -> Raw:
        return self.views.page(query)

    @rpc
    def receipts_by_ids(self, query: ReceiptsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_receipt(self, command: CreateReceipt) -> Raw:
        return self.commands.run(partial(receipts.create_receipt, self._asked(command)), command)

    @rpc
    def update_receipt(self, command: UpdateReceipt) -> Raw:
        return self.commands.run(receipts.update_receipt, command)

    @rpc
    def confirm_receipt(self, command: ConfirmReceipt) -> Raw:
        return self.commands.run(receipts.confirm_receipt, command)

    @rpc
    def reject_receipt(self, command: RejectReceipt) -> Raw:
        return self.commands.run(receipts.reject_receipt, command)

    @rpc
    def reverse_receipt(self, command: ReverseReceipt) -> Raw:
        return self.commands.run(receipts.reverse_receipt, command)

    @rpc
    def receipt_plans(self, query: ReceiptPlans) -> Raw:
        return self.views.page(query)

    @rpc
    def receipt_plans_by_ids(self, query: ReceiptPlansByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def upcoming_receipt_plans(self, query: UpcomingReceiptPlans) -> Raw:
        return self.views.page(query, where=UPCOMING)

    @rpc
    def set_receipt_plan(self, command: SetReceiptPlan) -> Raw:
        return self.commands.run(receipt_plans.set_receipt_plan, command)

    @rpc
    def closed_periods(self, query: ClosedPeriods) -> Raw:
        return self.views.page(query)

    @rpc
    def closed_periods_by_ids(self, query: ClosedPeriodsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def close_period(self, command: ClosePeriod) -> Raw:
        return self.commands.run(periods.close_period, command)

    @rpc
    def reopen_period(self, command: ReopenPeriod) -> Raw:
        return self.commands.run(periods.reopen_period, command)

    def _asked(self, command: CreateReceipt) -> Asked:
        pays = command.receivable_id or command.order_id
        alone = None if pays else command.customer_id
        customer = None if alone is None else customer_in_scope(self.customers, alone)
        # the same call again is about the same receipt, also for who keeps its voucher
        key, me = command.idempotency_key, self.context.authenticated().id
        receipt_id = self.host.ids() if key is None else uuid5(me, f"receipt {key}")
        found = command.voucher_id
        checksum = None if found is None else linked(self.host.client, self.context, found, receipt_id)
        return Asked(receipt_id=receipt_id, customer=customer, voucher_sha256=checksum)
