"""Leads from form or hand to customer, through GraphQL (CUS-39 … 43)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, mutation, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

LEAD = "lead { id name phone status score ownerName version }"
ONE = "query($id: ID!) { lead(id: $id) { name phone status ownerName followUps { content } } }"


@dataclass(frozen=True)
class Desk:
    """Two sellers and who runs the leads."""

    company: Company
    ids: dict[str, str]
    wang: Person
    li: Person
    clerk: Person

    def screened(self, **given: Any) -> dict[str, Any]:
        """A lead that was found good."""
        values = {"name": "赵先生", "phone": phone()} | given
        made = do(self.clerk, "createLead", LEAD, **values)["lead"]
        return dict(do(self.clerk, "screenLead", LEAD, id=made["id"], version=1, verdict="SCREENED")["lead"])

    def given_to_wang(self, **given: Any) -> dict[str, Any]:
        """A lead in wang's name."""
        lead = self.screened(**given)
        owner = {"id": lead["id"], "version": lead["version"], "ownerId": self.ids["l.wang"]}
        return dict(do(self.clerk, "assignLead", LEAD, **owner)["lead"])


def phone() -> str:
    """A mobile number that nobody has."""
    return f"136{uuid4().int % 10**8:08}"


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    company = Company(system)
    position = company.position("线索", company.department("线索部"))
    keys = ("view", "create", "edit", "screen", "assign")
    clerk = company.role("线索管理", *(f"lead.{key}" for key in keys), "assign_rule.edit", scope="ALL")
    roles = {"l.wang": company.preset("SALES"), "l.li": company.preset("SALES"), "l.clerk": clerk}
    ids = {login: company.employee(login, position, role) for login, role in roles.items()}
    known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s"
    until(lambda: system.rows(known, "l.%", service="customer") == [(3,)], "the copies of the employees")
    return Desk(company, ids, *(company.first_login(login) for login in roles))


def test_cus_40_a_lead_is_entered_once_and_followed_by_its_owner(desk: Desk) -> None:
    number = phone()
    lead = desk.given_to_wang(phone=number)
    assert (lead["status"], lead["ownerName"], lead["phone"]) == ("ASSIGNED", "l.wang", f"136****{number[-4:]}")
    assert refuses(desk.clerk, "createLead", name="x", phone=f"+86 {number}").code == "DUPLICATE"
    follow = {"id": lead["id"], "type": "PHONE", "content": "有兴趣", "nextContactAt": "2099-01-01T00:00:00Z"}
    assert refuses(desk.li, "followLead", **follow).code == "NOT_FOUND"
    done = do(desk.wang, "followLead", "lead { status nextContactAt }", **follow)["lead"]
    assert done == {"status": "FOLLOWING", "nextContactAt": "2099-01-01T00:00:00.000000Z"}
    assert desk.wang.ask(ONE, id=lead["id"]) == {
        "name": "赵先生", "phone": number, "status": "FOLLOWING", "ownerName": "l.wang",
        "followUps": [{"content": "有兴趣"}],
    }  # fmt: skip
    assert desk.li.ask(ONE, id=lead["id"]) is None


def test_cus_39_42_a_lead_of_the_north_with_60_points_goes_to_wang_by_rule(desk: Desk) -> None:
    rules = [{"field": "REGION", "valuesIn": ["beijing"], "points": 40}, {"field": "PHONE", "points": 20}]
    do(desk.clerk, "setLeadScoreRules", "leadScoreRules { field points }", rules=rules)
    rule = {
        "name": "北方",
        "kind": "LEAD",
        "way": "PERSON",
        "regions": ["beijing"],
        "employeeIds": [desk.ids["l.wang"]],
    }
    made = do(desk.clerk, "createAssignRule", "assignRule { id version }", **rule)["assignRule"]
    north = desk.screened(region="beijing")
    assert (north["score"], north["status"], north["ownerName"]) == (60, "ASSIGNED", "l.wang")
    south = desk.screened(region="guangdong")
    assert (south["score"], south["status"], south["ownerName"]) == (20, "SCREENED", None)
    do(desk.clerk, "deleteAssignRule", "deletedId", **made)
    do(desk.clerk, "setLeadScoreRules", rules=[])


def test_cus_42_a_lead_is_found_bad_for_a_reason_and_stays_so(desk: Desk) -> None:
    made = do(desk.clerk, "createLead", LEAD, name="x", phone=phone())["lead"]
    screen = {"id": made["id"], "version": 1, "verdict": "INVALID"}
    assert refuses(desk.clerk, "screenLead", **screen).code == "VALIDATION"
    assert refuses(desk.wang, "screenLead", **screen, reason="x").code == "FORBIDDEN"
    assert do(desk.clerk, "screenLead", LEAD, **screen, reason="空号")["lead"]["status"] == "INVALID"
    again = refuses(desk.clerk, "screenLead", id=made["id"], version=2, verdict="SCREENED")
    assert (again.code, again.zh) == ("BAD_STATE", "线索当前状态（INVALID）不允许此操作。")


def test_cus_43_a_lead_becomes_a_customer_and_a_contact_once(desk: Desk) -> None:
    number = phone()
    lead = desk.given_to_wang(phone=number, company="北方集团", name="钱经理")
    convert = {"id": lead["id"], "version": lead["version"]}
    made = do(
        desk.wang, "convertLead", "linked lead { status } customer { name phone contacts { name } } contact { name }",
        **convert,
    )  # fmt: skip
    assert {name: made[name] for name in ("linked", "lead", "customer", "contact")} == {
        "linked": False,
        "lead": {"status": "CONVERTED"},
        "customer": {"name": "北方集团", "phone": number, "contacts": [{"name": "钱经理"}]},
        "contact": {"name": "钱经理"},
    }
    assert refuses(desk.wang, "convertLead", **convert).code == "BAD_STATE"
    taken = phone()
    do(desk.li, "createCustomer", "customer { id }", name="南方集团", phone=taken)
    other = desk.given_to_wang(phone=taken, company="南方集团")
    duplicate = {"id": other["id"], "version": other["version"]}
    assert refuses(desk.wang, "convertLead", **duplicate).code == "DUPLICATE"
    linked = do(desk.wang, "createCustomer", "customer { id }", name="西方集团", phone=(mine := phone()))["customer"]
    third = desk.given_to_wang(phone=mine, company="西方集团")
    joined = do(desk.wang, "convertLead", "linked customer { id }", id=third["id"], version=third["version"])
    assert (joined["linked"], joined["customer"]) == (True, linked)


def test_cus_41_anybody_posts_a_form_and_its_rate_holds(desk: Desk) -> None:
    form = do(desk.clerk, "createCaptureForm", "captureForm { id key }", name="官网", perMinute=3)["captureForm"]
    visitor, number = desk.company.system.person(), phone()
    post = mutation("captureLead", "accepted")
    first = {"formKey": form["key"], "name": "访客", "phone": number}
    assert visitor.ask(post, **{"in": first})["accepted"] is True
    assert visitor.ask(post, **{"in": first})["accepted"] is True
    mine = "query($phone: String!) { leads(filter: {phone: {eq: $phone}}) { nodes { status source spam } } }"
    assert desk.clerk.ask(mine, phone=number)["nodes"] == [{"status": "NEW", "source": "form", "spam": False}]
    assert visitor.refused(post, **{"in": first | {"formKey": "none"}})[0] == "NOT_FOUND"
    codes = {visitor.refused(post, **{"in": first | {"phone": "1"}})[0]}
    assert codes == {"VALIDATION"}
