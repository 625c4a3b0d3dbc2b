"""Receivables: what is asked and told of them, and what orders and approvals bring about."""

from __future__ import annotations

from functools import partial

from crm_common import codec
from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.customer.credit import CreditEvaluated
from crm_common.protocol.finance.receipts import CustomerMoney, MoneyOfCustomer, MoneyOfOrder, OrderMoney
from crm_common.protocol.finance.receivables import (
    AgeingLine,
    CreateReceivable,
    Receivables,
    ReceivablesAgeing,
    ReceivablesByIds,
    ReceivableTotal,
    ReceivableTotals,
    UpdateReceivable,
    VoidReceivable,
    WriteOffReceivable,
)
from crm_common.protocol.office.approvals_events import ApprovalTurned
from crm_common.protocol.sales.orders_events import OrderTurned
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from finance.adapters.debtors import debtor
from finance.adapters.write_off_approval import start_write_off
from finance.operations.offering import Offering
from finance.store import receivables as store
from finance.usecases import collecting, credit, receivables
from finance.views import receivable_sums


class ReceivableOperations(Offering):
    """Receivables."""

    customers = Peer("customer")
    office = Peer("office")

    @rpc
    def receivables(self, query: Receivables) -> Raw:
        return self.views.page(query)

    @rpc
    def receivables_by_ids(self, query: ReceivablesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def receivable_totals(self, query: ReceivableTotals) -> list[ReceivableTotal]:
        return receivable_sums.totals(self.host, self.context, query)

    @rpc
    def receivables_ageing(self, query: ReceivablesAgeing) -> list[AgeingLine]:
        return receivable_sums.ageing(self.host, self.context, query)

    @rpc
    def order_money(self, query: OrderMoney) -> list[MoneyOfOrder]:
        return store.order_money(self.host.store, query.order_ids)

    @rpc
    def customer_money(self, query: CustomerMoney) -> list[MoneyOfCustomer]:
        return receivable_sums.customer_money(self.host, query.customer_ids)

    @rpc
    def create_receivable(self, command: CreateReceivable) -> Raw:
        customer = debtor(self.customers, self.context, command.customer_id)
        return self.commands.run(partial(receivables.create_receivable, customer), command)

    @rpc
    def update_receivable(self, command: UpdateReceivable) -> Raw:
        return self.commands.run(receivables.update_receivable, command)

    @rpc
    def void_receivable(self, command: VoidReceivable) -> Raw:
        return self.commands.run(receivables.void_receivable, command)

    @rpc
    def write_off_receivable(self, command: WriteOffReceivable) -> Raw:
        [found] = codec.decode_json(self.views.get(ReceivablesByIds(ids=(command.id,))))
        start_write_off(self.office, self.context, command, found)
        return self.commands.run(receivables.ask_to_write_off, command)

    @subscribe(OrderTurned)
    def follow_order(self, event: OrderTurned, change: Change) -> None:
        receivables.follow_order(change, event)

    @subscribe(ApprovalTurned)
    def follow_write_off(self, event: ApprovalTurned, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        receivables.follow_write_off(change, event)

    @subscribe(CreditEvaluated)
    def note_credit_limit(self, event: CreditEvaluated, change: Change) -> None:
        credit.note_limit(change, event)

    @every("0 1 * * *", name="finance.collection")
    def collect(self, run: JobRun) -> None:
        """What has passed its due day becomes overdue, and people are reminded of what is to be collected."""
        collecting.collect(run, self.host)
