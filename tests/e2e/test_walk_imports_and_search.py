"""Acceptance walk, steps 5 and 24 (customers), through GraphQL in both modes: a file comes in and is found."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

JOB = """query($id: ID!) { customerImport(id: $id) {
    state total created updated skipped failed takenBack kept problem owner { id } } }"""
UPLOAD = "job { id state } upload { url method headers { name value } limit }"
FOUND = """query($text: String!) { search(text: $text) {
    hits { id type title details { name text } } counts { type count } unavailable } }"""
NAMES = "{ myCustomers(first: 50) { totalCount nodes { id name phone ownerName } } }"


@dataclass
class Sales:
    """Sellers S1 and S2 and their manager M."""

    company: Company
    tag: str
    s1: Person
    s2: Person
    m: Person

    @property
    def url(self) -> str:
        """Of the gateway."""
        return self.company.system.url


@pytest.fixture(scope="module")
def sales(system: System) -> Sales:
    company = Company(system)
    tag = uuid4().hex[:4]
    department = company.department(f"导入部 {tag}")
    position = company.position("销售", department)
    roles = {"s1": "SALES", "s2": "SALES", "m": "SALES_MANAGER"}
    ids = {name: company.employee(f"{name}.{tag}", position, company.preset(role)) for name, role in roles.items()}
    version = company.version("department", department)
    do(company.admin, "setDepartmentHead", id=department, version=version, headId=ids["m"])
    people = [company.first_login(f"{name}.{tag}") for name in roles]
    known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s AND cardinality(line) > 0"
    until(lambda: system.rows(known, f"%.{tag}", service="customer")[0][0] >= 2, "the copies of the employees")
    return Sales(company, tag, *people)


def workbook(rows: list[list[Any]]) -> bytes:
    """An XLSX file with the usual headings."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("客户")
        for place, row in enumerate([["客户名称*", "联系电话", "邮箱", "备注"], *rows]):
            sheet.write_row(place, 0, row)
    return made.getvalue()


def imported(sales: Sales, by: Person, content: bytes, **given: Any) -> dict[str, Any]:
    """The import of a workbook as a front end does it: start, upload, look at the mapping, run, wait."""
    begun = do(by, "startCustomerImport", UPLOAD, kind="CUSTOMER", fileName="客户.xlsx", **given)
    upload, job = begun["upload"], begun["job"]["id"]
    assert upload["method"] == "PUT"
    headers = {each["name"]: each["value"] for each in upload["headers"]}
    address = upload["url"] if upload["url"].startswith("http") else sales.url + upload["url"]
    brought = httpx.put(address, content=content, headers=headers, trust_env=False)
    assert brought.status_code in (200, 201, 204), brought.text
    assert do(by, "mapCustomerImport", "job { state total }", id=job)["job"]["state"] == "MAPPED"
    do(by, "runCustomerImport", "job { id }", id=job)
    until(lambda: by.ask(JOB, id=job)["state"] in ("DONE", "FAILED"), "the import ends", 60)
    found: dict[str, Any] = by.ask(JOB, id=job)
    return found | {"id": job}


def test_walk_5_a_file_of_twelve_rows_creates_eight_skips_three_and_fails_one(sales: Sales) -> None:
    """IOX-01, CUS-54: 8 good, 2 repeating a row of the file, 1 repeating K0, 1 without phone; again: 0 created."""
    tag = sales.tag
    k0 = {"name": f"K0 {tag}", "phone": "13811110000"}
    do(sales.s1, "createCustomer", "customer { id }", **k0)
    good = [[f"K{place} {tag}", 13811110000 + place, f"k{place}@example.com", ""] for place in range(1, 9)]
    repeated = [[f" k1 {tag}", "+86 138-1111-0001", "", ""], [f"K2 {tag}", "13811110002", "", ""]]
    content = workbook([*good, *repeated, [f"K0 {tag}", "138 1111 0000", "", ""], [f"K9 {tag}", "", "", ""]])

    first = imported(sales, sales.s1, content)
    second = imported(sales, sales.s1, content)

    assert [first[key] for key in ("state", "total", "created", "skipped", "failed")] == ["DONE", 12, 8, 3, 1]
    assert [second[key] for key in ("created", "skipped", "failed")] == [0, 11, 1]
    mine = [each for each in sales.s1.ask(NAMES)["nodes"] if each["name"].lower().startswith("k")]
    assert len(mine) == 9
    assert {each["ownerName"] for each in mine} == {f"s1.{tag}"}
    link = sales.s1.ask("query($id: ID!) { customerImportFile(id: $id, which: ERRORS) { url name } }", id=first["id"])
    address = link["url"] if link["url"].startswith("http") else sales.url + link["url"]
    assert httpx.get(address, trust_env=False).status_code == 200
    # somebody else's import is nobody else's business
    assert sales.s2.ask(JOB, id=first["id"]) is None


def test_an_import_is_refused_without_the_right_and_nothing_is_kept(sales: Sales) -> None:
    guest = sales.company.role(f"游客 {sales.tag}", "org.view")
    department = sales.company.department(f"游客 {sales.tag}")
    sales.company.employee(f"guest.{sales.tag}", sales.company.position("游客", department), guest)
    person = sales.company.first_login(f"guest.{sales.tag}")
    document = """mutation($in: StartCustomerImportInput!) { startCustomerImport(input: $in) {
        job { id } userErrors { code field } } }"""
    assert person.refused(document, **{"in": {"kind": "CUSTOMER", "fileName": "x.xlsx"}})[0] == "FORBIDDEN"


def test_walk_24_a_customer_is_found_by_word_and_reading_in_scope_only(sales: Sales) -> None:
    """SCH-01, 02, 04: the owner and his manager find it, a colleague does not; a part of the phone finds nothing."""
    phone = f"137{uuid4().int % 10**8:08}"
    name = f"张三丰投资基金{sales.tag}"
    made = do(sales.s1, "createCustomer", "customer { id }", name=name, phone=phone)["customer"]["id"]

    def hits(by: Person, text: str) -> list[str]:
        answer = by.ask(FOUND, text=text)
        assert answer["unavailable"] == []
        return [each["id"] for each in answer["hits"]]

    until(lambda: made in hits(sales.s1, name), "the index follows within 5 s", 15)
    assert made in hits(sales.m, "基金投资")
    assert made in hits(sales.s1, "zhangsanfeng")
    assert made not in hits(sales.s2, name)
    assert hits(sales.s1, phone) == [made]
    assert phone not in str(sales.m.ask(FOUND, text=phone))
    assert made not in hits(sales.m, phone[:8])
    assert made not in hits(sales.s1, phone[3:])
