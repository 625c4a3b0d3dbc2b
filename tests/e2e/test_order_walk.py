"""Acceptance walk, steps 16–18, through GraphQL in both modes: an opportunity, its order, its review."""

from __future__ import annotations

from typing import Any

import pytest

from filing.samples import pdf
from standing.person import Person
from standing.systems import System
from walking.company import do, mutation, refuses, until
from walking.money import ORDER, Deals

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

OPPORTUNITY = "opportunity { id version stage probability priority }"
FORECAST = """query($who: ID!) { forecast(fromDay: "2026-11-01", toDay: "2026-12-31", employeeId: $who) {
    month amount expected } }"""
MESSAGES = "query($kind: String!) { messages(first: 50, filter: {kind: {eq: $kind}}) { nodes { about } } }"
RUN = """mutation($in: RunJobInput!) { runJob(input: $in) { run { outcome } userErrors { code message } } }"""


class Walk(Deals):
    """The seller S2 as ``s``, with his manager M."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        department = self.department(f"销售 {self.tag}")
        place = self.position("销售", department)
        self.ids |= {
            "s2": self.employee(f"os.{self.tag}", place, self.preset("SALES")),
            "m": self.employee(f"om.{self.tag}", place, self.preset("SALES_MANAGER")),
        }
        version = self.version("department", department)
        do(self.admin, "setDepartmentHead", id=department, version=version, headId=self.ids["m"])
        self.s, self.m = self.first_login(f"os.{self.tag}"), self.first_login(f"om.{self.tag}")
        known = "SELECT count(*) FROM employee_ref WHERE name = %s AND cardinality(line) > 0"
        for service in ("customer", "sales", "finance", "documents", "office"):
            until(
                lambda: system.rows(known, f"os.{self.tag}", service=service)[0][0] == 1,  # noqa: B023
                f"the copies of the employees in {service}",
            )
        do(self.admin, "runJob", "run { outcome }", name="office.order_reviewers")

    def told(self, who: Person, kind: str, about: str) -> int:
        """How many messages of the kind somebody has about a record."""
        return [each["about"] for each in who.ask(MESSAGES, kind=kind)["nodes"]].count(about)


@pytest.fixture(scope="module")
def walk(system: System) -> Walk:
    return Walk(system)


def opened(walk: Walk, customer: str) -> dict[str, Any]:
    """Step 16, up to the stage of negotiation."""
    line = {"productId": walk.product, "quantity": "120"}
    given = {"customerId": customer, "name": "投资意向", "source": "转介绍", "amount": "120000.00"}
    known = do(walk.s, "createOpportunity", OPPORTUNITY, **given, expectedOn="2026-12-15", lines=[line])["opportunity"]
    assert (known["stage"], known["probability"]) == ("DISCOVERED", 10)

    def step(what: str, **more: Any) -> None:
        nonlocal known
        known = do(walk.s, what, OPPORTUNITY, id=known["id"], version=known["version"], **more)["opportunity"]

    jump = refuses(walk.s, "moveOpportunity", id=known["id"], version=known["version"], stage="WON")
    assert jump.code == "BAD_STATE"
    step("evaluateOpportunity", value=5, feasibility=4)
    assert known["priority"] == 20
    step("moveOpportunity", stage="EVALUATED")
    step("planOpportunity", steps=[{"what": "上门介绍", "dueOn": "2026-12-01"}])
    step("followUpOpportunity", content="客户很有兴趣", stage="FOLLOWING")
    step("moveOpportunity", stage="NEGOTIATING")
    assert known["probability"] == 80
    return dict(known)


def refused_for_what_lacks(walk: Walk, customer: str) -> dict[str, Any]:
    """Step 17: an order submitted with nothing, then with one part more each time; the parts."""
    order = do(walk.s, "createOrder", ORDER, customerId=customer)["order"]
    signed = walk.file(pdf(f"contract {walk.tag}"), "合同.pdf", "application/pdf")
    parts: dict[str, Any] = {}
    lacking: list[list[str]] = []
    for name, value in (
        ("lines", [{"productId": walk.product, "quantity": "120"}]),
        ("contract", {"name": "认购合同", "signedOn": "2026-11-20", "signedFiles": [signed]}),
        ("vouchers", [walk.voucher("50000.00")]),
    ):
        asked = {"id": order["id"], "version": order["version"], **parts}
        errors = walk.s.send(mutation("submitOrder"), **{"in": asked})["data"]["submitOrder"]["userErrors"]
        assert {each["code"] for each in errors} == {"VALIDATION"}
        lacking.append([each["field"] for each in errors])
        parts[name] = value
    assert lacking == [["lines", "contract", "vouchers"], ["contract", "vouchers"], ["vouchers"]]
    return parts


def test_walk_16_to_18_an_opportunity_its_order_and_its_review(walk: Walk) -> None:
    """SAL-03 … 07, 10, 11, 17, 18; FIN-01; §3.4."""
    customer = walk.customer()
    known = opened(walk, customer)
    until(lambda: walk.told(walk.m, "big_deal", known["id"]) == 1, "the big deal is told of once")
    months = walk.m.ask(FORECAST, who=walk.ids["s2"])
    assert months == [{"month": "2026-12-01", "amount": "120000.00", "expected": "96000.00"}]

    parts = refused_for_what_lacks(walk, customer)
    order = do(walk.s, "orderOpportunity", ORDER, id=known["id"])["order"]
    assert order["amount"] == "120000.00"
    asked = {"id": order["id"], "contract": parts["contract"], "vouchers": parts["vouchers"]}
    order = do(walk.s, "submitOrder", ORDER, **asked, version=order["version"])["order"]
    assert order["state"] == "PENDING_REVIEW"
    edit = refuses(walk.s, "updateOrder", id=order["id"], version=order["version"], remark="x")
    assert edit.code == "BAD_STATE"
    until(lambda: walk.told(walk.o, "order_waiting", order["id"]) == 1, "operations is told of the order")

    decided = {"id": order["id"], "version": order["version"]}
    assert refuses(walk.s, "reviewOrder", **decided, decision="APPROVE").code == "FORBIDDEN"
    order = do(walk.o, "reviewOrder", ORDER, **decided, decision="REJECT", reason="凭证不清晰")["order"]
    assert order["state"] == "REJECTED"
    until(lambda: walk.told(walk.s, "order_rejected", order["id"]) == 1, "the seller is told of the rejection")
    order = do(walk.s, "submitOrder", ORDER, id=order["id"], version=order["version"])["order"]
    decided = {"id": order["id"], "version": order["version"]}
    order = do(walk.f, "reviewOrder", ORDER, **decided, decision="APPROVE")["order"]
    assert order["state"] == "APPROVED"
    again = refuses(walk.o, "reviewOrder", id=order["id"], version=order["version"], decision="APPROVE")
    assert again.code == "BAD_STATE"
    stage = "query($id: ID!) { opportunity(id: $id) { stage probability } }"
    assert walk.s.ask(stage, id=known["id"]) == {"stage": "WON", "probability": 100}
