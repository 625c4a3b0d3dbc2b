"""Contracts through GraphQL in both modes: countersigned, archived, carried out, changed, audited (CON-01 … 07)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from filing.samples import pdf
from standing.person import Person
from standing.systems import System
from walking.company import do, refuses, until
from walking.money import Deals

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

CONTRACT = "contract { id number version state audit archiveNumber isDeviating settlement unpaidPercent approvalId }"
ONE = """query($id: ID!) { contract(id: $id) { id number version state stateReason audit auditReason archiveNumber
    isDeviating settlement unpaidAmount unpaidPercent revision customerName customer { name } owner { name }
    versions { revision amount } changes { id state } entries { kind amount } lines { name amount } } }"""
BOX = "{ myApprovals(box: TO_DO, first: 100) { nodes { id version recordId } } }"
ARCHIVE = """query($id: ID!) { contractArchive(filter: {contractId: {eq: $id}}) { nodes {
    number contractNumber signedFiles contract { state } } } }"""


class Contracts(Deals):
    """Beside seller S and finance F, K keeps contracts."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        place = self.position("合同", self.department(f"合同 {self.tag}"))
        self.ids["k"] = self.employee(f"mk.{self.tag}", place, self.preset("CONTRACT_ADMIN"))
        self.k = self.first_login(f"mk.{self.tag}")
        known = "SELECT count(*) FROM employee_ref WHERE name = %s"
        for service in ("finance", "documents", "office"):
            until(
                lambda: system.rows(known, f"mk.{self.tag}", service=service) == [(1,)],  # noqa: B023
                f"the copies of the employees in {service}",
            )

    def see(self, contract: dict[str, Any], by: Person | None = None) -> Any:
        """The contract as it stands."""
        return (by or self.s).ask(ONE, id=contract["id"])

    def take(self, by: Person, operation: str, contract: dict[str, Any], /, **more: Any) -> dict[str, Any]:
        """A step with the contract as it stands."""
        given = {"id": contract["id"], "version": self.see(contract)["version"]} | more
        return dict(do(by, operation, CONTRACT, **given)["contract"])

    def draft(self, **more: Any) -> dict[str, Any]:
        """A draft of S's."""
        given = {"customerId": self.customer(), "name": f"采购合同 {uuid4().hex[:6]}", "amount": "50000.00"} | more
        return dict(do(self.s, "createContract", CONTRACT, **given)["contract"])

    def scan(self) -> str:
        """A signed contract as a file of S's."""
        return self.file(pdf(f"contract {uuid4().hex}"), "合同.pdf", "application/pdf")

    def registered(self, **more: Any) -> dict[str, Any]:
        """A contract that S signed offline."""
        given: dict[str, Any] = {
            "customerId": self.customer(),
            "name": "服务合同",
            "amount": "100000.00",
            "signedOn": "2026-11-20",
        }
        given |= {"signedFiles": [self.scan()]}
        return dict(do(self.s, "registerSignedContract", CONTRACT, **given | more)["contract"])

    def say_yes(self, by: Person, about: set[str]) -> bool:
        """Somebody approves what he is asked, as soon as he is asked about it."""
        for each in by.ask(BOX)["nodes"]:
            if each["id"] in about:
                do(by, "decideApproval", id=each["id"], version=each["version"], verdict="APPROVE")
                return True
        return False


@pytest.fixture(scope="module")
def walk(system: System) -> Contracts:
    return Contracts(system)


def test_con_03_one_countersigner_is_not_enough_and_con_04_the_archive_holds_what_was_signed(walk: Contracts) -> None:
    line = {"name": "设备", "quantity": "2", "price": "25000.00"}
    contract = walk.draft(lines=[line])
    assert (contract["state"], walk.see(contract)["lines"]) == ("DRAFT", [{"name": "设备", "amount": "50000.00"}])
    walk.take(walk.s, "submitContract", contract)
    until(lambda: walk.see(contract)["state"] == "IN_APPROVAL", "the approval")

    def approval() -> set[str]:
        found = walk.s.ask("query($id: ID!) { contract(id: $id) { approvalId } }", id=contract["id"])["approvalId"]
        return {found} - {None}

    # knowing its approval is a version of its own: nothing moves the contract after it
    about = until(approval, "the contract knows its approval")
    locked = {"id": contract["id"], "version": walk.see(contract)["version"], "name": "x"}
    refusal = refuses(walk.s, "updateContract", **locked)
    assert (refusal.code, refusal.zh) == ("BAD_STATE", "合同当前状态（IN_APPROVAL）不允许此操作。")
    for by in (walk.admin, walk.k):
        until(lambda: walk.say_yes(by, about), "the question")  # noqa: B023
    assert walk.see(contract)["state"] == "IN_APPROVAL"
    until(lambda: walk.say_yes(walk.f, about), "the question to finance")
    until(lambda: walk.see(contract)["state"] == "APPROVED", "the approved contract")
    bare = {"id": contract["id"], "version": walk.see(contract)["version"], "signedOn": "2026-11-20"}
    missing = refuses(walk.s, "signContract", **bare)
    assert (missing.code, missing.field, missing.zh) == ("VALIDATION", "signedFiles", "请上传已签订的合同文件。")
    scan = walk.scan()
    signed = walk.take(walk.s, "signContract", contract, signedOn="2026-11-20", signedFiles=[scan])
    assert signed["state"] == "SIGNED"
    assert walk.k.ask(ARCHIVE, id=contract["id"])["nodes"] == [
        {"number": signed["archiveNumber"], "contractNumber": signed["number"], "signedFiles": [scan],
         "contract": {"state": "SIGNED"}},
    ]  # fmt: skip
    gone = {"id": contract["id"], "version": signed["version"]}
    assert refuses(walk.s, "deleteContract", **gone).code == "BAD_STATE"
    assert refuses(walk.s, "updateContract", **gone, name="x").code == "BAD_STATE"
    assert refuses(walk.s, "deleteDocument", id=scan).code == "BAD_STATE"


