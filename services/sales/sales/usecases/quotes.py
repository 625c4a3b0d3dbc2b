"""Commands about quotes (SAL-14): load → domain → save + record, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change
from crm_common.days import day_of, today
from crm_common.editing import chosen
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.sales.quotes import (
    AcceptQuote,
    CreateQuote,
    QuoteLines,
    QuoteState,
    RejectQuote,
    RequestQuoteApproval,
    ReviseQuote,
    SendQuote,
    UpdateQuote,
)
from crm_common.protocol.sales.quotes_events import (
    QuoteAccepted,
    QuoteApprovalRequested,
    QuoteCreated,
    QuoteExpired,
    QuoteRejected,
    QuoteRevised,
    QuoteRules,
    QuoteUpdated,
)
from sales.adapters.asked import Asked
from sales.adapters.buyers import KnownCustomer
from sales.domain import pricing
from sales.domain import quote as domain
from sales.domain.pricing import Buyer
from sales.domain.quote import Quote, QuoteLine
from sales.store import people, prices, quotes
from sales.usecases.products import products_for_sale
from sales.usecases.quote_papers import Printed

SECTION = "quote"
_BATCH = 200


def create_quote(customer: Asked[KnownCustomer], change: Change, command: CreateQuote) -> dict[str, Any]:
    """A draft for a customer of one's own."""
    known, me = customer.get(), change.context.authenticated().id
    if known.owner_id != me:
        raise QuoteRules.only_a_customer_of_one_s_own_is_quoted(field="customer_id")
    day = today(change)
    domain.expect_good(command.valid_until, day)
    lines, currency = _lines(change, command.lines, known.buyer)
    quote = Quote(
        id=change.new_id(),
        number=quotes.next_number(change.connection, day),
        customer_id=known.id,
        opportunity_id=command.opportunity_id,
        owner_id=me,
        currency=currency,
        valid_until=command.valid_until,
        terms=(command.terms or "").strip() or None,
        lines=(),
    )
    made = domain.with_lines(quote, lines, currency)
    quotes.insert(change.connection, made, change.now, change.new_id)
    change.record(domain.told(QuoteCreated, None, made))
    return {"quote": made.id}


def update_quote(customer: Asked[KnownCustomer] | None, change: Change, command: UpdateQuote) -> dict[str, Any]:
    """Other data of a draft. ``customer``: who buys, asked where lines are given."""
    before = own(change, command.id)
    domain.expect_draft(before, command.version)
    valid_until = chosen(command.valid_until, before.valid_until)
    domain.expect_good(valid_until, today(change))
    after = replace(before, valid_until=valid_until, terms=(chosen(command.terms, before.terms) or "").strip() or None)
    if command.lines is not UNSET:
        assert customer is not None
        lines, currency = _lines(change, command.lines, customer.get().buyer)
        if lines != before.lines:
            after = domain.with_lines(after, lines, currency)
    if after != before:
        after = domain.changed(after)
        _keep(change, before, after)
        change.record(domain.told(QuoteUpdated, before, after))
    return {"quote": after.id}


def request_quote_approval(change: Change, command: RequestQuoteApproval) -> dict[str, Any]:
    """The quote is locked; whoever carries this out asks office after the commit."""
    before = own(change, command.id)
    after = domain.approval_requested(before, command.version)
    if after != before:
        _keep(change, before, after)
        change.record(domain.told(QuoteApprovalRequested, before, after))
    return {"quote": after.id}


def send_quote(printed: Asked[Printed], change: Change, command: SendQuote) -> dict[str, Any]:
    """The customer has it, as it was printed before."""
    before = own(change, command.id)
    domain.expect_sendable(before, command.version)
    products_for_sale(change, [each.product_id for each in before.lines])
    paper = printed.get()
    after = domain.sent(before, command.version, now=change.now, valid_until=paper.valid_until)
    quotes.save(change.connection, before, after, change.now, change.new_id, file=paper.key)
    change.record(domain.told_sent(before, after))
    return {"quote": after.id}


def revise_quote(change: Change, command: ReviseQuote) -> dict[str, Any]:
    """Another version; the one before is kept."""
    before = own(change, command.id)
    after = domain.revised(before, command.version)
    _keep(change, before, after)
    change.record(domain.told(QuoteRevised, before, after))
    return {"quote": after.id}


def accept_quote(change: Change, command: AcceptQuote) -> dict[str, Any]:
    """The customer said yes."""
    before = _current(change, command.id, command.version)
    after = domain.accepted(before, now=change.now, today=today(change))
    _keep(change, before, after)
    change.record(domain.told(QuoteAccepted, before, after))
    return {"quote": after.id}


def reject_quote(change: Change, command: RejectQuote) -> dict[str, Any]:
    """The customer said no."""
    before = _current(change, command.id, command.version)
    after = domain.rejected(before, now=change.now, reason=command.reason)
    _keep(change, before, after)
    change.record(domain.told(QuoteRejected, before, after))
    return {"quote": after.id}


def quote_for_order(change: Change, quote_id: UUID, *, customer_id: UUID, field: str = "quote_id") -> Quote:
    """The caller's quote to the customer, locked; an order of now takes its lines over as they are (SAL-07).

    It is accepted by that. ``BAD_STATE`` when it was not sent, was rejected or has expired (SAL-14), whether the job
    has said so yet or not.
    """
    before = own(change, quote_id, field=field)
    if before.customer_id != customer_id:
        raise QuoteRules.a_quote_is_ordered_by_its_customer(field=field)
    domain.expect_unexpired(before, today(change), field)
    if before.state is QuoteState.ACCEPTED:
        return before
    after = domain.accepted(before, now=change.now, today=today(change))
    _keep(change, before, after)
    change.record(domain.told(QuoteAccepted, before, after))
    return after


def expire(run: JobRun) -> None:
    """Quotes whose last day has passed without an answer are expired."""
    run.report["expired"] = 0
    found = _BATCH
    while found == _BATCH:
        with run.change() as change:
            due = quotes.due(change.connection, day_of(change.settings, run.now), _BATCH)
            for before in due:
                after = domain.expired(before)
                _keep(change, before, after)
                change.record(domain.told(QuoteExpired, before, after))
        found = 0 if run.dry_run else len(due)
        run.report["expired"] += len(due)


def own(change: Change, quote_id: UUID, *, field: str = "id") -> Quote:
    """The caller's quote, locked; ``NOT_FOUND`` outside of his scope, ``FORBIDDEN`` for others who see it."""
    found, actor = quotes.locked(change.connection, quote_id), change.context.authenticated()
    if found is None or not people.reaches(change.connection, actor, SECTION, found.owner_id):
        raise CommonRules.the_record_was_not_found(field=field)
    if found.owner_id != actor.id:
        raise QuoteRules.only_its_owner_works_on_a_quote(field=field)
    return found


def _current(change: Change, quote_id: UUID, version: int) -> Quote:
    found = own(change, quote_id)
    if found.version != version:
        raise CommonRules.the_record_was_changed_meanwhile(field="version", current=found.version)
    return found


def _lines(change: Change, given: QuoteLines, buyer: Buyer) -> tuple[tuple[QuoteLine, ...], str]:
    known = products_for_sale(change, [each.product_id for each in given])
    offers = prices.offers(change.connection, known, today(change))
    explained = [
        pricing.explained(known[each.product_id], offers.get(each.product_id, ()), buyer, each.quantity)
        for each in given
    ]
    return domain.lines_of(given, known, explained), explained[0].currency


def _keep(change: Change, before: Quote, after: Quote) -> None:
    quotes.save(change.connection, before, after, change.now, change.new_id)
