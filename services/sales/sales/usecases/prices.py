"""Commands about price lists (SAL-02), and what something costs somebody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.sales.prices import (
    CreatePriceList,
    ExplainedPrice,
    PriceFor,
    PriceListCreated,
    PriceListUpdated,
    UpdatePriceList,
)
from crm_common.protocol.sales.products import ProductRules
from sales.domain import pricing as domain
from sales.domain.pricing import Buyer, PriceList
from sales.domain.product import Product
from sales.store import prices, products


def create_price_list(change: Change, command: CreatePriceList) -> dict[str, Any]:
    """A new price list."""
    made = domain.made(change.new_id(), command)
    _expect_products(change, made)
    prices.insert(change.connection, made, change.now, change.new_id)
    change.record(PriceListCreated(price_list_id=made.id, name=made.name, changes=domain.told(None, made)))
    return {"price_list": made.id}


def update_price_list(change: Change, command: UpdatePriceList) -> dict[str, Any]:
    """Other data of a price list."""
    before = prices.locked(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.edited(before, command)
    if after != before:
        _expect_products(change, after)
        prices.save(change.connection, after, change.now, change.new_id)
        change.record(PriceListUpdated(price_list_id=after.id, name=after.name, changes=domain.told(before, after)))
    return {"price_list": after.id}


def price_for(connection: sa.Connection, query: PriceFor, buyer: Buyer, on: date) -> ExplainedPrice:
    """What a product costs a buyer, and why."""
    domain.expect_quantity(query.quantity, "quantity")
    found = products.shared(connection, [query.product_id])
    if not found:
        raise ProductRules.a_product_was_not_found(field="product_id")
    [explained] = explained_for(connection, found, {query.product_id: query.quantity}, buyer, on).values()
    return explained


def explained_for(
    connection: sa.Connection,
    known: Mapping[UUID, Product],
    quantities: Mapping[UUID, Decimal],
    buyer: Buyer,
    on: date,
) -> dict[UUID, ExplainedPrice]:
    """What each of the products costs the buyer in its quantity."""
    offers = prices.offers(connection, quantities, on)
    return {
        product_id: domain.explained(known[product_id], offers.get(product_id, ()), buyer, quantity)
        for product_id, quantity in quantities.items()
    }


def _expect_products(change: Change, made: PriceList) -> None:
    known = products.shared(change.connection, [each.product_id for each in made.entries])
    if any(each.product_id not in known for each in made.entries):
        raise ProductRules.a_product_was_not_found(field="entries")