def test_con_05_and_07_forty_measured_thirty_paid_and_a_plan_that_is_missed(walk: Contracts) -> None:
    contract = walk.registered()
    walk.take(walk.s, "recordContractProgress", contract, kind="MEASUREMENT", day="2026-11-20", percent="40")
    paid = walk.take(walk.f, "recordContractProgress", contract, kind="PAYMENT", day="2026-11-20", percent="30")
    assert (paid["state"], paid["unpaidPercent"], paid["isDeviating"]) == ("EXECUTING", "10.00", False)
    plan = [{"day": "2026-11-01", "percent": "50"}]
    assert walk.take(walk.s, "planContract", contract, milestones=plan)["isDeviating"] is True
    wrong = {"id": contract["id"], "version": walk.see(contract)["version"], "settledAmount": "1"}
    refusal = refuses(walk.s, "settleContract", **wrong)
    assert (refusal.code, refusal.en) == (
        "VALIDATION", "The settled amount is what was measured with the approved changes: 40000.00.",
    )  # fmt: skip


def test_con_06_five_thousand_more_count_once_they_are_approved(walk: Contracts) -> None:
    contract = walk.registered()
    given = {"id": contract["id"], "version": walk.see(contract)["version"], "title": "增加设备", "reason": "现场签证"}
    order = do(walk.k, "changeContract", "contractChange { id state }", **given, amount="5000.00")["contractChange"]
    assert (order["state"], walk.see(contract)["settlement"]) == ("PENDING", "0.00")
    asked = "query($id: ID!) { contractChange(id: $id) { approvalId } }"
    about = {until(lambda: walk.k.ask(asked, id=order["id"])["approvalId"], "the approval of the change")}
    # who asks does not decide: the flow's administrator does in his place
    deciders = (walk.admin, walk.f)
    until(
        lambda: [walk.say_yes(by, about) for by in deciders] and walk.see(contract)["settlement"] == "5000.00",
        "the approved change",
    )
    seen = walk.see(contract)
    assert (seen["revision"], seen["versions"]) == (
        2, [{"revision": 1, "amount": "100000.00"}, {"revision": 2, "amount": "105000.00"}],
    )  # fmt: skip


def test_fin_12_finance_gives_a_registered_contract_back(walk: Contracts) -> None:
    contract = walk.registered()
    assert contract["audit"] == "PENDING"
    look = {"id": contract["id"], "version": contract["version"]}
    assert refuses(walk.s, "auditContract", **look, confirm=True).code == "FORBIDDEN"
    silent = refuses(walk.f, "auditContract", **look, confirm=False)
    assert (silent.code, silent.field, silent.zh) == ("VALIDATION", "reason", "退回时请填写原因。")
    walk.take(walk.f, "auditContract", contract, confirm=False, reason="金额不符")
    assert (walk.see(contract)["audit"], walk.see(contract)["auditReason"]) == ("RETURNED", "金额不符")
    walk.take(walk.s, "correctContract", contract, amount="90000.00")
    assert walk.take(walk.f, "auditContract", contract, confirm=True)["audit"] == "CONFIRMED"


def test_con_02_a_required_field_of_the_company_is_typed_and_asked_for(walk: Contracts) -> None:
    defined = {"key": "signPlace", "name": "签订地点", "type": "ADDRESS", "required": True}
    made = do(walk.admin, "createContractField", "field { id version }", **defined)["field"]
    typed = "{ contracts(first: 1) { nodes { custom { signPlace { city } } } } }"
    until(lambda: "errors" not in walk.s.send(typed), "the typed field")
    lacking = refuses(walk.s, "createContract", customerId=walk.customer(), name="合同", amount="1.00")
    assert (lacking.code, lacking.field) == ("VALIDATION", "custom.signPlace")
    contract = walk.draft(custom={"signPlace": {"city": "上海市"}})
    shown = "query($id: ID!) { contract(id: $id) { custom { signPlace { city } } } }"
    assert walk.s.ask(shown, id=contract["id"])["custom"]["signPlace"] == {"city": "上海市"}
    do(walk.admin, "archiveContractField", "field { id }", **made)
