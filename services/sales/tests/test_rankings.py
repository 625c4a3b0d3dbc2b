"""Rankings (SAL-41) and the board (SAL-40): exact numbers; receipts count once, in whatever order they are heard."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from crm_common.context import Actor
from crm_common.protocol.finance.receivables_events import ReceiptConfirmed, ReceiptReversed
from earning.approved import approved, change_of, known
from sales.domain.opportunity import Opportunity
from sales.migrations.default_pipeline import DEFAULT_PIPELINE
from sales.store import kpi, opportunities
from sales.store.opportunities import Said
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


def opportunity(
    service: Alone, owner: Actor, ends: str | None = None, days: int = 0, step: date | None = None, **more: Any
) -> Opportunity:
    """One of the owner's, begun on the 2nd, that ended so many days later, or goes on to a step."""
    began = datetime(2026, 11, 2, tzinfo=UTC)
    about: dict[str, Any] = {
        "id": uuid4(),
        "name": "x",
        "customer_id": uuid4(),
        "owner_id": owner.id,
        "probability": 20,
    }
    about |= {"pipeline_id": DEFAULT_PIPELINE, "currency": "CNY", "amount": Decimal("10.00"), "next_on": step} | more
    made = Opportunity(**about, stage="FOLLOWING", stage_since=began)
    with change_of(service, now=began) as change:
        opportunities.insert(change.connection, made, change.new_id(), began)
        if ends is not None:
            ended = Opportunity(**about, stage=ends, stage_since=began + timedelta(days=days))
            opportunities.save(change.connection, made, ended, change.new_id, ended.stage_since)
    return made


def test_sal_41_one_won_of_four_closed_is_25_per_cent_and_says_how_long_winning_takes(service: Alone) -> None:
    boss = known(service, "boss-rate", "performance.view_team", performance="TEAM")
    li, new = known(service, "li-rate", under=boss), known(service, "new-rate", under=boss)
    sell(service, li, "2.00")
    sell(service, new, "1.00")
    opportunity(service, li, "WON", days=9)
    for ends in ("LOST", "LOST", "ABANDONED"):
        opportunity(service, li, ends, days=3)
    opportunity(service, li)
    opportunity(service, li, "WON", days=90)
    opportunity(service, li, "WON", days=1, currency="USD")
    found = service.call(boss, "sales_ranking", **PERIOD)
    assert [(row["closed"], row["won"], row["win_rate"], row["mean_days"]) for row in found] == [
        (4, 1, "25.00", "9.00"),
        (0, 0, None, None),
    ]


def in_hand(service: Alone, li: Actor, stranger: Actor, today: date) -> Opportunity:
    """What two people have in hand and did in November; li's one that is late."""
    before, after = today - timedelta(days=3), today + timedelta(days=3)
    late = opportunity(service, li, step=before)
    opportunity(service, li, step=after, amount=Decimal("5.50"))
    opportunity(service, li, step=after, currency="USD")
    opportunity(service, li, "WON", days=1, step=before)
    opportunity(service, stranger, step=before)
    sell(service, li, "70.00")
    sell(service, stranger, "900.00")
    at = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    with change_of(service, now=at) as change:
        opportunities.follow_up(change.connection, late.id, Said(uuid4(), "谈过", li.id), at)
        kpi.active(change.connection, li.id, date(2026, 11, 30), (2, 1, 1, 0))
    return late


def test_sal_40_the_numbers_of_the_board_are_those_of_the_lists(service: Alone) -> None:
    boss = known(service, "boss-board", "performance.view_team", "opp.view_team", performance="TEAM", opp="TEAM")
    li, today = known(service, "li-board", under=boss), service.runtime.clock.now().date()
    late = in_hand(service, li, known(service, "stranger-board"), today)

    [row] = service.call(boss, "sales_board", **PERIOD)
    assert row == {
        "employee_id": str(li.id),
        "employee_name": "li-board",
        "department_name": "销售部",
        "deals": 3,
        "deals_amount": "15.50",
        "overdue": 1,
        "sold": "70.00",
        "records": 1,
        "follow_ups": 2,
        "opportunity_follow_ups": 1,
    }
    mine = {"owner_id": {"eq": str(li.id)}, "stage": {"in": ["DISCOVERED", "EVALUATED", "FOLLOWING", "NEGOTIATING"]}}
    listed = service.call(boss, "opportunities", filter=mine)["nodes"]
    assert row["deals"] == len(listed)
    assert Decimal(row["deals_amount"]) == sum(Decimal(each["amount"]) for each in listed if each["currency"] == "CNY")
    overdue = service.call(boss, "opportunities", filter=mine | {"next_on": {"lt": today.isoformat()}})["nodes"]
    assert [each["id"] for each in overdue] == [str(late.id)]
    sold = service.call(boss, "performances", filter={"employee_id": {"eq": str(li.id)}})["nodes"]
    assert [(each["amount"], row["records"]) for each in sold] == [(row["sold"], 1)]


def test_the_board_shows_nobody_who_does_nothing_and_needs_the_right_to_others(service: Alone) -> None:
    boss = known(service, "boss-idle", "performance.view_team", performance="ALL")
    idle = known(service, "idle-board")
    assert service.call(boss, "sales_board", **PERIOD, employee_id=str(idle.id)) == []
    assert service.refused(known(service, "no-board", "performance.own"), "sales_board", **PERIOD) == "FORBIDDEN"
    backwards = {"from_day": "2026-12-31", "to_day": "2026-01-01"}
    assert service.refused(boss, "sales_board", **backwards) == "VALIDATION"
