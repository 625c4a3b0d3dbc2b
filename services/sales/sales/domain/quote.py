"""Quotes: where they may go, and what they come to (SAL-14, 15). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from crm_common.editing import difference, expect_version
from crm_common.money import LARGEST, is_amount, rounded
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.declare import Changes
from crm_common.protocol.sales.prices import ExplainedPrice, PriceRule
from crm_common.protocol.sales.products import ProductRules
from crm_common.protocol.sales.quotes import QuoteApproval, QuotedProduct, QuoteState
from crm_common.protocol.sales.quotes_events import QuoteEvent, QuoteRules, QuoteSent
from sales.domain.pricing import expect_quantity, takes_approval
from sales.domain.product import Product

E = TypeVar("E", bound=QuoteEvent)
_FINEST = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    """A line, with the words and prices of when it was written."""

    product_id: UUID
    code: str
    name: str
    unit: str
    quantity: Decimal
    price: Decimal
    price_rule: PriceRule
    price_list_name: str | None
    discount: Decimal
    amount: Decimal
    below_floor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quote with its present lines."""

    id: UUID
    number: str
    customer_id: UUID
    opportunity_id: UUID | None
    owner_id: UUID
    state: QuoteState = QuoteState.DRAFT
    revision: int = 1
    amount: Decimal = Decimal(0)
    currency: str
    approval: QuoteApproval = QuoteApproval.NOT_NEEDED
    approval_id: UUID | None = None
    valid_until: date | None
    terms: str | None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    reason: str | None = None
    lines: tuple[QuoteLine, ...]
    version: int = 1


COLUMNS = tuple(each.name for each in fields(Quote) if each.name != "lines")


def line_amount(quantity: Decimal, price: Decimal, discount: Decimal) -> Decimal:
    """What a line comes to: rounded once, to the cent, so that the lines add up to the total that is printed."""
    return rounded(quantity * price * (1 - discount))


def lines_of(
    given: Collection[QuotedProduct], products: Mapping[UUID, Product], prices: Collection[ExplainedPrice]
) -> tuple[QuoteLine, ...]:
    """The lines, each with the price that was said or that the rules give (``prices`` in the lines' order)."""
    lines = []
    for place, (each, explained) in enumerate(zip(given, prices, strict=True)):
        lines.append(_line(f"lines.{place}", each, products[each.product_id], explained))
    currency = products[lines[0].product_id].currency
    for place, line in enumerate(lines):
        if products[line.product_id].currency != currency:
            raise QuoteRules.a_quote_has_one_currency(field=f"lines.{place}.product_id", currency=currency)
    if total(lines) >= LARGEST:
        raise QuoteRules.a_quote_is_below_the_greatest_amount(field="lines")
    return tuple(lines)


def total(lines: Collection[QuoteLine]) -> Decimal:
    """The sum of the lines as they are printed."""
    return sum((each.amount for each in lines), Decimal(0))


def with_lines(quote: Quote, lines: tuple[QuoteLine, ...], currency: str) -> Quote:
    """The quote with other lines; an approval that was given was for the lines of then."""
    needed = any(each.below_floor for each in lines)
    approval = QuoteApproval.NEEDED if needed else QuoteApproval.NOT_NEEDED
    return replace(quote, lines=lines, amount=total(lines), currency=currency, approval=approval)


def expect_draft(quote: Quote, version: int) -> None:
    """Refuse to edit what is no draft of now, or what is being approved."""
    expect_version(quote.version, version)
    if quote.state is not QuoteState.DRAFT:
        raise QuoteRules.a_quote_that_was_sent_stays_as_it_is(field="id", state=quote.state.value)
    if quote.approval is QuoteApproval.PENDING:
        raise QuoteRules.a_quote_waits_for_its_approval(field="id")


def expect_good(valid_until: date | None, today: date) -> None:
    """Refuse a last day that has passed."""
    if valid_until is not None and valid_until < today:
        raise QuoteRules.a_quote_is_good_for_a_day_to_come(field="valid_until")


def changed(before: Quote, **values: Any) -> Quote:
    """The quote with these values and a further version."""
    return replace(before, version=before.version + 1, **values)


def approval_requested(before: Quote, version: int) -> Quote:
    """NEEDED → PENDING; the same again where somebody was asked already and did not answer that he was."""
    if before.approval is QuoteApproval.PENDING and before.approval_id is None and before.version == version:
        return before
    expect_draft(before, version)
    if before.approval is not QuoteApproval.NEEDED:
        raise QuoteRules.these_prices_take_no_approval(field="id")
    return changed(before, approval=QuoteApproval.PENDING, approval_id=None)


def approval_noted(before: Quote, approval_id: UUID) -> Quote:
    """Which approval it waits for; no change that an editor would have to know of."""
    return replace(before, approval_id=approval_id)


def sent(before: Quote, version: int, *, now: datetime, valid_until: date) -> Quote:
    """DRAFT → SENT."""
    expect_sendable(before, version)
    return changed(before, state=QuoteState.SENT, sent_at=now, valid_until=valid_until)


