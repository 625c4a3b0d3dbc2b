"""Ends of bought services are told 30 days before, once (SAL-42); buyers of A are offered B by rule (SAL-39)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from crm_common.protocol.sales.orders_events import OrderApproved
from earning.approved import approved, change_of, known, line
from earning.jobs import run_job
from sales.usecases import performance
from serving.alone import Alone

END = date(2027, 5, 31)
KEYS = ("order.view", "opp.create", "product.edit", "product.view", "performance.own")


def sell(service: Alone, order: OrderApproved) -> OrderApproved:
    with change_of(service) as change:
        performance.note_order(change, order)
    return order


def told(service: Alone, order_id: UUID) -> list[str]:
    rows = "SELECT data ->> 'ends_on' FROM journal WHERE type = 'renewal.due' AND data ->> 'order_id' = %s"
    return [row[0] for row in service.store.rows(rows, (str(order_id),))]


def at(day: date) -> datetime:
    """One o'clock of the day, as the company's calendar has it."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7)


def test_sal_42_a_term_that_ends_in_30_days_is_told_once(service: Alone) -> None:
    li = known(service, "li-renew", *KEYS)
    order = sell(service, approved(li, "10.00", line("10.00", starts_on=date(2026, 6, 1), ends_on=END)))

    run_job(service, "sales.renewals", at(END - timedelta(days=31)))
    assert told(service, order.order_id) == []
    for _ in range(2):
        run_job(service, "sales.renewals", at(END - timedelta(days=30)))
    assert told(service, order.order_id) == ["2027-05-31"]


def test_what_was_bought_again_or_voided_is_not_told(service: Alone) -> None:
    li = known(service, "li-again", *KEYS)
    product, customer = uuid4(), uuid4()
    term = {"product_id": product, "starts_on": date(2026, 6, 1)}
    old = sell(service, approved(li, "10.00", line("10.00", **term, ends_on=END), customer_id=customer))
    new = line("10.00", product_id=product, starts_on=END, ends_on=END + timedelta(days=365))
    sell(service, approved(li, "10.00", new, customer_id=customer))
    voided = sell(service, approved(li, "10.00", line("10.00", ends_on=END)))
    with change_of(service) as change:
        performance.take_order_back(change, voided.order_id)

    run_job(service, "sales.renewals", at(END - timedelta(days=1)))
    assert (told(service, old.order_id), told(service, voided.order_id)) == ([], [])


def test_renewals_are_listed_by_their_end_in_the_data_scope(service: Alone) -> None:
    li, wang = known(service, "li-list", *KEYS), known(service, "wang-list", *KEYS)
    today = datetime.now(UTC).date()
    ends = [today + timedelta(days=days) for days in (60, 20, 400)]
    for end in ends:
        sell(service, approved(li, "10.00", line("10.00", ends_on=end)))
    sell(service, approved(wang, "10.00", line("10.00", ends_on=ends[0])))

    assert [each["ends_on"] for each in service.call(li, "renewals")["nodes"]] == [str(ends[1]), str(ends[0])]
    assert len(service.call(li, "renewals", within_days=500)["nodes"]) == 3
    assert len(service.call(li, "bought_services")["nodes"]) == 3
    assert service.refused(known(service, "guest-renew"), "renewals") == "FORBIDDEN"


def product(service: Alone, who: Any, name: str) -> str:
    made = {"code": uuid4().hex[:12], "name": name, "unit": "份", "list_price": "100.00"}
    found: str = service.call(who, "create_product", **made)["product"]["id"]
    return found


def test_sal_39_a_buyer_of_a_is_offered_b_until_he_has_it(service: Alone) -> None:
    li, wang = known(service, "li-cross", *KEYS), known(service, "wang-cross", *KEYS)
    first, second = product(service, li, "稳健一号"), product(service, li, "进取二号")
    rule = service.call(li, "create_cross_selling_rule", product_id=first, recommended_id=second, note="收益更高")[
        "rule"
    ]
    assert (rule["product_name"], rule["recommended_name"]) == ("稳健一号", "进取二号")
    order = sell(service, approved(li, "10.00", line("10.00", product_id=UUID(first))))

    offered = service.call(li, "recommendations", customer_id=order.customer_id)
    assert [(each["product_id"], each["because_name"], each["note"]) for each in offered] == [
        (second, "稳健一号", "收益更高")
    ]
    assert service.call(wang, "recommendations", customer_id=order.customer_id) == []
    sell(service, approved(li, "10.00", line("10.00", product_id=UUID(second)), customer_id=order.customer_id))
    assert service.call(li, "recommendations", customer_id=order.customer_id) == []


def test_rules_of_recommendations_name_two_products_once(service: Alone) -> None:
    li = known(service, "li-rules", *KEYS)
    first, second = product(service, li, "甲"), product(service, li, "乙")
    given = {"product_id": first, "recommended_id": second}
    rule = service.call(li, "create_cross_selling_rule", **given)["rule"]
    assert service.refused(li, "create_cross_selling_rule", **given) == "DUPLICATE"
    assert service.refused(li, "create_cross_selling_rule", **given | {"recommended_id": first}) == "VALIDATION"
    assert service.refused(li, "create_cross_selling_rule", **given | {"product_id": str(uuid4())}) == "NOT_FOUND"
    assert service.call(li, "delete_cross_selling_rule", id=rule["id"]) == {"deleted": True}
    assert service.refused(li, "delete_cross_selling_rule", id=rule["id"]) == "NOT_FOUND"
    seller = known(service, "seller-rules", "opp.create")
    assert service.refused(seller, "create_cross_selling_rule", **given) == "FORBIDDEN"
