"""Use of funds (FIN-14): what is taken, what is brought back, who is reminded."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.errors import CrmError
from serving.alone import Alone, employee
from spending.jobs import run
from spending.people import spender

pytestmark = pytest.mark.infra

JOB = "finance.fund_reminders"
FEI = employee("fei", "fund.view", "fund.edit", fund="ALL")
KAI = employee("kai", "fund.view", "fund.pay", fund="ALL")
LI = spender("li")


def used(service: Alone, amount: str = "2000.00", **more: Any) -> dict[str, Any]:
    """What Li took."""
    given = {"user_id": str(LI.id), "purpose": "参展备用金", "amount": amount} | {
        "used_on": "2026-11-01", "due_on": "2026-12-10",
    } | more  # fmt: skip
    made: dict[str, Any] = service.call(FEI, "register_fund_use", **given)["fund_use"]
    return made


def give_back(service: Alone, record: dict[str, Any], amount: str, **more: Any) -> dict[str, Any]:
    """It after Li brought some of it back to the cashier."""
    given = {"id": record["id"], "version": record["version"], "amount": amount, "returned_on": "2026-11-05"} | more
    found: dict[str, Any] = service.call(KAI, "return_funds", **given)["fund_use"]
    return found


def told(service: Alone, record: dict[str, Any]) -> list[str]:
    rows = service.store.rows("SELECT type FROM journal WHERE subject = %s ORDER BY seq", (f"fund/{record['id']}",))
    return [row[0] for row in rows]


def test_fin_14_of_2000_used_and_500_returned_1500_are_open(service: Alone) -> None:
    record = give_back(service, used(service), "500.00", remark="现金")
    assert (record["state"], Decimal(record["returned_amount"]), Decimal(record["open_amount"])) == (
        "PARTIAL", Decimal(500), Decimal(1500),
    )  # fmt: skip
    done = give_back(service, record, "1500.00")
    assert (done["state"], Decimal(done["open_amount"]), told(service, record)) == (
        "RETURNED", Decimal(0), ["fund.used", "fund.returned", "fund.returned"],
    )  # fmt: skip


@pytest.mark.parametrize("state", ["OPEN", "PARTIAL", "RETURNED", "VOIDED"])
def test_a_use_of_funds_allows_what_its_state_knows(service: Alone, state: str) -> None:
    record = used(service, "10.00")
    if state in ("PARTIAL", "RETURNED"):
        record = give_back(service, record, "10.00" if state == "RETURNED" else "4.00")
    if state == "VOIDED":
        record = service.call(FEI, "void_fund_use", id=record["id"], version=1, reason="录错")["fund_use"]
    assert record["state"] == state
    asked = {"id": record["id"], "version": record["version"]}
    if state != "OPEN":
        assert service.refused(FEI, "void_fund_use", **asked, reason="x") == "BAD_STATE"
    brought = asked | {"amount": "1.00", "returned_on": "2026-11-05"}
    if state in ("OPEN", "PARTIAL"):
        assert service.refused(KAI, "return_funds", **brought | {"version": 9}) == "CONFLICT"
        assert service.refused(KAI, "return_funds", **brought | {"amount": "10.01"}) == "VALIDATION"
        assert service.refused(KAI, "return_funds", **brought | {"returned_on": "2026-10-31"}) == "VALIDATION"
        assert service.refused(KAI, "return_funds", **brought | {"returned_on": "2999-01-01"}) == "VALIDATION"
        assert service.call(KAI, "return_funds", **brought)["fund_use"]["state"] == "PARTIAL"
    else:
        assert service.refused(KAI, "return_funds", **brought) == "BAD_STATE"


def test_of_returns_at_once_one_counts(service: Alone) -> None:
    record = used(service)

    def go(_: int) -> str:
        try:
            return str(give_back(service, record, "1500.00")["state"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(20) as crowd:
        assert Counter(crowd.map(go, range(20))) == {"PARTIAL": 1, "CONFLICT": 19}
    [found] = service.call(FEI, "fund_uses_by_ids", ids=[record["id"]])
    assert Decimal(found["open_amount"]) == Decimal(500)


def test_fin_14_whoever_did_not_return_it_is_reminded_after_its_day(service: Alone) -> None:
    record = used(service, due_on="2026-11-10")
    given = used(service, due_on="2026-11-10")
    give_back(service, given, "2000.00")
    for day in range(20):
        for _ in range(2):
            # 17 o'clock UTC is one o'clock of the next day where the company works
            run(service, JOB, datetime(2026, 11, 5, 17, tzinfo=UTC) + timedelta(days=day))
    days = service.store.rows(
        "SELECT data->>'reminded_on' FROM journal WHERE type = 'fund.overdue' AND subject = %s ORDER BY seq",
        (f"fund/{record['id']}",),
    )
    assert [day[0] for day in days] == ["2026-11-11", "2026-11-18", "2026-11-25"]
    assert told(service, given) == ["fund.used", "fund.returned"]


def test_one_sees_what_one_took_and_others_by_scope(service: Alone) -> None:
    record = used(service)
    stranger, near = spender("wang"), employee("near", "fund.edit", "fund.pay", fund="SELF")
    assert service.call(LI, "fund_uses_by_ids", ids=[record["id"]])[0]["purpose"] == "参展备用金"
    assert service.call(stranger, "fund_uses_by_ids", ids=[record["id"]]) == [None]
    asked = {"id": record["id"], "version": 1}
    brought = asked | {"amount": "1.00", "returned_on": "2026-11-05"}
    assert service.refused(LI, "return_funds", **brought) == "FORBIDDEN"
    assert service.refused(KAI, "void_fund_use", **asked, reason="x") == "FORBIDDEN"
    assert service.refused(near, "return_funds", **brought) == "NOT_FOUND"
    assert service.refused(near, "void_fund_use", **asked, reason="x") == "NOT_FOUND"
    given = {"user_id": str(uuid4()), "purpose": "x", "amount": "1.00", "used_on": "2026-11-01", "due_on": "2026-12-01"}
    assert service.refused(near, "register_fund_use", **given) == "NOT_FOUND"
    assert service.refused(KAI, "register_fund_use", **given) == "FORBIDDEN"
    assert service.refused(FEI, "register_fund_use", **given | {"due_on": "2026-10-01"}) == "VALIDATION"
    assert service.refused(FEI, "register_fund_use", **given | {"used_on": "2999-01-01"}) == "VALIDATION"
    assert service.refused(FEI, "register_fund_use", **given | {"amount": "0"}) == "VALIDATION"
    assert service.refused(None, "fund_uses") == "UNAUTHENTICATED"
