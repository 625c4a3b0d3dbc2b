"""Orders that wait in the sales service alone, and their review."""

from __future__ import annotations

from typing import Any

from crm_common.context import Actor
from crm_common.protocol.sales.orders import OrderState as S
from earning.approved import change_of
from ordering import NOW, order
from sales.domain.order import Order
from sales.store import orders
from serving.alone import Alone

KEYS = ("order.view", "order.submit", "order.create", "performance.own")
"""What salespeople may do."""


def placed(service: Alone, owner: Actor, state: S = S.PENDING_REVIEW, **more: Any) -> Order:
    """An order of somebody in a state, kept."""
    made = order(state, owner_id=owner.id, **more)
    with change_of(service) as change:
        orders.insert(change.connection, made, NOW)
    return made


def reviewed(service: Alone, by: Actor, which: Order, decision: str = "APPROVE", **more: Any) -> Any:
    asked = {"id": str(which.id), "version": which.version, "decision": decision} | more
    return service.call(by, "review_order", **asked)["order"]


def refused(service: Alone, by: Actor, which: Order, decision: str = "APPROVE", **more: Any) -> str:
    asked = {"id": str(which.id), "version": which.version, "decision": decision} | more
    return service.refused(by, "review_order", **asked)


def told(service: Alone, which: Order) -> list[str]:
    rows = service.store.rows("SELECT type FROM journal WHERE subject = %s ORDER BY seq", (f"order/{which.id}",))
    return [row[0] for row in rows]


def performance(service: Alone, who: Actor, which: Order) -> list[str]:
    found = service.call(who, "performances", first=100)["nodes"]
    return [each["amount"] for each in found if each["order_id"] == str(which.id)]
