"""Products, prices and quotes through GraphQL in both modes: walk steps 4 and 16 (products, quotes), SAL-01, 02, 14."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader

from standing.systems import System
from walking.company import Company, do, mutation, refused, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

QUOTE = """quote { id number state revision amount currency approval validUntil version ownerName customerName
    lines { name quantity price priceRule priceListName discount amount belowFloor } }"""
ONE = """query($id: ID!) { quote(id: $id) { state approval approvalId version revision customerName amount
    revisions { revision amount sentAt lines { name amount } } } }"""
PAPER = "query($id: ID!, $revision: Int) { quoteDocument(id: $id, revision: $revision) { url name contentType size } }"
WHY = """query($product: ID!, $customer: ID, $quantity: Decimal!) {
    priceFor(productId: $product, customerId: $customer, quantity: $quantity) {
    price rule priceListName floorPrice candidates { name price chosen } } }"""
FIELDS = '{ __type(name: "ProductCustom") { fields { name } } }'
CATALOGUE = """query($filter: ProductFilter, $order: [ProductOrder!]) {
    products(filter: $filter, orderBy: $order, first: 50) { nodes { code custom { json } } } }"""
FOUND = "query($text: String!) { search(text: $text) { hits { id type title } } }"
SETTING = "mutation($in: ChangeSettingInput!) { changeSetting(input: $in) { userErrors { code } } }"
RUN = """mutation($in: RunJobInput!) { runJob(input: $in) {
    run { outcome report } userErrors { code field message } } }"""


class Walk(Company):
    """Sellers S1 and S2, their head M; the administrator keeps catalogue and prices."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.tag = uuid4().hex[:5]
        department = self.department(f"报价部 {self.tag}")
        position = self.position("销售", department)
        roles = {"s1": "SALES", "s2": "SALES", "m": "SALES_MANAGER"}
        ids = {name: self.employee(f"{name}.{self.tag}", position, self.preset(role)) for name, role in roles.items()}
        version = self.version("department", department)
        do(self.admin, "setDepartmentHead", id=department, version=version, headId=ids["m"])
        known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s AND cardinality(line) > 0"
        for service in ("customer", "sales"):
            asked = partial(system.rows, known, f"%.{self.tag}", service=service)
            until(lambda: asked()[0][0] >= 2, "copies of employees")  # noqa: B023 - waited for at once
        self.s1, self.s2, self.m = (self.first_login(f"{name}.{self.tag}") for name in roles)
        self.customer = self._customer()

    def product(self, code: str, **more: Any) -> str:
        """A machine at 100 000.00."""
        given = {"code": f"{code}-{self.tag}", "name": "数控机床", "unit": "台", "listPrice": "100000.00"} | more
        return str(do(self.admin, "createProduct", "product { id }", **given)["product"]["id"])

    def quote(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A draft of S2's."""
        made: dict[str, Any] = do(self.s2, "createQuote", QUOTE, customerId=self.customer, lines=list(lines), **more)
        return dict(made["quote"])

    def sent(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A quote that the customer has."""
        made = self.quote(*lines, **more)
        return dict(do(self.s2, "sendQuote", QUOTE, id=made["id"], version=made["version"])["quote"])

    def paper(self, quote: dict[str, Any], revision: int | None = None) -> tuple[dict[str, Any], str]:
        """A quote's file, and what it says without spaces."""
        file = self.s2.ask(PAPER, id=quote["id"], revision=revision)
        got = httpx.get(httpx.URL(self.system.url).join(file["url"]), trust_env=False)
        assert (got.status_code, got.headers["content-type"]) == (200, "application/pdf")
        assert len(got.content) == file["size"]
        said = "".join(page.extract_text() for page in PdfReader(BytesIO(got.content)).pages)
        return file, "".join(said.split())

    def _customer(self) -> str:
        given = {"name": f"北方集团 {self.tag}", "phone": f"139{uuid4().int % 10**8:08}", "level": "a"}
        made = do(self.s2, "createCustomer", "customer { id }", **given)["customer"]["id"]
        known = "SELECT count(*) FROM customer_ref WHERE name = %s"
        until(lambda: self.system.rows(known, given["name"], service="sales") == [(1,)], "the copy of the customer")
        return str(made)


@pytest.fixture(scope="module")
def walk(system: System) -> Walk:
    return Walk(system)


@pytest.fixture
def time_travel(walk: Walk) -> Iterator[None]:
    """Jobs may run as of another moment, until the test has ended."""
    for value, between in (("true", True), ("false", False)):
        walk.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": value}})
        if between:
            yield


def test_walk_4_cfd_01_byd_04_a_number_of_products_is_typed_filtered_and_sorted(walk: Walk) -> None:
    key = f"term{walk.tag}"
    given = {"key": key, "type": "NUMBER", "name": "期限", "searchable": True, "sortable": True}
    do(walk.admin, "createProductField", "field { id version }", **given)
    until(lambda: key in {each["name"] for each in walk.admin.ask(FIELDS)["fields"]}, "the typed field")
    for code, term in (("T1", "24"), ("T2", "6"), ("T3", "12")):
        walk.product(code, custom={key: term})

    kept = {"custom": {key: {"gte": "12"}}}
    # the index is built in the background; until then the values themselves are compared
    found = walk.s2.ask(CATALOGUE, filter=kept, order=[{"field": f"CUSTOM_{key.upper()}", "direction": "ASC"}])

    assert [each["code"] for each in found["nodes"]] == [f"T3-{walk.tag}", f"T1-{walk.tag}"]
    bad = refuses(
        walk.admin, "createProduct", code="x", name="x", unit="台", listPrice="1", custom={"json": {key: "many"}}
    )
    assert (bad.code, bad.field) == ("VALIDATION", f"custom.{key}")


def test_sal_01_16_a_product_is_found_by_its_words_and_off_sale_it_is_offered_no_more(walk: Walk) -> None:
    fund = walk.product("F1", name=f"稳健增长基金{walk.tag}", kind="INVESTMENT", risk="R2", termMonths=12, unit="份")
    until(lambda: fund in {each["id"] for each in walk.s2.ask(FOUND, text="增长基金")["hits"]}, "the product in search")
    draft = walk.quote({"productId": fund, "quantity": "1"})

    assert refuses(walk.s2, "takeProductOffSale", id=fund, version=1).code == "FORBIDDEN"
    do(walk.admin, "takeProductOffSale", "product { onSale }", id=fund, version=1)

    lines = [{"productId": fund, "quantity": "1"}]
    off = refuses(walk.s2, "createQuote", customerId=walk.customer, lines=lines)
    assert (off.code, off.field) == ("VALIDATION", "lines.0.productId")
    assert off.zh == f"产品“稳健增长基金{walk.tag}”已下架，不能销售。"
    assert refuses(walk.s2, "sendQuote", id=draft["id"], version=1).code == "VALIDATION"


def test_sal_02_a_price_is_explained(walk: Walk) -> None:
    lathe = walk.product("P1")
    for name, price, more in (("A 级客户价", "96000", {"levels": ["a"]}), ("大客户价", "90000", {"levels": ["b"]})):
        entries = [{"productId": lathe, "price": price}]
        do(walk.admin, "createPriceList", "priceList { id }", name=f"{name} {walk.tag}", entries=entries, **more)

    mine = walk.s2.ask(WHY, product=lathe, customer=walk.customer, quantity="2")
    nobodys = walk.s2.ask(WHY, product=lathe, quantity="2")

    assert (mine["price"], mine["rule"], mine["priceListName"]) == ("96000.00", "PRICE_LIST", f"A 级客户价 {walk.tag}")
    assert (nobodys["price"], nobodys["rule"], nobodys["candidates"]) == ("100000.00", "LIST_PRICE", [])
    assert refused(walk.s1, WHY, product=lathe, customer=walk.customer, quantity="2").code == "NOT_FOUND"
    line = walk.quote({"productId": lathe, "quantity": "3", "discount": "0.05"})["lines"][0]
    assert (line["price"], line["priceRule"], line["amount"]) == ("96000.00", "PRICE_LIST", "273600.00")


def test_walk_16_sal_14_a_quote_below_the_floor_is_approved_sent_on_paper_revised_and_accepted(walk: Walk) -> None:
    lathe = walk.product("Q1")
    do(walk.admin, "setFloorPrice", "product { floorPrice }", id=lathe, version=1, floorPrice="90000.00")
    made = walk.quote({"productId": lathe, "quantity": "1", "discount": "0.2"}, terms="货到付款")
    assert (made["state"], made["approval"], made["amount"]) == ("DRAFT", "NEEDED", "80000.00")
    blocked = refuses(walk.s2, "sendQuote", id=made["id"], version=1)
    assert (blocked.code, blocked.zh) == ("BAD_STATE", "存在低于底价的产品，请先提交审批。")

    asked = do(walk.s2, "requestQuoteApproval", QUOTE, id=made["id"], version=1, reason="老客户")["quote"]
    assert asked["approval"] == "PENDING"
    assert refuses(walk.s2, "updateQuote", id=made["id"], version=2, terms="x").code == "BAD_STATE"
    box = "{ myApprovals(box: TO_DO, first: 100) { nodes { id kind recordType version form } } }"
    waiting = until(lambda: walk.m.ask(box)["nodes"], "the question to the head")
    assert (waiting[0]["kind"], waiting[0]["form"]["quote"]) == ("quote_price", made["number"])
    do(walk.m, "decideApproval", "approval { state }", id=waiting[0]["id"], version=1, verdict="APPROVE")
    approved = until(
        lambda: (seen := walk.s2.ask(ONE, id=made["id"]))["approval"] == "APPROVED" and seen, "the approval"
    )
    assert approved["approvalId"] == waiting[0]["id"]

    _, draft = walk.paper(made)
    sent = do(walk.s2, "sendQuote", QUOTE, id=made["id"], version=approved["version"])["quote"]
    assert (sent["state"], sent["revision"]) == ("SENT", 1)
    file, said = walk.paper(sent)
    assert file["name"] == f"{made['number']}-1.pdf"
    for words in (f"北方集团{walk.tag}", made["number"], "80,000.00", "货到付款", sent["validUntil"]):
        assert words in said
    assert ("草稿" in draft, "草稿" in said) == (True, False)

    revised = do(walk.s2, "reviseQuote", QUOTE, id=made["id"], version=sent["version"])["quote"]
    dearer = [{"productId": lathe, "quantity": "1", "discount": "0.1"}]
    edited = do(walk.s2, "updateQuote", QUOTE, id=made["id"], version=revised["version"], lines=dearer)["quote"]
    assert (edited["revision"], edited["amount"], edited["approval"]) == (2, "90000.00", "NOT_NEEDED")
    again = do(walk.s2, "sendQuote", QUOTE, id=made["id"], version=edited["version"])["quote"]
    kept = walk.s2.ask(ONE, id=made["id"])["revisions"]
    assert [(each["revision"], each["amount"]) for each in kept] == [(1, "80000.00"), (2, "90000.00")]
    assert "80,000.00" in walk.paper(again, 1)[1]
    assert "90,000.00" in walk.paper(again)[1]
    accepted = do(walk.s2, "acceptQuote", QUOTE, id=made["id"], version=again["version"])["quote"]
    assert accepted["state"] == "ACCEPTED"


def test_sal_14_a_quote_is_its_owner_s_and_seen_in_scope_only(walk: Walk) -> None:
    lathe = walk.product("R1")
    made = walk.quote({"productId": lathe, "quantity": "1"})
    assert walk.s1.ask(ONE, id=made["id"]) is None
    assert refused(walk.s1, PAPER, id=made["id"]).code == "NOT_FOUND"
    assert walk.m.ask(ONE, id=made["id"])["amount"] == "100000.00"
    edit = {"id": made["id"], "version": 1, "terms": "x"}
    assert refuses(walk.s1, "updateQuote", **edit).code == "NOT_FOUND"
    assert refuses(walk.m, "updateQuote", **edit).code == "FORBIDDEN"
    lines = [{"productId": lathe, "quantity": "1"}]
    assert refuses(walk.s1, "createQuote", customerId=walk.customer, lines=lines).code == "NOT_FOUND"
    assert refuses(walk.m, "createQuote", customerId=walk.customer, lines=lines).code == "FORBIDDEN"
    assert refuses(walk.s2, "updateQuote", **edit | {"version": 2}).code == "CONFLICT"
    document = mutation("createQuote", "quote { id number }")
    given = {"customerId": walk.customer, "lines": lines, "idempotencyKey": f"q-{walk.tag}"}
    first, second = (walk.s2.ask(document, **{"in": given})["quote"] for _ in range(2))
    assert first == second


def test_sal_07_the_lines_of_an_order_are_those_of_its_quote_which_is_accepted_by_it(walk: Walk) -> None:
    lathe = walk.product("O1")
    lines = [{"productId": lathe, "quantity": "2", "discount": "0.125"}, {"productId": lathe, "quantity": "0.5"}]
    sent = walk.sent(*lines)
    deal = do(
        walk.s2, "createOpportunity", "opportunity { id }", customerId=walk.customer, name="新线", source="老客户"
    )["opportunity"]["id"]
    draft = walk.quote({"productId": lathe, "quantity": "1"})
    assert refuses(walk.s2, "orderOpportunity", id=deal, quoteId=draft["id"]).code == "BAD_STATE"

    order = do(
        walk.s2, "orderOpportunity", "order { amount quoteId lines { name quantity price discount amount } }",
        id=deal, quoteId=sent["id"],
    )["order"]  # fmt: skip

    assert order["amount"] == sent["amount"] == "225000.00"
    shown = ("name", "quantity", "price", "discount", "amount")
    assert order["lines"] == [{name: each[name] for name in shown} for each in sent["lines"]]
    assert walk.s2.ask(ONE, id=sent["id"])["state"] == "ACCEPTED"


@pytest.mark.usefixtures("time_travel")
def test_sal_14_cus_15_a_quote_expires_after_thirty_days_and_counts_as_a_sales_record(walk: Walk) -> None:
    lathe = walk.product("E1")
    due = "query($id: ID!) { customer(id: $id) { reclaimDueAt } }"
    before = walk.s2.ask(due, id=walk.customer)["reclaimDueAt"]
    sent = walk.sent({"productId": lathe, "quantity": "1"})
    until(lambda: walk.s2.ask(due, id=walk.customer)["reclaimDueAt"] > before, "the later reclaim")
    last = datetime.fromisoformat(sent["validUntil"]).replace(tzinfo=UTC)
    assert last.date() == (datetime.now(UTC) + timedelta(hours=8)).date() + timedelta(days=30)

    for days, state in ((0, "SENT"), (1, "EXPIRED")):
        at = (last + timedelta(days=days)).isoformat()
        run = walk.admin.ask(RUN, **{"in": {"name": "sales.quotes_expire", "asOf": at}})["run"]
        assert run["outcome"] == "DONE"
        assert walk.s2.ask(ONE, id=sent["id"])["state"] == state

    deal = do(
        walk.s2, "createOpportunity", "opportunity { id }", customerId=walk.customer, name="扩产", source="老客户"
    )["opportunity"]["id"]
    gone = refuses(walk.s2, "orderOpportunity", id=deal, quoteId=sent["id"])
    assert (gone.code, gone.field) == ("BAD_STATE", "quoteId")
    late = refuses(walk.s2, "acceptQuote", id=sent["id"], version=sent["version"] + 1)
    assert (late.code, late.zh) == ("BAD_STATE", f"报价已于 {sent['validUntil']} 过期，请重新报价。")
    assert Decimal(sent["amount"]) == Decimal(100_000)
