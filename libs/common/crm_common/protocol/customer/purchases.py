"""What customers bought (CUS-33): of approved orders by themselves, of other systems' orders as these send them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.customer.contacts import SEE_PEOPLE
from crm_common.protocol.customer.customers import CustomerEvent, CustomerView
from crm_common.protocol.customer.linking import SEND, SYSTEM_DOC, External, System
from crm_common.protocol.customer.service import CustomerId, customer
from crm_common.protocol.declare import Command, GetQuery, ListQuery, given
from crm_common.protocol.views import Ref, child, shown

Part = Annotated[str, Meta(min_length=1, max_length=200)]
Unit = Annotated[str, Meta(max_length=20)]


class PurchaseRules(Rules):
    """Refusals of purchases."""

    a_purchase_has_a_quantity_and_an_amount = Rule(
        Code.VALIDATION,
        en="A quantity is above zero; an amount is not below it and has at most two decimals.",
        zh="数量必须大于零；金额不能为负，且最多两位小数。",
    )
    the_order_is_not_known_yet = Rule(
        Code.BAD_STATE, en="Order {number} was not heard of yet.", zh="尚未收到订单 {number} 的审核结果。"
    )
    an_external_order_is_of_one_customer = Rule(
        Code.DUPLICATE,
        en="{external_id} of {system} is another customer's order here.",
        zh="{system} 的订单“{external_id}”已属于其他客户。",
    )


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class PurchaseView:
    """A product that a customer bought; seen by whoever sees the customer. What was returned is taken off."""

    id: UUID = shown("The id.", filterable=True)
    customer_id: CustomerId = shown("The customer.", filterable=True)
    product_id: Annotated[UUID, Ref("Product")] | None = shown("The product in our catalogue.", filterable=True)
    product_name: str = shown("What it was called.", filterable=True)
    quantity: Decimal = shown("How much of it.", filterable=True, sortable=True)
    unit: str = shown("Counted in what.")
    amount: Decimal = shown("What it cost.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    bought_at: datetime = shown(
        "When the order was approved, or the other system sold it.", filterable=True, sortable=True
    )
    order_id: Annotated[UUID, Ref("Order")] | None = shown("The order; null: of another system.", filterable=True)
    system: str | None = shown("The other system; null: of an order of ours.", filterable=True)
    external_id: str | None = shown("The order's id there.", filterable=True)
    customer: CustomerView | None = child("The customer, as far as seen.", filterable=True)


@customer.view(SEE_PEOPLE)
@dataclass(slots=True, kw_only=True)
class PurchasedProductView:
    """How often and how much of a product a customer bought."""

    id: UUID = shown("The id of the row.")
    product_id: Annotated[UUID, Ref("Product")] | None = shown("The product in our catalogue.")
    product_name: str = shown("What it is called.")
    times: int = shown("How often it was bought.")
    quantity: Decimal = shown("How much of it.")
    amount: Decimal = shown("What it cost in all.")
    currency: str = shown("In which currency.")
    first_at: datetime = shown("When for the first time.")
    last_at: datetime = shown("When for the last time.")


@customer.query(SEE_PEOPLE, returns=PurchaseView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases(ListQuery):
    """What customers whom one sees bought, latest first."""

    customer_id: CustomerId | None = given("Only this customer.", default=None)


@customer.query(SEE_PEOPLE, returns=PurchaseView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasesByIds(GetQuery):
    """Purchases by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """A line of another system's order."""

    product_name: Part
    """What was sold."""
    quantity: Decimal
    """How much of it."""
    amount: Decimal
    """What it cost, to the cent."""
    unit: Unit = ""
    """Counted in what."""
    product_id: UUID | None = None
    """The product in our catalogue."""


@customer.command(SEND, returns={"customer": CustomerView, "new": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPurchase(Command):
    """Take an order that another system sold a customer (CUS-47): the same order again changes nothing.

    It stands among the purchases; DEALT follows from orders of ours only.
    """

    customer_id: CustomerId = given("The customer.")
    system: System = given(SYSTEM_DOC)
    external_id: External = given("The order's id there.")
    bought_at: datetime = given("When it was sold.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    lines: Annotated[tuple[SoldLine, ...], Meta(min_length=1, max_length=200)] = given("What was sold.")


@customer.event("customer.purchased", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPurchased(CustomerEvent):
    """A customer bought something; ``purchase_ids`` are the new rows, a line of the order each."""

    order_id: UUID | None
    purchase_ids: tuple[UUID, ...]
    amount: Decimal
    currency: str


@customer.event("customer.purchase_undone", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPurchaseUndone(CustomerEvent):
    """An order of a customer no longer holds, or part of it came back: ``amount`` is what was taken off."""

    order_id: UUID
    purchase_ids: tuple[UUID, ...]
    amount: Decimal
    currency: str
