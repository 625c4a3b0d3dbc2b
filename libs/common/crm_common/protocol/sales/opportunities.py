"""Opportunities (商机, SAL-03 … 08, 11, 12): what might be sold, how far it is, and what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import GetQuery, ListQuery, Setting, given
from crm_common.protocol.history import HistoryEntryView
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.orders import OfCustomer, OfOwner, OfProduct
from crm_common.protocol.sales.pipelines import PipelineId
from crm_common.protocol.sales.service import EmployeeId, sales
from crm_common.protocol.views import Ref, child, shown

SEE = needs("opp.view", "opp.view_team")

OpportunityId = Annotated[UUID, Ref("Opportunity")]
OrderId = Annotated[UUID, Ref("Order")]

BIG_DEAL = sales.setting(
    Setting("sales.big_deal", int, 100_000, "From which amount on the reporting line is told of a deal.", 1, 10**12)
)
STALLED_DAYS = sales.setting(
    Setting(
        "sales.stalled_days", int, 30, "Days without a change of stage after which owner and head are told.", 1, 3650
    )
)


class OpportunityEnd(StrEnum):
    """What stands in the place of a stage when an opportunity is not on its way."""

    WON = "WON"
    """赢单: its order was approved."""
    LOST = "LOST"
    """输单: somebody else got it."""
    ABANDONED = "ABANDONED"
    """放弃: it is not worth going on."""
    SUSPENDED = "SUSPENDED"
    """挂起: its customer is in nobody's name."""


class Heat(StrEnum):
    """How urgent an opportunity is (热度)."""

    HOT = "HOT"
    """热."""
    WARM = "WARM"
    """温."""
    COLD = "COLD"
    """冷."""


class LossReason(StrEnum):
    """Why an opportunity came to nothing."""

    PRICE = "PRICE"
    """价格."""
    PRODUCT = "PRODUCT"
    """产品不符."""
    COMPETITOR = "COMPETITOR"
    """选择竞争对手."""
    NO_BUDGET = "NO_BUDGET"
    """没有预算."""
    NO_NEED = "NO_NEED"
    """没有需求."""
    NO_ANSWER = "NO_ANSWER"
    """联系不上."""
    OTHER = "OTHER"
    """其他."""


