"""What the shop says to others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_common.protocol import declare
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.customer.timeline import SalesRecordMade, TimelineChannel
from crm_common.protocol.declare import Command, ServiceProtocol, given
from crm_common.protocol.policy import AUTHENTICATED

shop = ServiceProtocol("shop", doc="Sells, for tests.")
# known to who runs it, and not to whoever lists the product's services in the same process
declare._SERVICES.pop("shop")


@contextmanager
def known() -> Iterator[None]:
    """Within the block, this process knows the shop."""
    before = dict(declare.services())
    declare._SERVICES["shop"] = shop
    try:
        yield
    finally:
        declare._SERVICES.clear()
        declare._SERVICES.update(before)


@shop.command(AUTHENTICATED, returns={"noted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class Sell(Command):
    """Tell of a sales record, as an order or as a call."""

    customer_id: UUID = given("The customer.")
    record: SalesRecord = given("What was made.")
    at: datetime = given("When.")
    title: str = given("What is said of it.")


@shop.event("order.placed", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(SalesRecordMade):
    """An order was placed; it says more than the contract asks for."""

    order_id: UUID
    amount: str


@shop.event("call.answered", subject="call_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered(SalesRecordMade):
    """A call was answered, with a note of its result."""

    call_id: UUID
    channel: TimelineChannel = TimelineChannel.PHONE
