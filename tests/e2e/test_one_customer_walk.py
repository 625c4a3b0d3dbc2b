"""That a customer is one, through GraphQL: merged and put back; consent, plans and credit (CUS-44 … 53)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

MERGED = "survivor { id name phone } merged { holding mergedInto { id } } merge { id moved mergedName }"
NODE = "query($id: ID!) { node(id: $id) { ... on Customer { id holding mergedInto { id name } } } }"
PEOPLE = "query($id: ID!) { customer(id: $id) { contacts { name phones { number } } needs { content } tags } }"
RUN = "mutation($in: RunJobInput!) { runJob(input: $in) { run { outcome } userErrors { code message } } }"


@dataclass(frozen=True)
class Sales:
    """Two sellers, a steward of the data, finance."""

    company: Company
    li: Person
    wang: Person
    steward: Person
    finance: Person

    def customer(self, by: Person, **given: Any) -> dict[str, Any]:
        values = {"name": f"客户 {uuid4().hex[:8]}", "phone": phone()} | given
        return dict(do(by, "createCustomer", "customer { id name phone version }", **values)["customer"])


def phone() -> str:
    """A mobile number that nobody has."""
    return f"135{uuid4().int % 10**8:08}"


@pytest.fixture(scope="module")
def sales(system: System) -> Sales:
    company = Company(system)
    department = company.department("数据部")
    position = company.position("数据", department)
    keys = ("customer.view", "customer.edit", "customer.merge", "customer.import", "pool.import", "pool.view")
    steward = company.role("数据管理员", *keys, "credit.edit", "credit.view", scope="ALL")
    roles = {"o.li": "SALES", "o.wang": "SALES", "o.steward": None, "o.finance": "FINANCE"}
    for login, role in roles.items():
        company.employee(login, position, company.preset(role) if role else steward)
    known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s"
    until(lambda: system.rows(known, "o.%", service="customer") == [(4,)], "the copies of the employees", 30)
    return Sales(company, *(company.first_login(login) for login in roles))


def both(survivor: dict[str, Any], merged: dict[str, Any]) -> dict[str, Any]:
    """What a merge of two customers names that nobody has edited."""
    return {
        "survivorId": survivor["id"],
        "survivorVersion": survivor["version"],
        "mergedId": merged["id"],
        "mergedVersion": merged["version"],
    }


def test_cus_45_byd_11_a_merge_moves_everything_and_is_taken_back(sales: Sales) -> None:
    kept, gone = sales.customer(sales.li), sales.customer(sales.wang, tags=["老客户"])
    do(sales.wang, "addNeed", "need { id }", customerId=gone["id"], content="三年期产品")
    refusal = refuses(sales.li, "mergeCustomers", **both(kept, gone))
    assert (refusal.code, refusal.field) == ("FORBIDDEN", None)
    merged = do(sales.steward, "mergeCustomers", MERGED, **both(kept, gone))
    masked = f"{kept['phone'][:3]}****{kept['phone'][-4:]}"
    assert merged["survivor"] == {"id": kept["id"], "name": kept["name"], "phone": masked}
    assert merged["merged"] == {"holding": "MERGED", "mergedInto": {"id": kept["id"]}}
    assert merged["merge"]["mergedName"] == gone["name"]
    leads = {"id": gone["id"], "holding": "MERGED", "mergedInto": {"id": kept["id"], "name": kept["name"]}}
    assert sales.li.ask(NODE, id=gone["id"]) == leads
    # it was his, but the survivor is not
    assert sales.wang.ask(NODE, id=gone["id"]) is None
    contact = {"name": gone["name"], "phones": [{"number": gone["phone"]}]}
    assert sales.li.ask(PEOPLE, id=kept["id"]) == {
        "contacts": [contact], "needs": [{"content": "三年期产品"}], "tags": ["老客户"],
    }  # fmt: skip
    again = refuses(sales.steward, "mergeCustomers", **both(kept, gone) | {"survivorVersion": 2, "mergedVersion": 2})
    assert (again.code, again.zh) == ("BAD_STATE", "该客户已被合并或清除。")
    undone = do(
        sales.steward, "undoMerge", "survivor { tags } customer { holding ownerName } conflicts { kind name }",
        id=merged["merge"]["id"],
    )  # fmt: skip
    assert undone["conflicts"] == []
    assert undone["survivor"] == {"tags": []}
    assert undone["customer"]["holding"] == "OWNED"
    assert sales.wang.ask(PEOPLE, id=gone["id"]) == {
        "contacts": [], "needs": [{"content": "三年期产品"}], "tags": ["老客户"],
    }  # fmt: skip
    assert refuses(sales.steward, "undoMerge", id=merged["merge"]["id"]).zh == "该合并已撤销。"


def test_cus_45_a_seeded_near_duplicate_is_in_the_report(sales: Sales) -> None:
    brand = uuid4().hex[:12]
    one, other = (sales.customer(sales.li, name=f"{brand}远{sign}科技有限公司") for sign in "望旺")
    assert sales.company.admin.ask(RUN, **{"in": {"name": "customer.data_quality"}})["run"] == {"outcome": "DONE"}
    report = sales.steward.ask("{ dataQualityReport { scanned duplicates } }")
    assert report["duplicates"] >= 1
    listed = """{ qualityFindings(filter: {kind: {eq: DUPLICATE}}, first: 100) {
        nodes { id reason score customer { name } other { name } } } }"""
    [found] = [
        each
        for each in sales.steward.ask(listed)["nodes"]
        if {"name": one["name"]} in (each["customer"], each["other"])
    ]
    assert (found["reason"], found["score"]) == ("NEAR_NAME", 95)
    assert {found["customer"]["name"], found["other"]["name"]} == {one["name"], other["name"]}
    assert refuses(sales.li, "dismissFinding", id=found["id"]).code == "FORBIDDEN"
    dismissed = do(sales.steward, "dismissFinding", "finding { dismissedByName }", id=found["id"], reason="两家")
    assert dismissed["finding"] == {"dismissedByName": "o.steward"}
    assert found["id"] not in {each["id"] for each in sales.steward.ask(listed)["nodes"]}


def test_cus_47_the_same_record_pushed_twice_is_one_customer(sales: Sales) -> None:
    record = {"system": "shop", "externalId": uuid4().hex, "name": "网店客户", "phone": phone()}
    shown = "outcome customer { id holding externalIds { system externalId } }"
    first = do(sales.steward, "upsertCustomer", shown, **record)
    again = do(sales.steward, "upsertCustomer", shown, **record)
    assert (first["outcome"], again["outcome"]) == ("CREATED", "KNOWN")
    assert first["customer"] == again["customer"]
    assert first["customer"]["externalIds"] == [{"system": "shop", "externalId": record["externalId"]}]
    mine = sales.customer(sales.li)
    link = {"system": "shop", "externalId": record["externalId"]}
    twice = refuses(sales.li, "linkCustomer", id=mine["id"], **link)
    assert (twice.code, twice.field) == ("DUPLICATE", "externalId")
    assert twice.zh == f"shop 中的“{record['externalId']}”已关联其他客户。"


def test_cus_53_49_51_what_a_customer_says_and_is_proposed_stands_with_it(sales: Sales) -> None:
    of = sales.customer(sales.li)["id"]
    said = "customer { consents { channel agreed source notedByName } }"
    found = do(sales.li, "recordConsent", said, customerId=of, channel="SMS", agreed=False, source="电话")
    assert found["customer"]["consents"] == [
        {"channel": "SMS", "agreed": False, "source": "电话", "notedByName": "o.li"}
    ]
    assert (
        refuses(sales.wang, "recordConsent", customerId=of, channel="SMS", agreed=True, source="x").code == "NOT_FOUND"
    )
    document = do(sales.li, "exportPersonalData", "document", customerId=of, reason="本人申请")["document"]
    assert [each["channel"] for each in document["consent"]] == ["SMS"]
    assert refuses(sales.steward, "exportPersonalData", customerId=of, reason="x").code == "FORBIDDEN"
    assert sales.li.ask("{ contactPlanDue { totalCount } }") == {"totalCount": 0}
    plan = {"title": "改造", "problem": "产能不足", "solution": "新线", "comparisons": [{"competitor": "甲"}]}
    made = do(sales.li, "createSolutionPlan", "solutionPlan { id version }", customerId=of, **plan)["solutionPlan"]
    for status in ("PROPOSED", "ACCEPTED"):
        step = {"id": made["id"], "version": made["version"], "status": status}
        made = do(sales.li, "setSolutionPlanStatus", "solutionPlan { id version customer { tags } }", **step)[
            "solutionPlan"
        ]
    assert made["customer"] == {"tags": ["伙伴"]}


def test_cus_44_finance_approves_what_another_has_written(sales: Sales) -> None:
    of = sales.customer(sales.li)["id"]
    given = {"customerId": of, "grade": "B", "creditLimit": "50000", "verdict": "付款及时"}
    assert refuses(sales.li, "createCreditEvaluation", **given).code == "FORBIDDEN"
    made = do(sales.steward, "createCreditEvaluation", "creditEvaluation { id version status }", **given)
    credit = made["creditEvaluation"]
    waiting = refuses(sales.steward, "createCreditEvaluation", **given)
    assert (waiting.code, waiting.zh) == ("BAD_STATE", "该客户已有待审批的信用评价，请直接修改。")
    review = {"id": credit["id"], "version": credit["version"], "approve": True}
    shown = "creditEvaluation { status creditLimit customer { name } }"
    approved = do(sales.finance, "reviewCreditEvaluation", shown, **review)["creditEvaluation"]
    assert approved == {"status": "APPROVED", "creditLimit": "50000.00", "customer": None}
    block = "query($id: ID!) { customer(id: $id) { credit { grade creditLimit } } }"
    assert sales.steward.ask(block, id=of) == {"credit": {"grade": "B", "creditLimit": "50000.00"}}
    assert sales.li.ask(block, id=of) == {"credit": None}