class OpportunityRules(Rules):
    """Refusals of opportunities."""

    an_opportunity_has_a_name = Rule(Code.VALIDATION, en="Give the opportunity a name.", zh="请填写商机名称。")
    an_opportunity_is_worth_an_amount = Rule(
        Code.VALIDATION, en="An amount is zero or more with two decimals.", zh="金额须大于等于零，且最多两位小数。"
    )
    a_stage_does_not_lead_there = Rule(
        Code.BAD_STATE,
        en="An opportunity does not go from {before} to {after}.",
        zh="商机不能从 {before} 变为 {after}。",
    )
    a_stage_needs_a_source = Rule(Code.VALIDATION, en="Say where it came from.", zh="请填写商机来源。")
    a_stage_needs_an_evaluation = Rule(
        Code.VALIDATION, en="Evaluate value and feasibility first.", zh="请先评估价值和可行性。"
    )
    a_stage_needs_a_next_step = Rule(
        Code.VALIDATION, en="Plan a next step with its day first.", zh="请先制定下一步计划和日期。"
    )
    a_stage_needs_a_quote_or_product = Rule(
        Code.VALIDATION, en="Add a product or make a quote first.", zh="请先添加产品或报价。"
    )
    a_lost_opportunity_says_why = Rule(Code.VALIDATION, en="Say why it was lost.", zh="请填写失败原因。")
    a_competitor_is_named = Rule(
        Code.VALIDATION, en="Name the competitor who got it.", zh="请填写赢得该商机的竞争对手。"
    )
    an_ended_opportunity_stays = Rule(
        Code.BAD_STATE, en="This opportunity is {stage}.", zh="该商机处于 {stage} 状态，不能执行此操作。"
    )
    only_a_lost_opportunity_is_reopened = Rule(
        Code.BAD_STATE, en="Only a lost or abandoned opportunity is reopened.", zh="只有输单或放弃的商机可以重启。"
    )
    only_the_owner_works_on_it = Rule(
        Code.FORBIDDEN, en="Only the opportunity's owner may do this.", zh="只有商机负责人可以执行此操作。"
    )


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OpportunityLineView:
    """A product that might be sold."""

    id: UUID = shown("The id.")
    product_id: OfProduct = shown("The product.")
    name: str = shown("What it was called.")
    unit: str = shown("What is counted.")
    quantity: Decimal = shown("How many.")
    price: Decimal = shown("Of one unit.")
    discount: Decimal = shown("The part taken off.")
    amount: Decimal = shown("Of the line.")
    starts_on: date | None = shown("When the service begins.")
    ends_on: date | None = shown("When it ends.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OpportunityStepView:
    """A step of the sales plan (SAL-06)."""

    id: UUID = shown("The id.")
    what: str = shown("What is to be done.")
    due_on: date = shown("By when.")
    done_at: datetime | None = shown("When it was done.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OpportunityStageView:
    """A stage that an opportunity went through, dated (SAL-04)."""

    id: UUID = shown("The id.")
    stage: str = shown("The stage, or the end it came to.")
    entered_at: datetime = shown("When it entered.")
    left_at: datetime | None = shown("When it left; null: it is there.")
    seconds: int | None = shown("How long it was there.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OpportunityFollowUpView:
    """What was said about an opportunity."""

    id: UUID = shown("The id.")
    content: str = shown("What was said.")
    by_id: EmployeeId = shown("Who wrote it.")
    by_name: str | None = shown("His name, as this service knows it.")
    created_at: datetime = shown("When.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class OpportunityView:
    """An opportunity: whose one sees is the data scope of the section opp."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True)
    customer_id: OfCustomer = shown("The customer.", filterable=True)
    customer_name: str | None = shown("Its name, as this service knows it.")
    owner_id: OfOwner = shown("Whose it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    pipeline_id: PipelineId = shown("The pipeline it goes through.", filterable=True)
    stage: str = shown("Its stage by key; or WON, LOST, ABANDONED, SUSPENDED.", filterable=True)
    probability: int = shown("How likely a deal is, in per cent.", filterable=True, sortable=True)
    stage_since: datetime = shown("Since when it is there.", filterable=True, sortable=True)
    source: str | None = shown("Where it came from.", filterable=True)
    origin: str | None = shown("How it arose: research, feedback, lead, campaign …")
    heat: Heat | None = shown("How urgent it is.", filterable=True)
    amount: Decimal = shown("What it is worth.", filterable=True, sortable=True)
    currency: str = shown("In which currency.")
    expected_on: date | None = shown("When a deal is expected.", filterable=True, sortable=True)
    competitors: list[str] = shown("Who else wants it.")
    value: int | None = shown("How valuable, from 1 to 5.")
    feasibility: int | None = shown("How feasible, from 1 to 5.")
    priority: int | None = shown(
        "Their product: the higher, the more it is worth (SAL-05).", filterable=True, sortable=True
    )
    next_on: date | None = shown("When the next step of its plan is due.", filterable=True, sortable=True)
    loss_reason: LossReason | None = shown("Why it came to nothing.", filterable=True)
    loss_note: str | None = shown("What else is to be said of that.")
    competitor: str | None = shown("Who got it.", filterable=True)
    order_id: OrderId | None = shown("The order by which it was won.")
    created_at: datetime = shown("When it was written down.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    lines: list[OpportunityLineView] = child("What might be sold.", limit=100)
    steps: list[OpportunityStepView] = child("The plan, earliest first.", limit=100)
    stages: list[OpportunityStageView] = child("Where it was, first to last.", limit=100)
    follow_ups: list[OpportunityFollowUpView] = child("What was said, latest first.", limit=100)


@sales.query(SEE, returns=OpportunityView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunities(ListQuery):
    """Opportunities in the viewer's data scope, those of the highest priority first (SAL-05)."""


@sales.query(SEE, returns=OpportunityView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunitiesByIds(GetQuery):
    """Opportunities by id."""


@sales.query(SEE, returns=HistoryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityHistory(ListQuery):
    """What happened to an opportunity, latest first."""

    id: OpportunityId = given("The opportunity.")
