"""What happens to quotes, and what is refused of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.timeline import SalesRecordMade
from crm_common.protocol.declare import Changes, Event, Personal
from crm_common.protocol.sales.quotes import QuoteState
from crm_common.protocol.sales.service import sales

PERSONAL = Personal(of="customer_id", changes=("terms", "reason"))
"""What somebody wrote of the customer in his own words."""


class QuoteRules(Rules):
    """Refusals of quotes."""

    only_a_customer_of_one_s_own_is_quoted = Rule(
        Code.FORBIDDEN, en="You quote to customers in your own name only.", zh="只能为本人名下的客户报价。"
    )
    only_its_owner_works_on_a_quote = Rule(
        Code.FORBIDDEN, en="Only its owner works on a quote.", zh="仅报价单负责人可进行此操作。"
    )
    a_quote_has_one_currency = Rule(
        Code.VALIDATION,
        en="All products of a quote are priced in {currency}.",
        zh="同一报价单的产品须使用同一币种（{currency}）。",
    )
    a_discount_is_a_part = Rule(
        Code.VALIDATION,
        en="A discount is from 0 to 1 with at most four decimals.",
        zh="折扣须在 0 到 1 之间，且最多四位小数。",
    )
    a_quote_is_below_the_greatest_amount = Rule(Code.VALIDATION, en="The amount is too large.", zh="金额过大。")
    a_quote_is_good_for_a_day_to_come = Rule(
        Code.VALIDATION, en="Its last day has passed already.", zh="有效期不能早于今天。"
    )
    a_quote_that_was_sent_stays_as_it_is = Rule(
        Code.BAD_STATE,
        en="Only a draft is edited ({state}); begin another version.",
        zh="仅草稿可编辑（当前状态 {state}），请创建新版本。",
    )
    a_quote_waits_for_its_approval = Rule(
        Code.BAD_STATE, en="The quote waits for its approval.", zh="报价单正在审批中，暂不能操作。"
    )
    a_price_below_the_floor_takes_an_approval = Rule(
        Code.BAD_STATE,
        en="A price is below the floor: ask for an approval first.",
        zh="存在低于底价的产品，请先提交审批。",
    )
    these_prices_take_no_approval = Rule(Code.BAD_STATE, en="These prices take no approval.", zh="当前价格无需审批。")
    a_draft_has_no_other_version_yet = Rule(
        Code.BAD_STATE, en="A draft is edited, not revised.", zh="草稿可直接编辑，无需创建新版本。"
    )
    an_accepted_quote_is_not_revised = Rule(
        Code.BAD_STATE, en="The customer has accepted the quote.", zh="客户已接受该报价，不能再修改。"
    )
    only_a_quote_that_was_sent_is_answered = Rule(
        Code.BAD_STATE, en="The customer does not have this quote ({state}).", zh="报价单未处于已发送状态（{state}）。"
    )
    a_quote_is_ordered_by_its_customer = Rule(
        Code.VALIDATION, en="The quote is another customer's.", zh="该报价单属于其他客户。"
    )
    an_expired_quote_cannot_become_an_order = Rule(
        Code.BAD_STATE,
        en="The quote was good until {day}; send another version.",
        zh="报价已于 {day} 过期，请重新报价。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteEvent(Event):
    """What every event of a quote tells: whose it is and what it comes to, after the change."""

    personal = PERSONAL
    quote_id: UUID
    number: str
    customer_id: UUID
    owner_id: UUID
    opportunity_id: UUID | None
    state: QuoteState
    revision: int
    amount: Decimal
    currency: str
    changes: Changes


@sales.event("quote.created", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCreated(QuoteEvent):
    """A quote was written down."""


@sales.event("quote.updated", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteUpdated(QuoteEvent):
    """A draft was edited."""


@sales.event("quote.approval_requested", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteApprovalRequested(QuoteEvent):
    """Prices below the floor wait for an approval."""


@sales.event("quote.approval_decided", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteApprovalDecided(QuoteEvent):
    """The approval was given, refused or taken back."""


@sales.event("quote.sent", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteSent(SalesRecordMade):
    """The customer has the quote: a sales record (CUS-15)."""

    personal = PERSONAL
    quote_id: UUID
    number: str
    owner_id: UUID
    opportunity_id: UUID | None = None
    state: QuoteState = QuoteState.SENT
    revision: int
    amount: Decimal
    currency: str
    changes: Changes = field(default_factory=dict)


@sales.event("quote.revised", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRevised(QuoteEvent):
    """Another version was begun."""


@sales.event("quote.accepted", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAccepted(QuoteEvent):
    """The customer said yes."""


@sales.event("quote.rejected", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRejected(QuoteEvent):
    """The customer said no."""


@sales.event("quote.expired", subject="quote_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteExpired(QuoteEvent):
    """Its last day passed without an answer."""
