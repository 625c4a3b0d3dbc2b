"""The shop."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Commands
from crm_common.runtime.raw import Raw
from shop.protocol import CallAnswered, OrderPlaced, Sell


def sell(change: Change, command: Sell) -> dict[str, Any]:
    reference, by = change.new_id(), change.context.authenticated().id
    about: dict[str, Any] = {"customer_id": command.customer_id, "record": command.record, "at": command.at}
    about |= {"title": command.title, "employee_id": by, "reference_id": reference}
    if command.record is SalesRecord.CALL:
        change.record(CallAnswered(call_id=reference, **about))
    else:
        change.record(OrderPlaced(order_id=reference, amount="120000.00", **about))
    return {"noted": True}


class ShopService:
    """Sells, for tests."""

    name = "shop"
    commands = Commands()

    @rpc
    def sell(self, command: Sell) -> Raw:
        return self.commands.run(sell, command)
