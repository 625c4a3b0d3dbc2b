"""Rankings (SAL-41): by what was sold and what was paid; receipts count once, in whatever order they are heard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from crm_common.context import Actor
from crm_common.protocol.finance.receivables_events import ReceiptConfirmed, ReceiptReversed
from earning.approved import approved, change_of, known
from sales.usecases import performance
from serving.alone import Alone
from serving.hearing import deliver, envelope, hear

PERIOD = {"from_day": "2026-11-01", "to_day": "2026-12-31"}


def received(owner: Actor, amount: str, day: str = "2026-11-20") -> dict[str, Any]:
    return {
        "receipt_id": uuid4(),
        "receivable_id": uuid4(),
        "order_id": uuid4(),
        "customer_id": uuid4(),
        "owner_id": owner.id,
        "amount": Decimal(amount),
        "received_on": date.fromisoformat(day),
        "open_amount": Decimal(0),
    }


def confirmed(about: dict[str, Any]) -> ReceiptConfirmed:
    return ReceiptConfirmed(**about, confirmed_by=uuid4(), allocated=about["amount"])


def reversed_(about: dict[str, Any]) -> ReceiptReversed:
    return ReceiptReversed(**about, reason="退票", created_by=uuid4())


def places(service: Alone, who: Actor, **asked: Any) -> list[tuple[int, str, str, str]]:
    found = service.call(who, "sales_ranking", **PERIOD | asked)
    return [(each["place"], each["employee_name"], each["amount"], each["received"]) for each in found]


def sell(service: Alone, who: Actor, amount: str) -> None:
    with change_of(service) as change:
        performance.note_order(change, approved(who, amount))


def test_sal_41_people_are_ranked_by_what_they_sold_and_by_what_was_paid(service: Alone) -> None:
    boss = known(service, "boss-r", "performance.view_team", "performance.own", performance="TEAM")
    li, wang, zhao = (known(service, name, under=boss) for name in ("li-r", "wang-r", "zhao-r"))
    stranger = known(service, "stranger-r")
    for who, amount in ((li, "100.00"), (wang, "300.00"), (zhao, "100.00"), (stranger, "900.00")):
        sell(service, who, amount)
    hear(service, confirmed(received(li, "80.00")), confirmed(received(wang, "50.00")))

    rows = places(service, boss)
    assert [row[0] for row in rows] == [1, 2, 2]
    assert rows[0] == (1, "wang-r", "300.00", "50.00")
    assert sorted(rows[1:]) == [(2, "li-r", "100.00", "80.00"), (2, "zhao-r", "100.00", "0.00")]
    assert [row[1] for row in places(service, boss, by="RECEIPTS")] == ["li-r", "wang-r", "zhao-r"]
    assert [row[1] for row in places(service, boss, first=1)] == ["wang-r"]
    listed = service.call(boss, "performances", filter={"employee_id": {"eq": str(li.id)}})["nodes"]
    assert [each["amount"] for each in listed] == ["100.00"]


def test_a_receipt_counts_once_and_not_when_it_was_reversed(service: Alone) -> None:
    boss = known(service, "boss-once", "performance.view_team", performance="TEAM")
    li = known(service, "li-rec", under=boss)
    first, second = received(li, "80.00"), received(li, "20.00", day="2026-12-01")
    arriving = envelope(confirmed(first), "call")
    deliver(service, [arriving])
    deliver(service, [arriving])
    hear(service, confirmed(first))
    assert places(service, boss) == [(1, "li-rec", "0.00", "80.00")]

    hear(service, reversed_(second))
    hear(service, confirmed(second))
    assert places(service, boss) == [(1, "li-rec", "0.00", "80.00")]
    hear(service, reversed_(first))
    hear(service, reversed_(first))
    assert places(service, boss) == [(1, "li-rec", "0.00", "0.00")]


def test_a_ranking_needs_the_right_to_others(service: Alone) -> None:
    li = known(service, "li-norank", "performance.own", performance="ALL")
    assert service.refused(li, "sales_ranking", **PERIOD) == "FORBIDDEN"
    boss = known(service, "boss-wrong", "performance.view_team", performance="ALL")
    assert service.refused(boss, "sales_ranking", from_day="2026-12-31", to_day="2026-01-01") == "VALIDATION"
