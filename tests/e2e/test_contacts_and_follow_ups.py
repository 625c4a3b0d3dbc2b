"""Contacts, follow-ups, the timeline and what else belongs to a customer, through GraphQL (CUS-12, 27, 32 … 37, 50)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, mutation, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

CONTACT = "contact { id name title role version phones { label number } customer { name } }"
SEEN = "query($id: ID!) { contact(id: $id) { name phones { number } } }"
RUN = """mutation($in: RunJobInput!) { runJob(input: $in) {
    run { outcome report } userErrors { code field message } } }"""
SETTING = """mutation($in: ChangeSettingInput!) {
    changeSetting(input: $in) { setting { value } userErrors { code message field } } }"""
TIMELINE = """query($id: ID!, $channels: [TimelineChannel!]) { timeline(customerId: $id, channels: $channels) {
    totalCount nodes { channel kind text employeeName } } }"""


@dataclass(frozen=True)
class Sales:
    """A seller, his superior, a stranger, somebody who answers calls, and who runs the pool."""

    company: Company
    li: Person
    wang: Person
    chief: Person
    agent: Person
    steward: Person

    def customer(self, **given: Any) -> str:
        """A new customer of li's."""
        values = {"name": f"客户 {uuid4().hex[:8]}", "phone": phone()} | given
        return str(do(self.li, "createCustomer", "customer { id }", **values)["customer"]["id"])


def phone() -> str:
    """A mobile number that nobody has."""
    return f"137{uuid4().int % 10**8:08}"


@pytest.fixture(scope="module")
def sales(system: System) -> Sales:
    company = Company(system)
    department = company.department("联系人部")
    position = company.position("销售", department)
    roles = {"k.li": "SALES", "k.wang": "SALES", "k.head": "SALES_MANAGER", "k.agent": "AGENT", "k.pool": "POOL_ADMIN"}
    ids = {login: company.employee(login, position, company.preset(role)) for login, role in roles.items()}
    version = company.version("department", department)
    do(company.admin, "setDepartmentHead", id=department, version=version, headId=ids["k.head"])
    known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s AND cardinality(line) > 0"
    until(lambda: system.rows(known, "k.%", service="customer") == [(4,)], "the copies of the employees")
    return Sales(company, *(company.first_login(login) for login in roles))


@pytest.fixture
def time_travel(sales: Sales) -> Iterator[None]:
    """Jobs may run as of another moment, until the test has ended."""
    for value, between in (("true", True), ("false", False)):
        sales.company.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": value}})
        if between:
            yield


def test_cus_27_a_contacts_numbers_are_in_full_for_the_owner_and_masked_for_his_superior(sales: Sales) -> None:
    of = sales.customer(name="远方集团")
    given = {
        "name": "王经理",
        "title": "采购总监",
        "role": "DECIDER",
        "phones": [{"label": "手机", "number": "+86 13812345678"}],
    }
    made = do(sales.li, "createContact", CONTACT, customerId=of, **given)["contact"]
    assert {name: made[name] for name in ("name", "title", "role", "version", "phones", "customer")} == {
        "name": "王经理",
        "title": "采购总监",
        "role": "DECIDER",
        "version": 1,
        "phones": [{"label": "手机", "number": "13812345678"}],
        "customer": {"name": "远方集团"},
    }
    assert sales.chief.ask(SEEN, id=made["id"]) == {"name": "王经理", "phones": [{"number": "138****5678"}]}
    assert sales.wang.ask(SEEN, id=made["id"]) is None
    edit = {"id": made["id"], "version": 1}
    assert refuses(sales.wang, "updateContact", **edit, name="x").code == "NOT_FOUND"
    assert refuses(sales.li, "updateContact", id=made["id"], version=9, name="x").code == "CONFLICT"
    bad = refuses(sales.li, "createContact", customerId=of, name="x", phones=[{"number": "12"}])
    assert (bad.code, bad.field) == ("VALIDATION", "phones.0.number")
    book = "query($id: ID!) { customer(id: $id) { contacts { name } } }"
    assert sales.li.ask(book, id=of) == {"contacts": [{"name": "王经理"}]}
    assert do(sales.li, "deleteContact", "deletedId", **edit)["deletedId"] == made["id"]
    assert sales.li.ask(book, id=of) == {"contacts": []}


def test_cus_23_27_a_pool_customers_contact_is_read_only_and_masked(sales: Sales) -> None:
    of = sales.customer()
    made = do(sales.li, "createContact", CONTACT, customerId=of, name="李", phones=[{"number": "13812345678"}])[
        "contact"
    ]
    release = mutation("releaseCustomers", "results { done code }")
    assert sales.li.ask(release, **{"in": {"ids": [of], "reason": "无意向"}})["results"] == [
        {"done": True, "code": None}
    ]
    assert sales.steward.ask(SEEN, id=made["id"]) == {"name": "李", "phones": [{"number": "138****5678"}]}
    for person in (sales.li, sales.company.admin):
        assert refuses(person, "updateContact", id=made["id"], version=1, name="x").code == "READ_ONLY"
        assert refuses(person, "deleteContact", id=made["id"], version=1).code == "READ_ONLY"
    follow_up = {"customerId": of, "type": "PHONE", "content": "x"}
    assert refuses(sales.li, "createFollowUp", **follow_up).code == "READ_ONLY"


