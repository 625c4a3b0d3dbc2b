"""What is spent, through GraphQL in both modes: claims, budgets, payables and funds (FIN-08 … 11, 14, 18)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

CLAIM = "claim { id version state amount currency departmentId lines { item amount project } }"
WARNED = CLAIM + " warnings { budgetId item amount consumed currency }"
PAYABLE = "payable { id version state amount paidAmount openAmount }"
FUND = "fundUse { id version state amount returnedAmount openAmount returns { amount returnedOn } }"
RUN = "mutation($in: RunJobInput!) { runJob(input: $in) { run { outcome } userErrors { code } } }"
SETTING = "mutation($in: ChangeSettingInput!) { changeSetting(input: $in) { userErrors { code } } }"
MESSAGES = "{ messages(first: 20) { nodes { kind about title } } }"


class Walk(Company):
    """Seller S claims, F of finance reviews, C is the cashier."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.tag = uuid4().hex[:5]
        self.sales, office = self.department(f"销售 {self.tag}"), self.department(f"财务 {self.tag}")
        seller, clerk = self.position("销售", self.sales), self.position("财务", office)
        roles = {"s": (seller, "SALES"), "f": (clerk, "FINANCE"), "c": (clerk, "CASHIER")}
        self.ids = {
            name: self.employee(f"{name}.{self.tag}", position, self.preset(role))
            for name, (position, role) in roles.items()
        }
        self.s, self.f, self.c = (self.first_login(f"{name}.{self.tag}") for name in self.ids)

    def claim(self, amount: str, **more: Any) -> dict[str, Any]:
        """A draft of the seller's."""
        line = {"item": "TRAVEL", "spentOn": "2026-11-02", "amount": amount} | more
        made: dict[str, Any] = do(self.s, "createExpenseClaim", CLAIM, title="拜访客户", lines=[line])["claim"]
        return made

    def told(self, person: Person, about: str) -> list[str]:
        """The kinds of messages somebody got about a record, the latest first."""
        found = person.ask(MESSAGES)["nodes"]
        return [each["kind"] for each in found if each["about"] == about]


@pytest.fixture(scope="module")
def walk(system: System) -> Iterator[Walk]:
    made = Walk(system)
    made.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": "true"}})
    past = {"in": {"name": "finance.fund_reminders", "asOf": "2020-01-01T00:00:00Z", "dryRun": True}}
    until(lambda: "FORBIDDEN" not in str(made.admin.send(RUN, **past)), "time travel", 30)
    yield made
    made.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": "false"}})


def test_fin_10_and_11_a_claim_over_its_budget_is_warned_of_approved_and_paid(walk: Walk) -> None:
    given = {"departmentId": walk.sales, "item": "TRAVEL", "firstDay": "2026-11-01", "lastDay": "2026-11-30"}
    budget = do(walk.f, "createBudget", "budget { id }", **given, amount="1000.00")["budget"]["id"]
    claim = walk.claim("1200.00", project="展厅")
    assert (claim["state"], claim["lines"][0]["project"]) == ("DRAFT", "展厅")
    sent = do(walk.s, "submitExpenseClaim", WARNED, id=claim["id"], version=1)
    assert [(each["budgetId"], Decimal(each["consumed"])) for each in sent["warnings"]] == [(budget, Decimal(1200))]
    seen = walk.f.ask("query($id: ID!) { budget(id: $id) { amount consumed left } }", id=budget)
    assert [Decimal(seen[name]) for name in ("amount", "consumed", "left")] == [1000, 1200, -200]

    asked = {"id": claim["id"], "version": 2}
    early = refuses(walk.c, "payExpenseClaim", **asked, paidOn="2026-11-03")
    assert (early.code, early.zh) == ("BAD_STATE", "报销单当前状态（SUBMITTED）不允许此操作。")
    assert refuses(walk.s, "reviewExpenseClaim", **asked, verdict="APPROVE").code == "FORBIDDEN"
    assert do(walk.f, "reviewExpenseClaim", CLAIM, **asked, verdict="APPROVE")["claim"]["state"] == "APPROVED"
    assert refuses(walk.f, "payExpenseClaim", id=claim["id"], version=3, paidOn="2026-11-03").code == "FORBIDDEN"
    paid = do(walk.c, "payExpenseClaim", CLAIM, id=claim["id"], version=3, paidOn="2026-11-03")["claim"]
    assert paid["state"] == "PAID"
    again = refuses(walk.c, "payExpenseClaim", id=claim["id"], version=4, paidOn="2026-11-03")
    assert again.code == "BAD_STATE"
    told = ["expense_paid", "expense_approved"]
    until(lambda: walk.told(walk.s, claim["id"]) == told, "the claimant's messages")
    owed = walk.c.ask(
        "query($claim: ID!) { payables(filter: {claimId: {eq: $claim}}) { nodes { state openAmount claimId } } }",
        claim=claim["id"],
    )["nodes"]  # fmt: skip
    assert [(each["state"], Decimal(each["openAmount"]), each["claimId"]) for each in owed] == [
        ("SETTLED", Decimal(0), claim["id"])
    ]


