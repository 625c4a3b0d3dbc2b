"""Expense claims (FIN-11): their states, who reviews and pays them, what they cost whom (FIN-18)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from serving.alone import Alone, employee
from spending.people import CASHIER, FU, approved, claim, line, spender, submitted

pytestmark = pytest.mark.infra

PAY = {"paid_on": "2026-11-03", "method": "BANK", "reference": "T-1"}
LEGAL = {
    "DRAFT": {"update", "submit"},
    "SUBMITTED": {"withdraw", "approve", "reject"},
    "APPROVED": {"pay"},
    "REJECTED": {"update", "submit"},
    "PAID": set(),
}
ACTIONS: dict[str, tuple[str, dict[str, Any], Actor | None]] = {
    "update": ("update_expense_claim", {"title": "北京出差"}, None),
    "submit": ("submit_expense_claim", {}, None),
    "withdraw": ("withdraw_expense_claim", {}, None),
    "approve": ("review_expense_claim", {"verdict": "APPROVE"}, FU),
    "reject": ("review_expense_claim", {"verdict": "REJECT", "reason": "没有票据"}, FU),
    "pay": ("pay_expense_claim", PAY, CASHIER),
}
TO_REACH = {
    "DRAFT": (),
    "SUBMITTED": ("submit",),
    "APPROVED": ("submit", "approve"),
    "REJECTED": ("submit", "reject"),
    "PAID": ("submit", "approve", "pay"),
}


def do(service: Alone, action: str, record: dict[str, Any], by: Actor) -> dict[str, Any]:
    """The claim after an action of whoever does it."""
    method, given, actor = ACTIONS[action]
    found: dict[str, Any] = service.call(actor or by, method, id=record["id"], version=record["version"], **given)[
        "claim"
    ]
    return found


def reached(service: Alone, by: Actor, state: str) -> dict[str, Any]:
    """A claim in the state."""
    record = claim(service, by)
    for action in TO_REACH[state]:
        record = do(service, action, record, by)
    assert record["state"] == state
    return record


def data(service: Alone, event: str, record: dict[str, Any]) -> list[dict[str, Any]]:
    """What the events of a type told of a claim, in order."""
    rows = service.store.rows(
        "SELECT data FROM journal WHERE type = %s AND data->>'claim_id' = %s ORDER BY txid, position",
        (event, record["id"]),
    )
    return [row[0] for row in rows]


def test_fin_11_a_claim_is_written_submitted_approved_and_paid(service: Alone) -> None:
    li = spender("li")
    made = claim(service, li, "100.50", "20.00")
    assert (made["state"], Decimal(made["amount"]), made["currency"]) == ("DRAFT", Decimal("120.50"), "CNY")

    for action, state in (("submit", "SUBMITTED"), ("approve", "APPROVED"), ("pay", "PAID")):
        made = do(service, action, made, li)
        assert made["state"] == state

    assert (made["reviewed_by"], made["paid_by"], made["paid_on"]) == (str(FU.id), str(CASHIER.id), "2026-11-03")
    [owed] = service.call(FU, "payables", filter={"claim_id": {"eq": made["id"]}})["nodes"]
    assert (owed["state"], Decimal(owed["paid_amount"]), Decimal(owed["open_amount"])) == (
        "SETTLED", Decimal("120.50"), Decimal(0),
    )  # fmt: skip
    [payment] = service.call(FU, "payments", filter={"payable_id": {"eq": owed["id"]}})["nodes"]
    assert (Decimal(payment["amount"]), payment["reference"], payment["registered_by"]) == (
        Decimal("120.50"), "T-1", str(CASHIER.id),
    )  # fmt: skip
    told = [event for event in service.events() if event.partition(".")[0] in ("expense", "payable", "payment")]
    assert told[-7:] == [
        "expense.created", "expense.submitted", "expense.approved", "payable.created",
        "payment.registered", "payable.paid", "expense.paid",
    ]  # fmt: skip


@pytest.mark.parametrize("state", LEGAL)
@pytest.mark.parametrize("action", ACTIONS)
def test_fin_11_every_step_the_states_do_not_know_is_refused(service: Alone, state: str, action: str) -> None:
    li = spender("li")
    record = reached(service, li, state)
    if action in LEGAL[state]:
        assert do(service, action, record, li)["version"] == record["version"] + 1
        return
    method, given, actor = ACTIONS[action]
    asked = {"id": record["id"], "version": record["version"], **given}
    assert service.refused(actor or li, method, **asked) == "BAD_STATE"
    assert service.call(li, "expense_claims_by_ids", ids=[record["id"]])[0]["version"] == record["version"]


def test_fin_11_of_fifty_payments_at_once_one_counts(service: Alone) -> None:
    record = approved(service, spender("li"), "300.00")
    asked = {"id": record["id"], "version": record["version"], **PAY}

    def pay(_: int) -> str:
        try:
            service.call(CASHIER, "pay_expense_claim", **asked)
        except CrmError as refusal:
            return refusal.code.value
        return "PAID"

    with ThreadPoolExecutor(50) as crowd:
        answers = Counter(crowd.map(pay, range(50)))

    assert answers == {"PAID": 1, "BAD_STATE": 49}
    assert len(data(service, "payment.registered", record)) == 1
    paid = service.store.rows(
        "SELECT sum(m.amount) FROM payment m JOIN payable p ON p.id = m.payable_id WHERE p.claim_id = %s",
        (record["id"],),
    )
    assert paid == [(Decimal("300.00"),)]


def test_a_repeated_payment_has_one_effect(service: Alone) -> None:
    record = approved(service, spender("li"))
    asked = {"id": record["id"], "version": record["version"], **PAY, "idempotency_key": str(uuid4())}
    first, second = (service.call(CASHIER, "pay_expense_claim", **asked)["claim"] for _ in range(2))
    assert first == second
    assert len(data(service, "expense.paid", record)) == 1


def test_fin_11_who_claims_does_not_review(service: Alone) -> None:
    own = submitted(service, FU.__class__(**{**_fields(FU), "department_id": spender("x").department_id}))
    asked = {"id": own["id"], "version": own["version"], "verdict": "APPROVE"}
    assert service.refused(FU, "review_expense_claim", **asked) == "FORBIDDEN"
    other = employee("fei", "expense.review", expense="ALL")
    assert service.call(other, "review_expense_claim", **asked)["claim"]["state"] == "APPROVED"


def _fields(actor: Actor) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in Actor.__slots__}


def test_a_claim_is_nobody_else_s_business(service: Alone) -> None:
    li, wang = spender("li"), spender("wang")
    boss = employee("boss", expense="ALL")
    made = submitted(service, li)
    asked = {"id": made["id"], "version": made["version"]}
    for stranger in (wang, boss):
        assert service.call(stranger, "expense_claims_by_ids", ids=[made["id"]]) == [None]
        assert service.refused(stranger, "withdraw_expense_claim", **asked) == "NOT_FOUND"
        assert service.refused(stranger, "review_expense_claim", **asked, verdict="APPROVE") == "FORBIDDEN"
        assert service.refused(stranger, "pay_expense_claim", **asked, **PAY) == "FORBIDDEN"
    near = employee("near", "expense.review", "expense.pay", expense="SELF")
    assert service.refused(near, "review_expense_claim", **asked, verdict="APPROVE") == "NOT_FOUND"
    assert service.refused(near, "pay_expense_claim", **asked, **PAY) == "NOT_FOUND"
    assert service.call(FU, "expense_claims_by_ids", ids=[made["id"]])[0]["claimant_id"] == str(li.id)
    assert service.refused(None, "expense_claims") == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([line("0.00")], "lines.0.amount"),
        ([line(), line("1.005")], "lines.1.amount"),
        ([line("-5.00")], "lines.0.amount"),
        ([line(spent_on="2999-01-01")], "lines.0.spent_on"),
    ],
)
def test_a_line_is_money_that_was_spent(service: Alone, lines: list[dict[str, Any]], field: str) -> None:
    with pytest.raises(CrmError) as refused:
        service.call(spender("li"), "create_expense_claim", title="x", lines=lines)
    assert (refused.value.code.value, refused.value.field) == ("VALIDATION", field)


def test_a_claim_without_lines_or_department_is_not_submitted(service: Alone) -> None:
    li = spender("li")
    empty = service.call(li, "create_expense_claim", title="空")["claim"]
    assert service.refused(li, "submit_expense_claim", id=empty["id"], version=1) == "VALIDATION"
    nowhere = spender("nowhere", None)
    made = claim(service, nowhere)
    assert service.refused(nowhere, "submit_expense_claim", id=made["id"], version=1) == "BAD_STATE"


def test_a_stale_version_is_a_conflict_and_lines_are_replaced(service: Alone) -> None:
    li = spender("li")
    made = claim(service, li, "10.00", "20.00")
    changed = service.call(li, "update_expense_claim", id=made["id"], version=1, lines=[line("7.00")])["claim"]
    assert (Decimal(changed["amount"]), changed["version"]) == (Decimal("7.00"), 2)
    assert service.refused(li, "update_expense_claim", id=made["id"], version=1, title="y") == "CONFLICT"
    assert service.refused(li, "submit_expense_claim", id=made["id"], version=1) == "CONFLICT"
    assert [each["amount"] for each in data(service, "expense.updated", made)[0]["changes"]["lines"][1]] == ["7.00"]


def test_a_refusal_has_a_reason(service: Alone) -> None:
    made = submitted(service, spender("li"))
    asked = {"id": made["id"], "version": made["version"], "verdict": "REJECT"}
    assert service.refused(FU, "review_expense_claim", **asked, reason="  ") == "VALIDATION"
    assert service.refused(FU, "review_expense_claim", **asked) == "VALIDATION"


def test_fin_18_an_approved_claim_tells_what_it_costs_whom(service: Alone) -> None:
    campaign = str(uuid4())
    lines = [line("500.00", campaign_id=campaign), line("30.00"), line("20.00", project="展厅改造")]
    record = approved(service, spender("li"), lines=lines)
    costs = data(service, "cost.allocated", record)
    assert [(each["campaign_id"], each["project"], each["amount"]) for each in costs] == [
        (campaign, None, "500.00"), (None, "展厅改造", "20.00"),
    ]  # fmt: skip
    refused = submitted(service, spender("li"), lines=lines)
    do(service, "reject", refused, spender("li"))
    assert data(service, "cost.allocated", refused) == []
