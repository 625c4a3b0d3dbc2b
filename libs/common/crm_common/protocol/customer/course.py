"""The course of a customer: its lifecycle stage (CUS-31), its class (CUS-29), whether it is hot (CUS-35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_common.errors import Code as ErrorCode
from crm_common.errors import Rule, Rules
from crm_common.protocol.customer.customers import EDIT, PERSONAL_WITH_REASON, CustomerEvent, CustomerView
from crm_common.protocol.customer.service import (
    SEE,
    VERSION_DOC,
    Code,
    CustomerId,
    EmployeeId,
    Reason,
    Stage,
    Version,
    customer,
)
from crm_common.protocol.declare import Command, ListQuery, given
from crm_common.protocol.views import shown


class CourseRules(Rules):
    """Refusals about stages."""

    a_stage_follows_from_its_predecessor = Rule(
        ErrorCode.BAD_STATE,
        en="A customer does not go from {before} to {after}.",
        zh="客户阶段不能从 {before} 变为 {after}。",
    )
    a_deal_is_made_by_an_approved_order = Rule(
        ErrorCode.BAD_STATE,
        en="The stage DEALT is set by the approval of an order only.",
        zh="“成交”阶段只能由订单审核通过后自动设置。",
    )
    a_lost_customer_has_a_reason = Rule(ErrorCode.VALIDATION, en="Say why the customer is lost.", zh="请填写流失原因。")


@customer.view(SEE)
@dataclass(slots=True, kw_only=True)
class StageChangeView:
    """A step in the lifecycle of a customer."""

    before: Stage = shown("Where it stood.")
    after: Stage = shown("Where it stands since then.")
    changed_at: datetime = shown("When.")
    changed_by: EmployeeId | None = shown("By whom; null: by the system.")
    changed_by_name: str | None = shown("His name, as this service knows it.")
    reason: str | None = shown("Why.")


@customer.query(SEE, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class HotCustomers(ListQuery):
    """The viewer's own customers that he flagged as hot (热点客户)."""


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetCustomerStage(Command):
    """Put one's customer in another stage: 潜在 → 意向, 成交 → 忠诚, any → 流失 → 意向."""

    id: CustomerId = given("The customer.")
    version: Version = given(VERSION_DOC)
    stage: Stage = given("The stage.")
    reason: Reason | None = given("Why; needed for LOST.", default=None)


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetCustomerClass(Command):
    """Put a customer in a class by value."""

    id: CustomerId = given("The customer.")
    version: Version = given(VERSION_DOC)
    customer_class: Code | None = given("A code of the dictionary CUSTOMER_CLASS; null: none.")


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetCustomerHot(Command):
    """Flag one's customer as hot, or take the flag away."""

    id: CustomerId = given("The customer.")
    hot: bool = given("Whether it is hot.")


@customer.event("customer.stage_changed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerStageChanged(CustomerEvent):
    """A customer is in another stage."""

    personal = PERSONAL_WITH_REASON
    before: Stage
    after: Stage
    reason: str | None


@customer.event("customer.class_changed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerClassChanged(CustomerEvent):
    """A customer is in another class."""

    by_rule: UUID | None
    """The rule that decided; null: somebody did."""


@customer.event("customer.hot_set", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHotSet(CustomerEvent):
    """The owner flagged a customer as hot."""


@customer.event("customer.hot_unset", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHotUnset(CustomerEvent):
    """The owner took the flag away."""
