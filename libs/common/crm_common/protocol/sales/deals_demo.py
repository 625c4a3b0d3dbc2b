"""Opportunities and orders to try the product with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Command, given
from crm_common.protocol.policy import INTERNAL
from crm_common.protocol.sales.service import EmployeeId, sales


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDeal:
    """A customer of the demo company, with what its salesperson brought of a deal."""

    customer_id: UUID
    """The customer."""
    owner_id: UUID
    """Whose it is."""
    contract_id: UUID
    """The file of the signed contract, uploaded by him."""
    voucher_id: UUID
    """The picture of a payment, uploaded by him."""


@sales.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoSales(Command):
    """Let salespeople of a demo company have opportunities and orders in every stage, if there is no order yet."""

    deals: Annotated[tuple[DemoDeal, ...], Meta(max_length=100)] = given("Customers, a deal for each.")
    reviewer_id: EmployeeId = given("Who reviews the orders; none of the salespeople.")
