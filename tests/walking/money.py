"""People between an order and its money, through GraphQL: seller, operations, finance; and whether it all adds up."""

from __future__ import annotations

import hashlib
import time
from typing import Any
from uuid import uuid4

import httpx

from filing.samples import pdf, png
from standing.person import Person
from standing.systems import System
from walking.company import Company, do, until

REQUEST = "uploadId upload { url method headers { name value } }"
ORDER = "order { id number version state amount }"
RECEIPT = "receipt { id version state amount allocated }"
_OWED = """query($order: ID!) { receivables(filter: {orderId: {eq: $order}}) { nodes {
    id version state title amount received openAmount dueOn
    receipts { id version state amount isVoucherRepeated } } } }"""
_VERIFY = """query($after: String) { verifyMoney(after: $after) { orders receivables next
    differences { rule number orderId receivableId receiptId contractId expected found } } }"""


class Deals(Company):
    """A seller S, operations O and finance F, and a product of 1,000 yuan."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.tag = uuid4().hex[:5]
        place = self.position("业务", self.department(f"业务 {self.tag}"))
        roles = {"s": "SALES", "o": "OPERATIONS", "f": "FINANCE"}
        self.ids = {
            name: self.employee(f"m{name}.{self.tag}", place, self.preset(role)) for name, role in roles.items()
        }
        self.s, self.o, self.f = (self.first_login(f"m{name}.{self.tag}") for name in roles)
        known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s"
        for service in ("customer", "sales", "finance", "documents", "office"):
            found = [(len(roles),)]
            until(
                lambda: system.rows(known, f"m_.{self.tag}", service=service) == found,  # noqa: B023
                f"the copies of the employees in {service}",
            )
        given = {"code": f"P-{self.tag}", "name": "稳健投资基金", "unit": "份", "listPrice": "1000.00"}
        self.product = str(do(self.admin, "createProduct", "product { id }", **given)["product"]["id"])

    def customer(self) -> str:
        """A new customer of the seller's."""
        given = {"name": f"投资客户 {uuid4().hex[:6]}", "phone": f"137{uuid4().int % 10**8:08}"}
        return str(do(self.s, "createCustomer", "customer { id }", **given)["customer"]["id"])

    def file(self, content: bytes, name: str, kind: str) -> str:
        """A file that the seller brings."""
        told = {"name": name, "size": len(content), "contentType": kind, "sha256": hashlib.sha256(content).hexdigest()}
        asked = do(self.s, "requestUpload", REQUEST, **told)
        upload = asked["upload"]
        url = upload["url"] if upload["url"].startswith("http") else self.s.url + upload["url"]
        headers = {each["name"]: each["value"] for each in upload["headers"]}
        brought = httpx.put(url, content=content, headers=headers, trust_env=False)
        assert brought.status_code in (200, 201), brought.text
        made = do(self.s, "confirmUpload", "document { id }", uploadId=asked["uploadId"])
        return str(made["document"]["id"])

    def voucher(self, amount: str, picture: bytes | None = None) -> dict[str, Any]:
        """A payment that the customer made, with its picture."""
        found = png(shade=uuid4().int % 256, width=2 + uuid4().int % 40) if picture is None else picture
        return {"documentId": self.file(found, "打款凭证.png", "image/png"), "amount": amount, "paidOn": "2026-11-20"}

    def submitted(self, count: int, *vouchers: dict[str, Any], **more: Any) -> dict[str, Any]:
        """An order of so many products that waits for review."""
        signed = self.file(pdf(f"contract {uuid4().hex}"), "合同.pdf", "application/pdf")
        given = {
            "customerId": self.customer(),
            "lines": [{"productId": self.product, "quantity": str(count)}],
            "contract": {"name": "投资合同", "signedOn": "2026-11-20", "signedFiles": [signed]},
            "vouchers": list(vouchers),
        }
        return dict(do(self.s, "submitOrder", ORDER, **given | more)["order"])

    def approved(self, count: int, *paid: str) -> dict[str, Any]:
        """An approved order, and finance has heard of it."""
        order = self.submitted(count, *(self.voucher(each) for each in paid))
        given = {"id": order["id"], "version": order["version"], "decision": "APPROVE"}
        decided = dict(do(self.o, "reviewOrder", ORDER, **given)["order"])
        until(lambda: self.owed(decided), "the receivable")
        return decided

    def owed(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        """The receivables of an order, as finance sees them."""
        return list(self.f.ask(_OWED, order=order["id"])["nodes"])

    def confirm(self, receipt: dict[str, Any]) -> dict[str, Any]:
        """The receipt after finance saw the money."""
        return dict(do(self.f, "confirmReceipt", RECEIPT, id=receipt["id"], version=receipt["version"])["receipt"])

    def state(self, order: dict[str, Any]) -> str:
        """Where an order stands."""
        return str(self.s.ask("query($id: ID!) { order(id: $id) { state } }", id=order["id"])["state"])


def differences(person: Person) -> list[dict[str, Any]]:
    """What does not add up right now (BYD-12); asked part by part by somebody who may see reports of finance."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        part = person.ask(_VERIFY, after=after)
        found += part["differences"]
        after = part["next"]
        if after is None:
            return found


def adds_up(person: Person, seconds: float = 30) -> None:
    """The money adds up as soon as everybody has heard of everything; call it after any scenario."""
    end = time.monotonic() + seconds
    while found := differences(person):
        assert time.monotonic() < end, found
        time.sleep(0.1)