@pytest.mark.usefixtures("time_travel")
def test_walk_9_cus_12_15_50_a_follow_up_tops_the_timeline_moves_the_reclaim_and_reminds_in_time(sales: Sales) -> None:
    of = sales.customer()
    dates = "query($id: ID!) { customer(id: $id) { lastFollowUpAt nextContactAt reclaimDueAt } }"
    before = sales.li.ask(dates, id=of)
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    follow_up = {"customerId": of, "type": "VISIT", "content": "谈了报价", "products": [{"name": "稳健基金"}]}
    made = do(
        sales.li, "createFollowUp", "followUp { content interests { name } version id }",
        **follow_up, nextContactAt=at.isoformat(),
    )["followUp"]  # fmt: skip
    assert (made["content"], made["interests"], made["version"]) == ("谈了报价", [{"name": "稳健基金"}], 1)
    after = sales.li.ask(dates, id=of)
    assert (before["lastFollowUpAt"], before["nextContactAt"]) == (None, None)
    assert after["nextContactAt"] == at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert after["reclaimDueAt"] > before["reclaimDueAt"]
    due = datetime.fromisoformat(after["reclaimDueAt"]) - datetime.fromisoformat(after["lastFollowUpAt"])
    assert due == timedelta(days=90)
    assert refuses(sales.chief, "createFollowUp", customerId=of, type="PHONE", content="x").code == "FORBIDDEN"
    assert refuses(sales.wang, "createFollowUp", customerId=of, type="PHONE", content="x").code == "NOT_FOUND"
    told = []
    for minutes in (44, 50, 50):
        as_of = (at - timedelta(hours=1) + timedelta(minutes=minutes)).isoformat()
        run = sales.company.admin.ask(RUN, **{"in": {"name": "customer.followup_due", "asOf": as_of}})["run"]
        assert run["outcome"] == "DONE"
        told.append(run["report"]["told"])
    assert told == [0, 1, 0]
    entries = sales.chief.ask(TIMELINE, id=of)
    assert entries["nodes"][0] == {
        "channel": "VISIT", "kind": "followup.created", "text": "谈了报价", "employeeName": "k.li",
    }  # fmt: skip
    assert [each["kind"] for each in entries["nodes"]] == ["followup.created", "customer.created"]
    assert sales.chief.ask(TIMELINE, id=of, channels=["HOLDING"])["totalCount"] == 1
    assert sales.wang.ask(TIMELINE, id=of)["totalCount"] == 0


def test_cus_34_37_28_needs_relations_and_dates_stand_with_their_customer(sales: Sales) -> None:
    parent, child = sales.customer(name="集团总部"), sales.customer(name="集团分公司")
    do(sales.li, "addRelation", "relation { kind }", customerId=child, kind="PARENT", otherId=parent)
    assert refuses(sales.li, "addRelation", customerId=parent, kind="PARENT", otherId=child).code == "BAD_STATE"
    do(sales.li, "addNeed", "need { status }", customerId=parent, content="三年期产品")
    date = {"customerId": parent, "title": "成立日", "day": "2001-05-02", "kind": "FOUNDING"}
    do(sales.li, "addImportantDate", "importantDate { day }", **date)
    page = """query($id: ID!) { customer(id: $id) { subsidiaries { name } needs { content status }
        importantDates { title day yearly kind } } }"""
    assert sales.li.ask(page, id=parent) == {
        "subsidiaries": [{"name": "集团分公司"}],
        "needs": [{"content": "三年期产品", "status": "OPEN"}],
        "importantDates": [{"title": "成立日", "day": "2001-05-02", "yearly": True, "kind": "FOUNDING"}],
    }


def test_who_answers_calls_finds_the_caller_by_his_number_without_seeing_it(sales: Sales) -> None:
    number = phone()
    sales.customer(name="来电客户", phone=number)
    lookup = """query($number: String!) { callerLookup(number: $number) {
        nodes { customerName phone ownerName contactName } } }"""
    assert sales.agent.ask(lookup, number=f"+86{number}") == {
        "nodes": [
            {"customerName": "来电客户", "phone": f"137****{number[-4:]}", "ownerName": "k.li", "contactName": None}
        ]
    }
    assert sales.wang.refused(lookup, number=number)[0] == "FORBIDDEN"
    assert sales.agent.refused(lookup, number=number[:7])[0] == "VALIDATION"