def expect_sendable(quote: Quote, version: int) -> None:
    """Refuse what is no draft, or has prices that nobody approved."""
    expect_draft(quote, version)
    if quote.approval in (QuoteApproval.NEEDED, QuoteApproval.REJECTED):
        raise QuoteRules.a_price_below_the_floor_takes_an_approval(field="lines")


def last_day(quote: Quote, today: date, days: int) -> date:
    """The last day a quote that is sent today is good for."""
    expect_good(quote.valid_until, today)
    return quote.valid_until or today + timedelta(days=days)


def revised(before: Quote, version: int) -> Quote:
    """SENT, REJECTED or EXPIRED → DRAFT of the next revision, which begins with the same lines."""
    expect_version(before.version, version)
    if before.state is QuoteState.DRAFT:
        raise QuoteRules.a_draft_has_no_other_version_yet(field="id")
    if before.state is QuoteState.ACCEPTED:
        raise QuoteRules.an_accepted_quote_is_not_revised(field="id")
    cleared: dict[str, Any] = {"valid_until": None, "sent_at": None, "answered_at": None, "reason": None}
    return changed(before, state=QuoteState.DRAFT, revision=before.revision + 1, **cleared)


def accepted(before: Quote, *, now: datetime, today: date) -> Quote:
    """SENT → ACCEPTED, as long as it is good."""
    _expect_sent(before)
    expect_unexpired(before, today)
    return changed(before, state=QuoteState.ACCEPTED, answered_at=now)


def rejected(before: Quote, *, now: datetime, reason: str) -> Quote:
    """SENT → REJECTED."""
    _expect_sent(before)
    return changed(before, state=QuoteState.REJECTED, answered_at=now, reason=reason.strip())


def expired(before: Quote) -> Quote:
    """SENT → EXPIRED."""
    return changed(before, state=QuoteState.EXPIRED)


def expect_unexpired(quote: Quote, today: date, field: str = "id") -> None:
    """Refuse a quote whose last day has passed without an answer, whether or not the job has said so yet."""
    passed = quote.valid_until is not None and quote.valid_until < today
    if quote.state is QuoteState.EXPIRED or (quote.state is QuoteState.SENT and passed):
        day = None if quote.valid_until is None else quote.valid_until.isoformat()
        raise QuoteRules.an_expired_quote_cannot_become_an_order(field=field, day=day)


def told(kind: type[E], before: Quote | None, after: Quote) -> E:
    """An event of a quote."""
    return kind(**_known(after), opportunity_id=after.opportunity_id, changes=_changes(before, after))


def told_sent(before: Quote, after: Quote) -> QuoteSent:
    """The event of a quote that the customer has, a sales record of his too."""
    assert after.sent_at is not None
    record: dict[str, Any] = {"record": SalesRecord.QUOTE, "at": after.sent_at, "title": after.number}
    record |= {"employee_id": after.owner_id, "reference_id": after.id}
    return QuoteSent(**_known(after), opportunity_id=after.opportunity_id, changes=_changes(before, after), **record)


def _known(quote: Quote) -> dict[str, Any]:
    names = ("number", "customer_id", "owner_id", "state", "revision", "amount", "currency")
    return {"quote_id": quote.id} | {name: getattr(quote, name) for name in names}


def _changes(before: Quote | None, after: Quote) -> Changes:
    changes = difference(before, after, without=("id", "version", "lines"))
    was, now = ([_plain(line) for line in each.lines] if each else None for each in (before, after))
    if was != now:
        changes["lines"] = (was, now)
    return changes


def _plain(line: QuoteLine) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(line).items()}


def _line(at: str, given: QuotedProduct, product: Product, explained: ExplainedPrice) -> QuoteLine:
    expect_quantity(given.quantity, f"{at}.quantity")
    if given.price is not None and not is_amount(given.price):
        raise ProductRules.a_price_is_an_amount(field=f"{at}.price")
    share = given.discount
    if not (share.is_finite() and 0 <= share <= 1 and share == share.quantize(_FINEST)):
        raise QuoteRules.a_discount_is_a_part(field=f"{at}.discount")
    said = given.price is not None and given.price != explained.price
    price = explained.price if given.price is None else given.price
    return QuoteLine(
        product_id=product.id,
        code=product.code,
        name=product.name,
        unit=product.unit,
        quantity=given.quantity,
        price=price,
        price_rule=PriceRule.AGREED if said else explained.rule,
        price_list_name=None if said else explained.price_list_name,
        discount=share,
        amount=line_amount(given.quantity, price, share),
        below_floor=takes_approval(price * (1 - share), explained),
    )


def _expect_sent(quote: Quote) -> None:
    if quote.state is QuoteState.EXPIRED:
        expect_unexpired(quote, date.max)
    if quote.state is not QuoteState.SENT:
        raise QuoteRules.only_a_quote_that_was_sent_is_answered(field="id", state=quote.state.value)
