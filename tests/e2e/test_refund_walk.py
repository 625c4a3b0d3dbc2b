"""Money that goes back, is invoiced and audited, through GraphQL in both modes (FIN-13, 15, 16, 17)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import do, refuses, until
from walking.money import Deals, adds_up

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

REFUND = "refund { id version state amount }"
INVOICE = "invoice { id version state number amount }"
TO_DO = """{ myApprovals(box: TO_DO, first: 100, filter: {kind: {eq: "refund"}}) { nodes { id version form } } }"""
STATE = "query($id: ID!) { refund(id: $id) { version state } }"
AUDITS = "audits { employeeId performance received difference consistent }"


class Refunding(Deals):
    """Beside finance F its colleague G, who decides, and the cashier C."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        place = self.position("财务", self.department(f"财务 {self.tag}"))
        for name, role in (("g", "FINANCE"), ("c", "CASHIER")):
            self.ids[name] = self.employee(f"m{name}.{self.tag}", place, self.preset(role))
        self.g, self.c = (self.first_login(f"m{name}.{self.tag}") for name in ("g", "c"))

    def approve(self, refund: dict[str, Any]) -> int:
        """Whoever is asked says yes, one after the other; the refund's version then."""

        def go() -> int | None:
            for person in (self.admin, self.g):
                for each in person.ask(TO_DO)["nodes"]:
                    if each["form"]["amount"] == refund["amount"]:
                        given = {"id": each["id"], "version": each["version"], "verdict": "APPROVE"}
                        do(person, "decideApproval", "approval { state }", **given)
            found = self.f.ask(STATE, id=refund["id"])
            return int(found["version"]) if found["state"] == "APPROVED" else None

        return int(until(go, "the approval"))

    def audit(self, by: Person) -> dict[str, Any]:
        """What an audit of the last days finds of the seller."""
        today = datetime.now(UTC).date()
        given = {"fromDay": (today - timedelta(days=60)).isoformat(), "toDay": (today + timedelta(days=1)).isoformat()}
        found = do(by, "auditPerformance", AUDITS, **given, employeeId=self.ids["s"])["audits"]
        return dict(found[0]) if found else {}


@pytest.fixture(scope="module")
def deals(system: System) -> Refunding:
    return Refunding(system)


def test_fin_16_a_refund_of_1000_is_approved_paid_and_owed_again(deals: Refunding) -> None:
    order = deals.approved(8, "8000.00")
    [owed] = deals.owed(order)
    receipt = deals.confirm(owed["receipts"][0])
    given = {"receiptId": receipt["id"], "reason": "多收"}
    assert refuses(deals.s, "requestRefund", **given, amount="1000.00").code == "FORBIDDEN"
    assert refuses(deals.f, "requestRefund", **given, amount="8000.01").code == "VALIDATION"
    refund = do(deals.f, "requestRefund", REFUND, **given, amount="1000.00")["refund"]
    paid = {"id": refund["id"], "paidOn": "2026-11-20"}
    early = refuses(deals.c, "payRefund", **paid, version=1)
    assert (early.code, early.zh) == ("BAD_STATE", "退款当前状态（REQUESTED）不允许此操作。")
    version = deals.approve(refund)
    assert refuses(deals.f, "payRefund", **paid, version=version).code == "FORBIDDEN"
    assert do(deals.c, "payRefund", REFUND, **paid, version=version)["refund"]["state"] == "PAID"
    assert refuses(deals.c, "payRefund", **paid, version=version + 1).code == "BAD_STATE"
    [after] = deals.owed(order)
    assert (after["state"], Decimal(after["openAmount"])) == ("PARTIAL", Decimal(1000))
    back = {"id": receipt["id"], "version": receipt["version"], "reason": "银行退票"}
    assert refuses(deals.f, "reverseReceipt", **back).code == "BAD_STATE"
    adds_up(deals.f)


def test_fin_13_an_audit_tells_how_much_more_was_sold_than_received(deals: Refunding) -> None:
    before = Decimal(deals.audit(deals.f).get("difference", "0"))
    order = deals.approved(5, "3000.00")
    [owed] = deals.owed(order)
    deals.confirm(owed["receipts"][0])
    assert refuses(deals.s, "auditPerformance", fromDay="2026-11-01", toDay="2026-11-30").code == "FORBIDDEN"
    found = deals.audit(deals.f)
    assert (Decimal(found["difference"]) - before, found["consistent"]) == (Decimal(2000), False)


def test_fin_15_an_order_is_invoiced_once_in_all(deals: Refunding) -> None:
    [owed] = deals.owed(deals.approved(1, "1000.00"))
    given = {"receivableId": owed["id"], "title": "北方集团有限公司"}
    invoice = do(deals.f, "requestInvoice", INVOICE, **given, amount="600.00")["invoice"]
    over = refuses(deals.f, "requestInvoice", **given, amount="400.01")
    assert (over.code, over.zh) == ("VALIDATION", "开票金额超过可开票余额 400.00。")
    issued = {"id": invoice["id"], "version": 1, "number": f"FP-{deals.tag}", "issuedOn": "2026-11-20"}
    assert do(deals.f, "issueInvoice", INVOICE, **issued)["invoice"]["state"] == "ISSUED"
    assert refuses(deals.s, "requestInvoice", **given, amount="1.00").code == "FORBIDDEN"
