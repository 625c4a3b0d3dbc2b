"""Invoices and refunds: what is asked and told of them (FIN-15, 16)."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import Code, CrmError
from crm_common.jobs import JobRun
from crm_common.protocol.finance.invoices import Invoices, InvoicesByIds, IssueInvoice, RequestInvoice, VoidInvoice
from crm_common.protocol.finance.refunds import CancelRefund, PayRefund, Refunds, RefundsByIds, RequestRefund
from crm_common.protocol.office.approvals_events import ApprovalTurned
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.raw import Raw
from finance.adapters.engine import Engine
from finance.operations.offering import Offering
from finance.usecases import invoices, refund_asking, refunds


class SettlingOperations(Offering):
    """Invoices and refunds."""

    @rpc
    def invoices(self, query: Invoices) -> Raw:
        return self.views.page(query)

    @rpc
    def invoices_by_ids(self, query: InvoicesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def request_invoice(self, command: RequestInvoice) -> Raw:
        return self.commands.run(invoices.request_invoice, command)

    @rpc
    def issue_invoice(self, command: IssueInvoice) -> Raw:
        return self.commands.run(invoices.issue_invoice, command)

    @rpc
    def void_invoice(self, command: VoidInvoice) -> Raw:
        return self.commands.run(invoices.void_invoice, command)

    @rpc
    def refunds(self, query: Refunds) -> Raw:
        return self.views.page(query)

    @rpc
    def refunds_by_ids(self, query: RefundsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def request_refund(self, command: RequestRefund) -> Raw:
        made: list[UUID] = []

        def asked(change: Change, given: RequestRefund) -> dict[str, UUID]:
            payload = refunds.request_refund(change, given)
            made.append(payload["refund"])
            return payload

        answer = self.commands.run(asked, command)
        for refund_id in made[-1:]:
            self._ask_about(refund_id)
        return answer

    @rpc
    def cancel_refund(self, command: CancelRefund) -> Raw:
        return self.commands.run(refunds.cancel_refund, command)

    @rpc
    def pay_refund(self, command: PayRefund) -> Raw:
        return self.commands.run(refunds.pay_refund, command)

    @subscribe(ApprovalTurned)
    def follow_refund_approval(self, event: ApprovalTurned, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        refunds.follow_approval(change, event)

    @every("*/5 * * * *", name="finance.refund_approvals")
    def ask_again_about_refunds(self, run: JobRun) -> None:
        """Asks about refunds whose flow has not begun, as whoever asked for them was cut off."""
        if not run.dry_run:
            engine = Engine(self.host.client, run.context)
            run.report["asked"] = refund_asking.ask_again(self.host.store, engine, run.now)

    def _ask_about(self, refund_id: UUID) -> None:
        try:
            refund_asking.ask_about(self.host.store, Engine(self.host.client, self.context), refund_id)
        except CrmError as refusal:
            # it waits, and the job asks again
            if refusal.code is not Code.UNAVAILABLE:
                raise
