"""Fee budgets (FIN-10): what claims spend of them, what is told when they are exceeded."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from crm_common.runtime.host import host_of
from crm_common.settings_data import GivenSettings
from serving.alone import Alone, employee
from spending.people import FU, claim, line, spender, submitted

pytestmark = pytest.mark.infra

NOVEMBER = {"item": "TRAVEL", "first_day": "2026-11-01", "last_day": "2026-11-30"}


@pytest.fixture
def li() -> Actor:
    """Somebody in a department of his own."""
    return spender(f"li {uuid4().hex}", uuid4())


def budget(service: Alone, of: Actor, amount: str = "1000.00", **more: Any) -> dict[str, Any]:
    """What the department may spend for travel in November."""
    given = NOVEMBER | {"department_id": str(of.department_id), "amount": amount} | more
    made: dict[str, Any] = service.call(FU, "create_budget", **given)["budget"]
    return made


def now(service: Alone, record: dict[str, Any]) -> tuple[Decimal, Decimal, bool]:
    """What is spent, what is left, whether it is exceeded."""
    [found] = service.call(FU, "budgets_by_ids", ids=[record["id"]])
    return Decimal(found["consumed"]), Decimal(found["left"]), found["exceeded_at"] is not None


def exceeded(service: Alone, record: dict[str, Any]) -> list[str]:
    """What was spent each time it was told that the budget is exceeded."""
    rows = service.store.rows(
        "SELECT data->>'consumed' FROM journal WHERE type = 'budget.exceeded' AND subject = %s ORDER BY seq",
        (f"budget/{record['id']}",),
    )
    return [row[0] for row in rows]


def submit(service: Alone, by: Actor, *amounts: str, **more: Any) -> dict[str, Any]:
    """The answer to submitting a claim."""
    made = claim(service, by, *amounts, **more)
    answer: dict[str, Any] = service.call(by, "submit_expense_claim", id=made["id"], version=1)
    return answer


def reject(service: Alone, record: dict[str, Any]) -> None:
    service.call(
        FU, "review_expense_claim", id=record["id"], version=record["version"], verdict="REJECT", reason="超支"
    )


def test_fin_10_claims_of_1200_on_a_budget_of_1000_are_warned_of_once(service: Alone, li: Actor) -> None:
    made = budget(service, li)
    assert submit(service, li, "700.00")["warnings"] == []
    assert now(service, made) == (Decimal(700), Decimal(300), False)

    [warning] = submit(service, li, "500.00")["warnings"]

    assert warning == {
        "budget_id": made["id"], "item": "TRAVEL", "amount": "1000.00", "consumed": "1200.00", "currency": "CNY",
    }  # fmt: skip
    assert now(service, made) == (Decimal(1200), Decimal(-200), True)
    assert len(submit(service, li, "1.00")["warnings"]) == 1
    assert exceeded(service, made) == ["1200.00"]


def test_fin_10_what_is_refused_is_not_spent_and_an_excess_is_told_anew(service: Alone, li: Actor) -> None:
    made = budget(service, li)
    over = submit(service, li, "1200.00")["claim"]
    reject(service, over)
    assert now(service, made) == (Decimal(0), Decimal(1000), False)
    taken_back = submit(service, li, "1100.00")["claim"]
    service.call(li, "withdraw_expense_claim", id=taken_back["id"], version=taken_back["version"])
    assert now(service, made) == (Decimal(0), Decimal(1000), False)
    assert exceeded(service, made) == ["1200.00", "1100.00"]


def test_fin_10_only_what_the_budget_is_for_counts(service: Alone, li: Actor) -> None:
    made = budget(service, li)
    neighbour = spender("neighbour", uuid4())
    submitted(service, neighbour, "5.00")
    submitted(service, li, currency="EUR")
    others = [line("9.00", item="MEALS"), line("8.00", spent_on="2026-10-31"), line("40.00", spent_on="2026-11-01")]
    submitted(service, li, lines=others)
    claim(service, li, "300.00")
    assert now(service, made) == (Decimal(40), Decimal(960), False)


def test_fin_10_a_budget_counts_what_was_spent_before_it_was_made(service: Alone, li: Actor) -> None:
    submitted(service, li, "150.00")
    made = budget(service, li, "100.00")
    assert now(service, made) == (Decimal(150), Decimal(-50), True)
    raised = service.call(FU, "update_budget", id=made["id"], version=1, amount="200.00")["budget"]
    assert (raised["version"], now(service, made)) == (2, (Decimal(150), Decimal(50), False))
    service.call(FU, "update_budget", id=made["id"], version=2, amount="149.99")
    assert exceeded(service, made) == ["150.00", "150.00"]
    assert service.refused(FU, "update_budget", id=made["id"], version=1, amount="1.00") == "CONFLICT"


def test_fin_10_a_company_may_block_what_goes_beyond(service: Alone, li: Actor) -> None:
    made = budget(service, li)
    draft = claim(service, li, "1200.00")
    settings = host_of(service.runtime.services["finance"].container).settings
    assert isinstance(settings, GivenSettings)
    settings.values["fin.over_budget"] = "BLOCK"
    try:
        assert service.refused(li, "submit_expense_claim", id=draft["id"], version=1) == "LIMIT_EXCEEDED"
        assert now(service, made) == (Decimal(0), Decimal(1000), False)

        drafts = [claim(service, li, "300.00") for _ in range(10)]

        def go(each: dict[str, Any]) -> str:
            try:
                service.call(li, "submit_expense_claim", id=each["id"], version=1)
            except CrmError as refusal:
                return refusal.code.value
            return "SUBMITTED"

        with ThreadPoolExecutor(10) as crowd:
            assert Counter(crowd.map(go, drafts)) == {"SUBMITTED": 3, "LIMIT_EXCEEDED": 7}
    finally:
        settings.values.clear()
    assert now(service, made) == (Decimal(900), Decimal(100), False)


def test_budgets_for_the_same_do_not_overlap(service: Alone, li: Actor) -> None:
    budget(service, li)
    again = NOVEMBER | {"department_id": str(li.department_id), "amount": "5.00"}
    assert service.refused(FU, "create_budget", **again, idempotency_key="x") == "DUPLICATE"
    budget(service, li, item="MEALS")
    budget(service, li, first_day="2026-12-01", last_day="2026-12-31")
    assert service.refused(FU, "create_budget", **again | {"last_day": "2026-10-31"}) == "VALIDATION"
    assert service.refused(FU, "create_budget", **again | {"amount": "0.00"}) == "VALIDATION"


def test_budgets_are_for_whoever_has_the_key(service: Alone, li: Actor) -> None:
    given = NOVEMBER | {"department_id": str(UUID(int=7)), "amount": "5.00"}
    assert service.refused(li, "budgets") == "FORBIDDEN"
    assert service.refused(employee("reads", "budget.view"), "create_budget", **given) == "FORBIDDEN"
    assert service.refused(None, "create_budget", **given) == "UNAUTHENTICATED"
