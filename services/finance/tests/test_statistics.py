"""Finance statistics (FIN-17): each sum is that of its list, whatever it is summed up by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from infra.postgres import SharedPostgres
from owing.books import FU as BOOKKEEPER
from owing.books import TODAY, Books, books, seller
from serving.alone import employee
from spending.people import CASHIER, FU, SALES, approved, payable, spender

pytestmark = pytest.mark.infra

FEI = employee("fei", "finance.report", finance="ALL")
YEAR = {"from_day": "2026-01-01", "to_day": "2026-12-31"}
D = Decimal


@pytest.fixture(scope="module")
def kept(postgres_server: SharedPostgres) -> Iterator[Books]:
    """Two receipts, one of them not confirmed, a claim, a payable with a payment."""
    with books(postgres_server) as made:
        li = seller("li")
        made.confirm(made.enter(li, made.sell(li, "8000.00"), "5000.00"))
        made.confirm(made.enter(li, made.sell(li, "100.00"), "40.00"))
        made.enter(li, made.sell(li, "9.00"), "9.00")
        lines = [
            {"item": "TRAVEL", "spent_on": "2026-10-31", "amount": "70.00"},
            {"item": "MEALS", "spent_on": "2026-11-02", "amount": "30.00"},
        ]
        approved(made.service, spender("wang"), lines=lines)
        owed = payable(made.service, "1000.00")
        paid = {"payable_id": owed["id"], "amount": "400.00", "paid_on": "2026-11-05"}
        made.service.call(CASHIER, "register_payment", **paid)
        void = payable(made.service, "77.00")
        made.service.call(FU, "void_payable", id=void["id"], version=1, reason="录错")
        yield made


def ask(kept: Books, by: str, of: Actor = FEI, **more: Any) -> dict[str | None, dict[str, Decimal]]:
    """The sums that are not nothing, by key."""
    rows = kept.service.call(of, "finance_statistics", **YEAR | {"by": by} | more)
    return {
        row["key"]: {name: D(row[name]) for name in row if name not in ("key", "name") and D(row[name])} for row in rows
    }


def test_fin_17_a_month_s_sums_are_those_of_its_lists(kept: Books) -> None:
    found = ask(kept, "MONTH")
    assert found == {
        "2026-10": {"fees": D("70.00")},
        "2026-11": {
            "receipts": D("5040.00"), "receivable": D("8109.00"), "payments": D("400.00"), "fees": D("30.00"),
            "payable": D("100.00"),
        },
        "2026-12": {"payable": D("1000.00")},
    }  # fmt: skip
    listed = {
        "receipts": (BOOKKEEPER, "receipts", {"state": {"eq": "CONFIRMED"}}),
        "receivable": (BOOKKEEPER, "receivables", {"state": {"ne": "VOIDED"}}),
        "payments": (CASHIER, "payments", None),
        "payable": (CASHIER, "payables", {"state": {"ne": "VOIDED"}}),
    }
    for figure, (who, query, where) in listed.items():
        nodes = kept.service.call(who, query, **({"filter": where} if where else {}))["nodes"]
        assert sum(D(each["amount"]) for each in nodes) == sum(each.get(figure, D(0)) for each in found.values())


@pytest.mark.parametrize("by", ["DAY", "DEPARTMENT", "CUSTOMER"])
def test_fin_17_by_whatever_it_is_summed_up_the_sum_is_the_same(kept: Books, by: str) -> None:
    def whole(sums: dict[str | None, dict[str, Decimal]]) -> dict[str, Decimal]:
        names = {name for each in sums.values() for name in each}
        return {name: sum((each.get(name, D(0)) for each in sums.values()), D(0)) for name in names}

    assert whole(ask(kept, by)) == whole(ask(kept, "MONTH"))


def test_what_is_summed_up_by_is_told(kept: Books) -> None:
    assert ask(kept, "DAY")[TODAY.isoformat()]["receipts"] == D("5040.00")
    assert ask(kept, "DEPARTMENT")[str(SALES)] == {"fees": D("100.00"), "payable": D("100.00")}
    assert {key for key in ask(kept, "CUSTOMER") if key is not None and UUID(key)} != set()
    assert ask(kept, "MONTH", to_day="2026-10-31") == {"2026-10": {"fees": D("70.00")}}
    assert ask(kept, "MONTH", currency="EUR") == {}


def test_sums_are_of_one_s_data_scope_and_for_whoever_has_the_key(kept: Books) -> None:
    li = replace(FEI, id=seller("li").id, scopes={})
    assert ask(kept, "MONTH", li) == {"2026-11": {"receipts": D("5040.00"), "receivable": D("8109.00")}}
    assert ask(kept, "MONTH", replace(FEI, id=uuid4(), scopes={})) == {}
    assert kept.service.refused(seller(), "finance_statistics", **YEAR) == "FORBIDDEN"
    assert kept.service.refused(None, "finance_statistics", **YEAR) == "UNAUTHENTICATED"
    back = {"from_day": "2026-12-01", "to_day": "2026-11-01"}
    assert kept.service.refused(FEI, "finance_statistics", **back) == "VALIDATION"
    assert kept.service.refused(FEI, "finance_statistics", from_day="2020-01-01", to_day="2026-01-01") == "VALIDATION"