def test_fin_11_a_refused_claim_says_why_and_is_corrected(walk: Walk) -> None:
    claim = walk.claim("80.00")
    do(walk.s, "submitExpenseClaim", CLAIM, id=claim["id"], version=1)
    asked = {"id": claim["id"], "version": 2, "verdict": "REJECT"}
    assert refuses(walk.f, "reviewExpenseClaim", **asked).zh == "请填写驳回原因。"
    do(walk.f, "reviewExpenseClaim", CLAIM, **asked, reason="缺少票据")
    until(lambda: walk.told(walk.s, claim["id"]) == ["expense_rejected"], "the message")
    lines = [{"item": "TRANSPORT", "spentOn": "2026-11-02", "amount": "60.00"}]
    corrected = do(walk.s, "updateExpenseClaim", CLAIM, id=claim["id"], version=3, lines=lines)["claim"]
    assert Decimal(corrected["amount"]) == Decimal(60)
    assert do(walk.s, "submitExpenseClaim", CLAIM, id=claim["id"], version=4)["claim"]["state"] == "SUBMITTED"


def test_fin_08_and_09_a_payable_is_planned_due_and_paid_in_part(walk: Walk) -> None:
    given = {"title": f"展台 {walk.tag}", "payee": "华东展览", "amount": "1000.00", "dueOn": "2027-05-20"}
    assert refuses(walk.s, "createPayable", **given).code == "FORBIDDEN"
    owed = do(walk.f, "createPayable", PAYABLE, **given)["payable"]
    instalments = [{"dueOn": "2027-04-20", "amount": "400.00"}, {"dueOn": "2027-05-20", "amount": "600.01"}]
    plan = {"payableId": owed["id"], "version": 1}
    assert refuses(walk.f, "setPaymentPlan", **plan, instalments=instalments).code == "VALIDATION"
    instalments[1]["amount"] = "600.00"
    made = do(walk.f, "setPaymentPlan", "plan { place amount openAmount }", **plan, instalments=instalments)["plan"]
    assert [(each["place"], Decimal(each["openAmount"])) for each in made] == [
        (1, Decimal(400)), (2, Decimal(600)),
    ]  # fmt: skip
    do(walk.admin, "runJob", "run { outcome }", name="finance.payable_reminders", asOf="2027-05-16T17:00:00Z")
    until(lambda: walk.told(walk.f, owed["id"]) == ["payable_due"], "the reminder")
    paid = {"payableId": owed["id"], "amount": "400.00", "paidOn": "2026-11-03"}
    part = do(walk.c, "registerPayment", PAYABLE + " payment { amount payable { title } }", **paid)
    assert (part["payable"]["state"], Decimal(part["payable"]["openAmount"])) == ("PARTIAL", Decimal(600))
    assert part["payment"]["payable"]["title"] == given["title"]
    assert refuses(walk.c, "registerPayment", **paid | {"amount": "600.01"}).code == "VALIDATION"
    assert refuses(walk.f, "registerPayment", **paid).code == "FORBIDDEN"


def test_fin_14_funds_are_used_returned_in_part_and_reminded_of(walk: Walk) -> None:
    given = {"userId": walk.ids["s"], "purpose": "参展备用金", "usedOn": "2026-11-01", "dueOn": "2026-12-01"}
    used = do(walk.f, "registerFundUse", FUND, **given, amount="2000.00")["fundUse"]
    brought = {"id": used["id"], "version": 1, "amount": "500.00", "returnedOn": "2026-11-05"}
    assert refuses(walk.s, "returnFunds", **brought).code == "FORBIDDEN"
    left = do(walk.c, "returnFunds", FUND, **brought)["fundUse"]
    assert (left["state"], Decimal(left["openAmount"]), len(left["returns"])) == ("PARTIAL", Decimal(1500), 1)
    do(walk.admin, "runJob", "run { outcome }", name="finance.fund_reminders", asOf="2026-12-01T17:00:00Z")
    told = ["fund_overdue"]
    until(lambda: walk.told(walk.s, used["id"]) == walk.told(walk.f, used["id"]) == told, "the reminders")
    assert [each["id"] for each in walk.s.ask("{ fundUses { nodes { id } } }")["nodes"]] == [used["id"]]
