"""Acceptance walk, step 24's files, and DOC-01…15 as people meet them, through GraphQL in both modes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from filing.samples import docx, pdf, png
from standing.person import Person
from standing.systems import System
from walking.company import Company, do, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

REQUEST = "uploadId upload { url method headers { name value } fields { name value } limit }"
FOUND = "query($text: String!) { search(text: $text) { hits { id type title } unavailable } }"
SEEN = "query($id: ID!) { document(id: $id) { id name state number sha256 owner { name } } }"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass
class Sales:
    """Sellers S1 and S2 and their manager M."""

    company: Company
    tag: str
    s1: Person
    s2: Person
    m: Person


@pytest.fixture(scope="module")
def sales(system: System) -> Sales:
    company = Company(system)
    tag = uuid4().hex[:4]
    department = company.department(f"文档部 {tag}")
    position = company.position("销售", department)
    roles = {"s1": "SALES", "s2": "SALES", "m": "SALES_MANAGER"}
    ids = {name: company.employee(f"d{name}.{tag}", position, company.preset(role)) for name, role in roles.items()}
    version = company.version("department", department)
    do(company.admin, "setDepartmentHead", id=department, version=version, headId=ids["m"])
    people = [company.first_login(f"d{name}.{tag}") for name in roles]
    known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s AND cardinality(line) > 0"
    for service in ("customer", "documents"):
        until(lambda: system.rows(known, f"ds%.{tag}", service=service)[0][0] >= 2, "the copies of the employees")  # noqa: B023
    return Sales(company, tag, *people)


def address(by: Person, url: str) -> str:
    """Where an address of the answer leads."""
    return url if url.startswith("http") else by.url + url


def uploaded(by: Person, name: str, content: bytes, content_type: str, **more: Any) -> dict[str, Any]:
    """A file as a front end brings it: ask, PUT, confirm."""
    told = {"name": name, "size": len(content), "contentType": content_type}
    asked = do(by, "requestUpload", REQUEST, sha256=hashlib.sha256(content).hexdigest(), **told, **more)
    upload = asked["upload"]
    headers = {each["name"]: each["value"] for each in upload["headers"]}
    brought = httpx.put(address(by, upload["url"]), content=content, headers=headers, trust_env=False)
    assert brought.status_code == 201, brought.text
    made: dict[str, Any] = do(by, "confirmUpload", "document { id name state version }", uploadId=asked["uploadId"])[
        "document"
    ]
    return made


def test_walk_24_the_word_inside_a_file_is_found_by_those_in_scope_only(sales: Sales) -> None:
    """SCH-01, 04; DOC-03, 04, 12: a contract's file of S1's customer; M sees it, S2 does not, nor its name or count."""
    word = f"华信{sales.tag}"
    given = {"name": f"投资基金客户 {sales.tag}", "phone": f"137{uuid4().int % 10**8:08}"}
    customer = do(sales.s1, "createCustomer", "customer { id }", **given)["customer"]["id"]
    made = uploaded(sales.s1, "合同.docx", docx(f"本合同由 {word} 签订\n基金投资一百万元"), WORD)
    do(sales.s1, "attachDocuments", "documents { id state }", subject=customer, documentIds=[made["id"]])

    def hits(by: Person, text: str) -> list[str]:
        answer = by.ask(FOUND, text=text)
        assert answer["unavailable"] == []
        return [each["id"] for each in answer["hits"]]

    until(lambda: made["id"] in hits(sales.s1, word), "the index follows within 5 s", 15)
    assert made["id"] in hits(sales.m, word)
    assert made["id"] in hits(sales.s1, "投资基金")
    assert customer in hits(sales.s1, "投资基金")
    assert hits(sales.s2, word) == []
    assert sales.s2.ask(SEEN, id=made["id"]) is None
    assert sales.m.ask(SEEN, id=made["id"])["owner"]["name"] == f"ds1.{sales.tag}"


def test_a_file_comes_as_it_went_with_headers_that_open_nothing(sales: Sales) -> None:
    """DOC-01, 12: attachment, nosniff; a second file under the same address is refused."""
    content = pdf("凭证")
    made = uploaded(sales.s1, "付款 凭证.pdf", content, "application/pdf")
    link = do(sales.s1, "downloadDocument", "file { url name }", id=made["id"])["file"]

    taken = httpx.get(address(sales.s1, link["url"]), trust_env=False)

    assert (taken.status_code, taken.content, link["name"]) == (200, content, "付款 凭证.pdf")
    assert taken.headers["x-content-type-options"] == "nosniff"
    assert taken.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert taken.headers["cache-control"] == "private, no-store"
    log = "query($id: ID!) { documentAccesses(documentId: $id) { nodes { action employee { name } } } }"
    told = sales.company.admin.ask(log, id=made["id"])["nodes"]
    assert told == [{"action": "DOWNLOAD", "employee": {"name": f"ds1.{sales.tag}"}}]


def test_an_encrypted_file_comes_through_the_gateway_as_it_went(sales: Sales) -> None:
    """DOC-05: the whole and any part of it; for its owner only."""
    content = ("机密\n" * 60_000).encode()
    made = uploaded(sales.s1, "机密.txt", content, "text/plain")
    done = do(sales.s1, "encryptDocument", "document { isEncrypted }", id=made["id"])["document"]
    link = do(sales.s1, "downloadDocument", "file { url }", id=made["id"])["file"]
    url = address(sales.s1, link["url"])

    whole = httpx.get(url, trust_env=False)
    part = httpx.get(url, headers={"range": "bytes=70000-140000"}, trust_env=False)

    assert done == {"isEncrypted": True}
    assert (whole.status_code, whole.content) == (200, content)
    assert (part.status_code, part.content) == (206, content[70_000:140_001])
    assert part.headers["content-range"] == f"bytes 70000-140000/{len(content)}"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert httpx.get(url[:-4] + "AAAA", trust_env=False).status_code == 403


def test_one_byte_more_is_refused_by_the_store(sales: Sales) -> None:
    """DOC-01: what the address allows is what was told."""
    content = png()
    told = {"name": "a.png", "size": len(content), "contentType": "image/png"}
    asked = do(sales.s1, "requestUpload", REQUEST, sha256=hashlib.sha256(content).hexdigest(), **told)["upload"]
    headers = {each["name"]: each["value"] for each in asked["headers"]}
    url = address(sales.s1, asked["url"])

    assert httpx.put(url, content=content + b"x", headers=headers, trust_env=False).status_code == 413
    assert httpx.put(url, content=content, headers={"content-type": "text/html"}, trust_env=False).status_code == 415
    assert httpx.put(url, content=content, headers=headers, trust_env=False).status_code == 201
    assert httpx.put(url, content=content, headers=headers, trust_env=False).status_code == 409


def test_refusals_are_said_in_both_languages(sales: Sales) -> None:
    told = {"size": 10, "contentType": "application/x-msdownload", "sha256": "0" * 64}
    refusal = refuses(sales.s1, "requestUpload", name="setup.exe", **told)
    assert (refusal.code, refusal.field) == ("VALIDATION", "name")
    assert refusal.en == "Files of this type are not taken (.exe)."
    assert refusal.zh == "不支持上传该类型的文件（.exe）。"
    made = uploaded(sales.s1, "a.png", png(), "image/png")
    refusal = refuses(sales.s2, "deleteDocument", id=made["id"])
    assert (refusal.code, refusal.field, refusal.zh) == ("NOT_FOUND", "id", "记录不存在。")
