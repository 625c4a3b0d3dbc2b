"""Quotes: what is asked and told of them. Who buys, and the printed paper, are there before a transaction opens."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from msgspec import UNSET

from crm_common import codec
from crm_common.changes import Change
from crm_common.context import system_context
from crm_common.days import day_of
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.office.approvals_events import ApprovalTurned
from crm_common.protocol.sales.quotes import (
    APPROVAL_KIND,
    AcceptQuote,
    CreateQuote,
    QuoteDocument,
    QuoteFile,
    Quotes,
    QuotesByIds,
    QuoteView,
    RejectQuote,
    RequestQuoteApproval,
    ReviseQuote,
    SendQuote,
    UpdateQuote,
)
from crm_common.protocol.selection import names
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.providers import objects_of
from crm_common.runtime.raw import Raw
from sales.adapters.asked import Asked
from sales.adapters.buyers import KnownCustomer, known_customer
from sales.operations.offering import Offering
from sales.usecases import quote_approvals, quotes
from sales.usecases.quote_papers import Press


class QuoteOperations(Offering):
    """Quotes."""

    @rpc
    def quotes(self, query: Quotes) -> Raw:
        return self.views.page(query)

    @rpc
    def quotes_by_ids(self, query: QuotesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def quote_document(self, query: QuoteDocument) -> QuoteFile:
        if self._seen(query.id, "number") is None:
            raise CommonRules.the_record_was_not_found(field="id")
        return self._press().document(query.id, query.revision)

    @rpc
    def create_quote(self, command: CreateQuote) -> Raw:
        return self.commands.run(partial(quotes.create_quote, self._customer(command.customer_id)), command)

    @rpc
    def update_quote(self, command: UpdateQuote) -> Raw:
        customer = None
        if command.lines is not UNSET:
            seen = self._seen(command.id, "customer_id")
            customer = Asked.of(partial(self._customer_of, seen))
        return self.commands.run(partial(quotes.update_quote, customer), command)

    @rpc
    def request_quote_approval(self, command: RequestQuoteApproval) -> Raw:
        answer = self.commands.run(quotes.request_quote_approval, command)
        self._ask_for_approval(command)
        return answer

    @rpc
    def send_quote(self, command: SendQuote) -> Raw:
        printed = Asked.of(partial(self._press().to_send, command.id, command.version))
        return self.commands.run(partial(quotes.send_quote, printed), command)

    @rpc
    def revise_quote(self, command: ReviseQuote) -> Raw:
        return self.commands.run(quotes.revise_quote, command)

    @rpc
    def accept_quote(self, command: AcceptQuote) -> Raw:
        return self.commands.run(quotes.accept_quote, command)

    @rpc
    def reject_quote(self, command: RejectQuote) -> Raw:
        return self.commands.run(quotes.reject_quote, command)

    @every("0 1 * * *", name="sales.quotes_expire")
    def expire_quotes(self, run: JobRun) -> None:
        """Quotes whose last day has passed without an answer are expired."""
        quotes.expire(run)

    @subscribe(ApprovalTurned)
    def follow_approval(self, event: ApprovalTurned, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        quote_approvals.follow(change, event)

    def _customer(self, customer_id: UUID) -> Asked[KnownCustomer]:
        return Asked.of(partial(known_customer, self.host.client, self.context, customer_id))

    def _customer_of(self, seen: dict[str, str] | None) -> KnownCustomer:
        if seen is None:
            raise CommonRules.the_record_was_not_found(field="id")
        return known_customer(self.host.client, self.context, UUID(seen["customer_id"]), field="id")

    def _press(self) -> Press:
        today = day_of(self.host.settings, self.host.clock.now())
        return Press(self.host, self.context, partial(objects_of, self.host), today)

    def _seen(self, quote_id: UUID, *fields: str) -> dict[str, str] | None:
        """The quote as the caller sees it."""
        [found] = codec.decode_json(self.views.reader.by_ids(QuoteView, [quote_id], names(*fields), self.context))
        seen: dict[str, str] | None = found
        return seen

    def _ask_for_approval(self, command: RequestQuoteApproval) -> None:
        """The quote is locked by now; asking again, with a repeated call, is the same approval."""
        left = max(0.0, self.context.remaining())
        asking = system_context("sales", correlation_id=self.context.correlation_id, timeout=left)
        given = quote_approvals.form(self.host.store, command)
        if given is not None:
            self.host.client.call("office", "start_approval_for", {"kind": APPROVAL_KIND} | given, asking)
