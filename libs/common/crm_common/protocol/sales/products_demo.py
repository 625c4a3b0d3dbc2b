"""A catalogue and quotes to try the product with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.declare import Command, given
from crm_common.protocol.policy import INTERNAL
from crm_common.protocol.sales.service import sales


@sales.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoProducts(Command):
    """Give a demo company a catalogue with floors, a price list and a promotion, if it has no product yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBuyer:
    """A customer of the demo company."""

    customer_id: UUID
    """The customer."""
    owner_id: UUID
    """Whose it is."""


@sales.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoQuotes(Command):
    """Let salespeople of a demo company have quotes in every state, if there is none yet."""

    buyers: tuple[DemoBuyer, ...] = given("Customers, a quote for each.")
