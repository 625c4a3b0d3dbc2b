"""Receipts end to end: entered, confirmed once by another, reversed; plans and closed months (FIN-03 … 06, 21)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from crm_common.errors import CrmError
from crm_common.protocol.sales.orders_events import OrderApproved
from infra.postgres import SharedPostgres
from officing import run_job
from owing.books import FU, NOW, TODAY, Books, books, seller
from serving.alone import employee

EVERYBODYS = employee("clerk", "receipt.create", receipt="ALL")


@pytest.fixture(scope="module")
def kept(postgres_server: SharedPostgres) -> Iterator[Books]:
    with books(postgres_server) as made:
        yield made


def outcome(kept: Books, receipt: dict[str, Any], **more: Any) -> str:
    """The state after confirming, or the code of the refusal."""
    try:
        given = {"id": receipt["id"], "version": receipt["version"]} | more
        return str(kept.service.call(FU, "confirm_receipt", **given)["receipt"]["state"])
    except CrmError as refusal:
        return refusal.code.value


def together(kept: Books, receipts: list[dict[str, Any]], **more: Any) -> list[str]:
    with ThreadPoolExecutor(len(receipts)) as pool:
        return sorted(pool.map(lambda each: outcome(kept, each, **more), receipts))


def test_fin_04_3000_of_8000_leave_it_partial_and_the_rest_settles_it(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "8000.00", "3000.00")
    [announced] = kept.receipts(order)
    confirmed = kept.confirm(announced)
    assert (confirmed["state"], confirmed["allocated"], confirmed["decided_by"]) == (
        "CONFIRMED", "3000.00", str(FU.id),
    )  # fmt: skip
    owed = kept.owed(order)
    assert (owed["state"], owed["received"], owed["open_amount"]) == ("PARTIAL", "3000.00", "5000.00")

    kept.confirm(kept.enter(li, order, "5000.00"))
    owed = kept.owed(order)
    assert (owed["state"], owed["open_amount"]) == ("SETTLED", "0.00")
    told = kept.told(f"receivable/{owed['id']}")
    assert [kind for kind, _ in told] == ["receivable.created", "receivable.updated", "receivable.settled"]
    assert told[-1][1]["order_id"] == str(order.order_id)
    [(kind, data)] = kept.told(f"receipt/{confirmed['id']}")[1:]
    assert (kind, data["amount"], data["allocated"], data["open_amount"]) == (
        "receipt.confirmed", "3000.00", "3000.00", "5000.00",
    )  # fmt: skip


def test_fin_03_more_than_is_open_is_refused_unless_marked_an_advance(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "100.00")
    given = {"order_id": order.order_id, "amount": "100.01", "received_on": TODAY}
    assert kept.service.refused(li, "create_receipt", **given) == "VALIDATION"
    advance = kept.confirm(kept.enter(li, order, "100.01", is_advance=True))
    assert advance["allocated"] == "100.00"
    assert kept.owed(order)["state"] == "SETTLED"
    later = given | {"amount": "1.00"}
    assert kept.service.refused(li, "create_receipt", **later) == "VALIDATION"


def test_who_enters_does_not_confirm_and_sellers_confirm_nothing(kept: Books) -> None:
    both = employee(uuid4().hex, "receipt.create", "receipt.confirm")
    order = kept.sell(both, "100.00")
    made = kept.enter(both, order, "100.00")
    given = {"id": made["id"], "version": 1}
    assert kept.service.refused(both, "confirm_receipt", **given) == "FORBIDDEN"
    assert kept.service.refused(both, "reject_receipt", **given, reason="x") == "FORBIDDEN"
    assert kept.service.refused(seller(), "confirm_receipt", **given) == "FORBIDDEN"
    stranger = employee(uuid4().hex, "receipt.confirm")
    assert kept.service.refused(stranger, "confirm_receipt", **given) == "NOT_FOUND"
    assert kept.service.refused(seller(), "create_receipt", order_id=order.order_id, amount="1", received_on=TODAY) == (
        "NOT_FOUND"
    )


def test_a_pending_receipt_is_edited_by_who_entered_it_and_a_confirmed_one_by_nobody(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "100.00")
    made = kept.enter(li, order, "60.00")
    edited = kept.service.call(li, "update_receipt", id=made["id"], version=1, amount="40.00")["receipt"]
    assert (edited["amount"], edited["version"]) == ("40.00", 2)
    assert kept.service.refused(li, "update_receipt", id=made["id"], version=1, amount="50.00") == "CONFLICT"
    assert kept.service.refused(li, "update_receipt", id=made["id"], version=2, amount="100.01") == "VALIDATION"
    other = employee(uuid4().hex, "receipt.create", receipt="ALL")
    assert kept.service.refused(other, "update_receipt", id=made["id"], version=2, amount="50.00") == "FORBIDDEN"
    kept.confirm(edited)
    assert kept.service.refused(li, "update_receipt", id=made["id"], version=3, amount="50.00") == "BAD_STATE"


def test_a_rejected_receipt_pays_nothing_and_a_reversed_one_no_longer(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "100.00")
    wrong, right = kept.enter(li, order, "30.00"), kept.enter(li, order, "100.00")
    kept.service.call(FU, "reject_receipt", id=wrong["id"], version=1, reason="未到账")
    confirmed = kept.confirm(right)
    assert kept.owed(order)["state"] == "SETTLED"
    given = {"id": right["id"], "version": confirmed["version"], "reason": "退票"}
    assert kept.service.refused(li, "reverse_receipt", **given) == "FORBIDDEN"
    gone = kept.service.call(FU, "reverse_receipt", **given)["receipt"]
    assert (gone["state"], gone["allocated"], gone["reason"]) == ("REVERSED", "0.00", "退票")
    owed = kept.owed(order)
    assert (owed["state"], owed["open_amount"], owed["settled_at"]) == ("OPEN", "100.00", None)
    assert [kind for kind, _ in kept.told(f"receivable/{owed['id']}")][1:] == [
        "receivable.settled", "receivable.reopened",
    ]  # fmt: skip
    assert outcome(kept, gone) == "BAD_STATE"


def test_50_confirmations_at_once_are_one_effect(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "8000.00")
    made = kept.enter(li, order, "3000.00")
    assert together(kept, [made] * 50) == ["BAD_STATE"] * 49 + ["CONFIRMED"]
    assert (kept.owed(order)["received"], kept.owed(order)["open_amount"]) == ("3000.00", "5000.00")
    assert [kind for kind, _ in kept.told(f"receipt/{made['id']}")] == ["receipt.created", "receipt.confirmed"]


def test_the_same_confirmation_under_one_key_is_answered_alike(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "8000.00")
    made = kept.enter(li, order, "3000.00")
    assert together(kept, [made] * 8, idempotency_key=f"confirm {made['id']}") == ["CONFIRMED"] * 8
    assert kept.owed(order)["received"] == "3000.00"


def test_of_receipts_that_race_for_the_last_open_amount_one_wins(kept: Books) -> None:
    li = seller()
    for _ in range(5):
        order = kept.sell(li, "100.00")
        rivals = [kept.enter(li, order, "100.00") for _ in range(4)]
        assert together(kept, rivals) == ["CONFIRMED", "VALIDATION", "VALIDATION", "VALIDATION"]
        assert (kept.owed(order)["state"], kept.owed(order)["received"]) == ("SETTLED", "100.00")


def test_fin_05_a_plan_is_at_most_what_is_owed_and_the_coming_instalments_are_at_hand(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "8000.00")
    owed = kept.owed(order)
    given = {"receivable_id": owed["id"], "version": owed["version"]}

    def plan(*amounts: str) -> list[dict[str, Any]]:
        days = (TODAY + timedelta(days=7), TODAY + timedelta(days=60), TODAY + timedelta(days=90))
        return [{"due_on": day, "amount": amount} for day, amount in zip(days, amounts, strict=False)]

    assert kept.service.refused(li, "set_receipt_plan", **given, instalments=plan("5000.00", "3000.01")) == "VALIDATION"
    kept.service.call(li, "set_receipt_plan", **given, instalments=plan("3000.00", "3000.00", "2000.00"))
    shown = kept.service.call(li, "receipt_plans")["nodes"]
    assert [(each["number"], each["amount"], each["is_paid"]) for each in shown] == [
        (1, "3000.00", False), (2, "3000.00", False), (3, "2000.00", False),
    ]  # fmt: skip
    assert [each["number"] for each in kept.service.call(li, "upcoming_receipt_plans")["nodes"]] == [1]
    kept.confirm(kept.enter(li, order, "3000.00"))
    assert [each["is_paid"] for each in kept.service.call(li, "receipt_plans")["nodes"]] == [True, False, False]
    assert kept.service.call(li, "upcoming_receipt_plans")["nodes"] == []
    assert kept.service.call(seller(), "receipt_plans")["nodes"] == []
    last = {"receivable_id": owed["id"], "version": kept.owed(order)["version"], "instalments": []}
    kept.service.call(FU, "set_receipt_plan", **last)
    assert kept.service.call(li, "receipt_plans")["nodes"] == []
    assert kept.told(f"receipt_plan/{owed['id']}")[-1][0] == "receipt_plan.changed"


def reminders(kept: Books, owed: dict[str, Any]) -> list[int]:
    told = kept.told(f"receivable/{owed['id']}")
    return [data["days_overdue"] for kind, data in told if kind == "receivable.due"]


def test_fin_06_people_are_reminded_three_days_ahead_on_the_day_and_each_week_once_each(kept: Books) -> None:
    li = seller()
    owed, paid = (kept.owed(kept.sell(li, "100.00", due_on=TODAY + timedelta(days=30))) for _ in range(2))
    at = [26, 27, 27, 28, 30, 31, 36, 37, 37, 44]
    for day in at:
        run_job(kept.service, "finance.collection", NOW + timedelta(days=day))
        if day == 28:
            order = {"receivable_id": paid["id"], "amount": "100.00", "received_on": TODAY}
            kept.confirm(kept.service.call(li, "create_receipt", **order)["receipt"])
    assert reminders(kept, owed) == [-3, 0, 7, 14]
    assert reminders(kept, paid) == [-3]
    [late] = kept.service.call(FU, "receivables", filter={"id": {"eq": owed["id"]}})["nodes"]
    assert late["state"] == "OVERDUE"
    assert [kind for kind, _ in kept.told(f"receivable/{owed['id']}")].count("receivable.overdue") == 1
    given = {"receivable_id": owed["id"], "amount": "40.00", "received_on": TODAY}
    kept.confirm(kept.service.call(li, "create_receipt", **given)["receipt"])
    [part] = kept.service.call(FU, "receivables", filter={"id": {"eq": owed["id"]}})["nodes"]
    assert (part["state"], part["open_amount"]) == ("PARTIAL", "60.00")


def test_fin_21_a_closed_month_refuses_every_change(kept: Books) -> None:
    li = seller()
    order = kept.sell(li, "100.00")
    october = {"received_on": date(2026, 10, 5)}
    waiting, done = (kept.enter(li, order, "10.00", **october) for _ in range(2))
    done = kept.confirm(done)
    assert kept.service.refused(FU, "close_period", month="2026-10") == "BAD_STATE"
    kept.service.call(FU, "reject_receipt", id=waiting["id"], version=1, reason="未到账")
    closed = kept.service.call(FU, "close_period", month="2026-10")["closed_period"]
    assert (closed["month"], closed["closed_by"]) == ("2026-10", str(FU.id))
    assert kept.told(f"period/{closed['id']}")[0][0] == "period.closed"

    assert kept.service.refused(FU, "close_period", month="2026-10") == "BAD_STATE"
    assert kept.service.refused(FU, "close_period", month="2027-12") == "VALIDATION"
    assert kept.service.refused(li, "close_period", month="2026-09") == "FORBIDDEN"
    given = {"order_id": order.order_id, "amount": "5.00", **october}
    assert kept.service.refused(li, "create_receipt", **given) == "BAD_STATE"
    reverse = {"id": done["id"], "version": done["version"], "reason": "退票"}
    assert kept.service.refused(FU, "reverse_receipt", **reverse) == "BAD_STATE"
    moved = kept.enter(li, order, "5.00")
    assert kept.service.refused(li, "update_receipt", id=moved["id"], version=1, **october) == "BAD_STATE"

    assert kept.service.call(FU, "reopen_period", month="2026-10", reason="更正")["reopened"] is True
    assert kept.service.call(FU, "reopen_period", month="2026-10", reason="更正")["reopened"] is False
    kept.service.call(FU, "reverse_receipt", **reverse)
    assert kept.owed(order)["received"] == "0.00"


def close_or_enter(kept: Books, order: OrderApproved, month: str, turn: int) -> str:
    """The third of them closes the month, the others enter a receipt in it; what came of it."""
    try:
        if turn == 2:
            kept.service.call(FU, "close_period", month=month)
        else:
            kept.enter(EVERYBODYS, order, "1.00", received_on=date.fromisoformat(f"{month}-10"))
    except CrmError as refusal:
        return refusal.code.value
    return "DONE"


def test_a_month_is_not_closed_while_something_in_it_is_under_way(kept: Books) -> None:
    """Closing and entering race: whatever comes out, no receipt waits in a closed month."""
    order = kept.sell(seller(), "1000.00")
    for month in ("2026-04", "2026-05", "2026-06"):
        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(partial(close_or_enter, kept, order, month), range(8)))
        assert set(codes) <= {"DONE", "BAD_STATE"}
        rows = kept.service.store.rows(
            "SELECT count(*) FROM receipt r JOIN closed_period p ON p.month = to_char(r.received_on, 'YYYY-MM')"
            " WHERE r.state = 'PENDING'"
        )
        assert rows == [(0,)]
