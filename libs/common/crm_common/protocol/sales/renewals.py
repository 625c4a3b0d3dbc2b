"""Bought services with their terms and renewals (SAL-42); what buyers of one product are offered next (SAL-39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.service import CustomerId, sales
from crm_common.protocol.views import Ref, shown

SEE = needs("order.view")
RECOMMEND = needs("opp.create", "product.edit")
EDIT = needs("product.edit")
RENEWAL_DAYS = sales.setting(
    Setting("sales.renewal_days", int, 30, "Days before the end of a bought service its owner is told.", 1, 365)
)
ProductId = Annotated[UUID, Ref("Product")]
RuleId = Annotated[UUID, Ref("CrossSellingRule")]
Note = Annotated[str, Meta(max_length=500)]


class CrossSellingRules(Rules):
    """Refusals of rules for recommendations."""

    a_product_does_not_recommend_itself = Rule(
        Code.VALIDATION, en="Name two different products.", zh="推荐产品不能与已购产品相同。"
    )
    there_is_such_a_recommendation = Rule(
        Code.DUPLICATE, en="This recommendation is there already.", zh="该推荐规则已存在。"
    )


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class BoughtServiceView:
    """A product that a customer bought by an approved order, with its term; seen in the data scope of orders."""

    id: UUID = shown("The id.", filterable=True)
    order_id: Annotated[UUID, Ref("Order")] = shown("The order.", filterable=True)
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Whose order it was.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    customer_id: Annotated[UUID, Ref("Customer", record="customer")] = shown("Who bought it.", filterable=True)
    customer_name: str | None = shown("The customer's name, as this service knows it.")
    product_id: ProductId = shown("What was bought.", filterable=True)
    product_name: str = shown("What it was called.", filterable=True)
    quantity: Decimal = shown("How much of it, less what came back.")
    amount: Decimal = shown("What it came to, less what came back.")
    currency: str = shown("In which currency.", filterable=True)
    day: date = shown("When the order was approved.", filterable=True, sortable=True)
    starts_on: date | None = shown("When the service begins.", filterable=True, sortable=True)
    ends_on: date | None = shown("When it ends: it is to be renewed by then.", filterable=True, sortable=True)


@sales.query(SEE, returns=BoughtServiceView)
@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtServices(ListQuery):
    """What customers bought by orders in the data scope, latest first."""


@sales.query(SEE, returns=BoughtServiceView)
@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtServicesByIds(GetQuery):
    """Bought services by id."""


@sales.query(SEE, returns=BoughtServiceView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals(ListQuery):
    """Bought services that end within days and were not bought again for the time after; first to end first."""

    within_days: Annotated[int, Meta(ge=0, le=3650)] = given("Within how many days from today.", default=90)


@sales.event("renewal.due", subject="bought_line_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDue(Event):
    """A bought service ends soon, and its owner is to be told; once for each end."""

    bought_line_id: UUID
    order_id: UUID
    customer_id: UUID
    customer_name: str | None
    employee_id: UUID
    product_id: UUID
    product_name: str
    ends_on: date


@sales.view(RECOMMEND)
@dataclass(slots=True, kw_only=True)
class CrossSellingRuleView:
    """Who bought one product is offered another."""

    id: UUID = shown("The id.", filterable=True)
    product_id: ProductId = shown("Who bought this …", filterable=True)
    product_name: str | None = shown("What it is called.")
    recommended_id: ProductId = shown("… is offered that.", filterable=True)
    recommended_name: str | None = shown("What that is called.")
    note: str = shown("Why, for the salesperson.")
    created_at: datetime = shown("When the rule was made.", sortable=True)


@sales.query(RECOMMEND, returns=CrossSellingRuleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CrossSellingSuggestions(ListQuery):
    """Rules of what buyers of a product are offered, latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A product that a customer has not bought, with the one that suggests it."""

    product_id: ProductId
    """What to offer."""
    product_name: str
    """What it is called."""
    because_id: ProductId
    """What was bought."""
    because_name: str
    """What it was called."""
    bought_on: date
    """When for the last time."""
    note: str
    """Why, as the rule says."""


@sales.query(RECOMMEND, returns=tuple[Recommendation, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations:
    """What one's customer may be offered by the rules: of products on sale that he has not bought (SAL-39)."""

    customer_id: CustomerId = given("The customer, of orders in one's data scope.")


@sales.command(EDIT, returns={"rule": CrossSellingRuleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCrossSellingRule(Command):
    """Recommend a product to whoever bought another."""

    product_id: ProductId = given("Who bought this …")
    recommended_id: ProductId = given("… is offered that.")
    note: Note = given("Why, for the salesperson.", default="")


@sales.command(EDIT, returns={"deleted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCrossSellingRule(Command):
    """Recommend a product no longer."""

    id: RuleId = given("The rule.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossSellingEvent(Event):
    """What every event of a rule tells."""

    rule_id: UUID
    product_id: UUID
    recommended_id: UUID
    changes: Changes


@sales.event("cross_selling_rule.created", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CrossSellingRuleCreated(CrossSellingEvent):
    """Buyers of a product are offered another."""


@sales.event("cross_selling_rule.deleted", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CrossSellingRuleDeleted(CrossSellingEvent):
    """Buyers of a product are offered another no longer."""
