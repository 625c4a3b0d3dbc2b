"""What approved orders leave with their customer (CUS-31, 33, 47): purchases and DEALT, once, undone with the order.

The events are published as sales publishes them; `test_sales_records` holds that they arrive in both modes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.protocol import selection
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.declare import Event
from crm_common.protocol.identity.settings import SettingChanged
from crm_common.protocol.sales.orders_events import (
    OrderApprovalUndone,
    OrderApproved,
    OrderedLine,
    OrderReturned,
    OrderVoided,
)
from crm_common.protocol.selection import Selected
from dealing.firm import Firm
from earning.approved import approved, line
from founded.house import NOW
from selling import created, seller
from serving.alone import Alone
from serving.hearing import deliver, envelope, hear

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
KEYS = ("customer.view", "customer.create", "customer.edit")


def ordered(customer: dict[str, Any], owner: Actor, *lines: OrderedLine, at: datetime = AT) -> OrderApproved:
    amount = str(sum((each.amount for each in lines), Decimal(0)))
    about = {"customer_id": UUID(customer["id"]), "number": "SO-7", "record": SalesRecord.ORDER_APPROVED}
    return approved(owner, amount, *lines, at=at, **about)


def undone(order: OrderApproved, kind: Any = OrderVoided, **more: Any) -> Any:
    names = ("order_id", "number", "customer_id", "owner_id", "amount", "currency")
    return kind(**{name: getattr(order, name) for name in names} | {"reason": "客户取消"} | more)


def bought(service: Alone, who: Actor, customer: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = service.call(who, "purchases", customer_id=customer["id"], order_by=[{"field": "amount"}])["nodes"]
    return [(each["product_name"], Decimal(each["quantity"]), each["amount"]) for each in found]


def stood(service: Alone, who: Actor, customer: dict[str, Any]) -> tuple[str, list[tuple[Any, ...]], Any]:
    """Stage, its steps from the latest on, and since when the customer is one who has bought."""
    names = selection.parse(selection.names("before", "after", "reason"))
    steps = Selected("stage_history", "stage_history", {}, names)
    select = selection.dump([Selected("stage", "stage"), steps])
    [found] = service.call(who, "customers_by_ids", ids=[customer["id"]], select=select)
    [(dealt,)] = service.store.rows("SELECT dealt_at FROM customer WHERE id = %s", (customer["id"],))
    return found["stage"], [tuple(each.values()) for each in found["stage_history"]], dealt


def test_cus_31_and_33_an_approved_order_is_purchases_and_makes_its_customer_dealt(service: Alone) -> None:
    li = seller(service, "bought.li")
    of = created(service, li)
    fund = line("120000.00", name="稳健一号", quantity=Decimal("1.5"))
    hear(service, ordered(of, li, fund, line("88.80", name="开户费")))

    assert bought(service, li, of) == [("开户费", 1, "88.80"), ("稳健一号", Decimal("1.5"), "120000.00")]
    assert stood(service, li, of) == ("DEALT", [("POTENTIAL", "DEALT", "SO-7")], AT)
    kinds = [kind for kind in service.events() if kind in ("customer.purchased", "customer.stage_changed")]
    assert kinds[-2:] == ["customer.purchased", "customer.stage_changed"]


def test_an_order_that_arrives_again_is_bought_once(service: Alone) -> None:
    li = seller(service, "again.li")
    of = created(service, li)
    arriving = envelope(ordered(of, li, line("10.00")), "call")
    before = service.events().count("customer.purchased")
    deliver(service, [arriving])
    deliver(service, [arriving])
    assert bought(service, li, of) == [("稳健一号", 1, "10.00")]
    assert service.events().count("customer.purchased") == before + 1


@pytest.mark.parametrize("kind", [OrderVoided, OrderApprovalUndone])
def test_an_order_that_no_longer_holds_leaves_nothing(service: Alone, kind: type[Event]) -> None:
    li = seller(service, f"void.{kind.__name__}")
    of = created(service, li)
    order = ordered(of, li, line("10.00"))
    hear(service, order)
    hear(service, undone(order, kind))
    steps = [("DEALT", "POTENTIAL", "客户取消"), ("POTENTIAL", "DEALT", "SO-7")]
    assert bought(service, li, of) == []
    assert stood(service, li, of) == ("POTENTIAL", steps, None)


def test_who_bought_something_else_stays_dealt(service: Alone) -> None:
    li = seller(service, "else.li")
    of = created(service, li)
    first, second = ordered(of, li, line("10.00")), ordered(of, li, line("20.00"), at=AT + timedelta(days=1))
    hear(service, first, second, undone(first))
    assert bought(service, li, of) == [("稳健一号", 1, "20.00")]
    assert stood(service, li, of)[:2] == ("DEALT", [("POTENTIAL", "DEALT", "SO-7")])


def test_approval_undoing_and_approval_anew_end_the_same_in_whatever_order_the_two_kinds_arrive(service: Alone) -> None:
    """Each kind is heard in its order; between the two there is none."""
    li = seller(service, "orders.li")
    wanted = {("A", "U", "A"), ("A", "A", "U"), ("U", "A", "A")}
    for turn in sorted(set(permutations("AUA"))):
        assert turn in wanted
        of = created(service, li)
        first = ordered(of, li, line("10.00"))
        again = approved(
            li, "30.00", line("30.00"), order_id=first.order_id, customer_id=first.customer_id, at=AT + timedelta(1)
        )
        approvals = iter((first, again))
        for each in turn:
            hear(service, next(approvals) if each == "A" else undone(first, OrderApprovalUndone))
        assert bought(service, li, of) == [("稳健一号", 1, "30.00")], turn
        assert stood(service, li, of)[0] == "DEALT", turn


def test_sal_20_what_came_back_was_not_bought(service: Alone) -> None:
    li = seller(service, "return.li")
    of = created(service, li)
    box, tea = line("300.00", name="礼盒", quantity=Decimal(3)), line("50.00", name="茶")
    order = ordered(of, li, box, tea)
    hear(service, order)
    back = replace(box, quantity=Decimal(2), amount=Decimal("200.00"))
    hear(service, undone(order, OrderReturned, lines=(back,), refund=Decimal("200.00")))
    assert bought(service, li, of) == [("茶", 1, "50.00"), ("礼盒", 1, "100.00")]

    rest = replace(box, quantity=Decimal(1), amount=Decimal("100.00"))
    hear(service, undone(order, OrderReturned, lines=(rest, tea), refund=Decimal("150.00")))
    assert bought(service, li, of) == []
    assert stood(service, li, of)[0] == "POTENTIAL"


def test_a_loyal_or_lost_customer_who_buys(service: Alone) -> None:
    li = seller(service, "loyal.li")
    of = created(service, li)
    hear(service, ordered(of, li, line("1.00")))
    version = service.store.rows("SELECT version FROM customer WHERE id = %s", (of["id"],))[0][0]
    service.call(li, "set_customer_stage", id=of["id"], version=version, stage="LOYAL")
    hear(service, ordered(of, li, line("2.00")))
    assert stood(service, li, of)[0] == "LOYAL"
    service.call(li, "set_customer_stage", id=of["id"], version=version + 1, stage="LOST", reason="转向同行")
    hear(service, ordered(of, li, line("3.00")))
    assert stood(service, li, of)[0] == "DEALT"


def test_products_are_summed_with_their_frequency(service: Alone) -> None:
    li = seller(service, "often.li")
    of, product = created(service, li), uuid4()
    for day, amount in ((0, "10.00"), (2, "20.00")):
        hear(service, ordered(of, li, line(amount, product_id=product), at=AT + timedelta(days=day)))
    names = selection.names("product_name", "times", "quantity", "amount", "first_at", "last_at")
    select = selection.dump([Selected("purchased_products", "purchased_products", {}, selection.parse(names))])
    [found] = service.call(li, "customers_by_ids", ids=[of["id"]], select=select)
    [one] = found["purchased_products"]
    assert [one[key] for key in ("product_name", "times", "amount")] == ["稳健一号", 2, "30.00"]
    assert Decimal(one["quantity"]) == Decimal(2)
    assert (one["first_at"], one["last_at"]) == ("2026-11-20T03:00:00.000000Z", "2026-11-22T03:00:00.000000Z")


def test_purchases_are_seen_by_whoever_sees_the_customer(service: Alone) -> None:
    li, wang = seller(service, "sees.li"), seller(service, "sees.wang")
    of = created(service, li)
    hear(service, ordered(of, li, line("10.00")))
    [mine] = service.call(li, "purchases", customer_id=of["id"])["nodes"]
    assert service.call(wang, "purchases")["nodes"] == []
    assert service.call(wang, "purchases_by_ids", ids=[mine["id"]]) == [None]


def test_cus_47_the_same_order_of_a_shop_is_bought_once(service: Alone) -> None:
    robot = seller(service, "shop.robot", "customer.import")
    of, other = created(service, robot), created(service, robot)
    sent = {
        "customer_id": of["id"],
        "system": "shop",
        "external_id": "T-1001",
        "bought_at": "2026-11-11T08:00:00Z",
        "lines": [{"product_name": "礼盒", "quantity": "2", "amount": "99.00"}],
    }
    assert [service.call(robot, "record_purchase", **sent)["new"] for _ in range(2)] == [True, False]
    assert bought(service, robot, of) == [("礼盒", 2, "99.00")]
    assert stood(service, robot, of)[0] == "POTENTIAL"

    assert service.refused(robot, "record_purchase", **sent | {"customer_id": other["id"]}) == "DUPLICATE"
    for wrong in ({"quantity": "0"}, {"amount": "-1"}, {"amount": "0.001"}):
        bad = sent | {"external_id": "T-2", "lines": [{**sent["lines"][0], **wrong}]}
        assert service.refused(robot, "record_purchase", **bad) == "VALIDATION"
    stranger = seller(service, "shop.stranger", "customer.import")
    assert service.refused(stranger, "record_purchase", **sent | {"external_id": "T-3"}) == "NOT_FOUND"
    assert service.refused(seller(service, "shop.li"), "record_purchase", **sent) == "FORBIDDEN"


def test_cus_15_who_bought_is_exempt_from_reclaim_as_long_as_his_order_holds(deal: Firm) -> None:
    li = deal.person("li", *KEYS)
    [one, other] = deal.owned(li, 2)
    heard = Alone("customer", deal.house.runtime, deal.store)
    order, voided = (ordered({"id": str(each)}, li, line("10.00"), at=NOW) for each in (one, other))
    hear(heard, order, voided, undone(voided))
    told: dict[str, Any] = {"key": "pool.exempt_dealt", "value": "true", "changes": {"value": ("false", "true")}}
    hear(heard, SettingChanged(setting_id=uuid4(), version=1, reason=None, **told))

    assert deal.run(NOW + timedelta(days=91))["taken"] == 1
    assert (deal.row(one, "holding", "stage"), deal.row(other, "holding", "stage")) == (
        ("OWNED", "DEALT"),
        ("POOL", "POTENTIAL"),
    )
