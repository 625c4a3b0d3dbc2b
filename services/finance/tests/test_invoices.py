"""Invoices (FIN-15): never for more than is owed, one number each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.errors import CrmError
from crm_common.protocol.sales.orders_events import OrderVoided
from infra.postgres import SharedPostgres
from owing.books import FU, TODAY, Books, books, seller
from serving.alone import employee
from serving.hearing import hear

pytestmark = pytest.mark.infra

FEI = employee("fei", "invoice.edit", "invoice.view", invoice="ALL")


@pytest.fixture(scope="module")
def kept(postgres_server: SharedPostgres) -> Iterator[Books]:
    with books(postgres_server) as made:
        yield made


def ask(kept: Books, owed: dict[str, Any], amount: str, **more: Any) -> dict[str, Any]:
    given = {"receivable_id": owed["id"], "title": "北方集团有限公司", "amount": amount} | more
    return dict(kept.service.call(FEI, "request_invoice", **given)["invoice"])


def issue(kept: Books, invoice: dict[str, Any], number: str | None = None) -> dict[str, Any]:
    given = {"number": number or uuid4().hex[:8], "issued_on": TODAY}
    asked = {"id": invoice["id"], "version": invoice["version"]} | given
    return dict(kept.service.call(FEI, "issue_invoice", **asked)["invoice"])


def void(kept: Books, invoice: dict[str, Any]) -> dict[str, Any]:
    asked = {"id": invoice["id"], "version": invoice["version"], "reason": "开错"}
    return dict(kept.service.call(FEI, "void_invoice", **asked)["invoice"])


def sold(kept: Books, amount: str = "8000.00") -> dict[str, Any]:
    return kept.owed(kept.sell(seller(), amount))


def test_fin_15_invoices_of_an_order_are_at_most_what_it_is_worth(kept: Books) -> None:
    owed = sold(kept)
    first = issue(kept, ask(kept, owed, "5000.00"))
    assert (first["state"], first["order_id"], first["issued_by"]) == ("ISSUED", owed["order_id"], str(FEI.id))
    over = {"receivable_id": owed["id"], "title": "x"}
    for amount in ("3000.01", "0.00", "1.001"):
        assert kept.service.refused(FEI, "request_invoice", **over, amount=amount) == "VALIDATION"
    ask(kept, owed, "3000.00")
    assert kept.service.refused(FEI, "request_invoice", **over, amount="0.01") == "VALIDATION"
    void(kept, first)
    assert ask(kept, owed, "5000.00")["state"] == "REQUESTED"
    told = [kind for kind, _ in kept.told(f"invoice/{first['id']}")]
    assert told == ["invoice.requested", "invoice.issued", "invoice.voided"]


def test_invoices_asked_for_at_once_are_at_most_what_it_is_worth(kept: Books) -> None:
    owed = sold(kept, "1000.00")

    def go(_: int) -> str:
        try:
            return str(ask(kept, owed, "300.00")["state"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(12) as crowd:
        assert Counter(crowd.map(go, range(12))) == {"REQUESTED": 3, "VALIDATION": 9}


@pytest.mark.parametrize("state", ["REQUESTED", "ISSUED", "VOIDED"])
def test_an_invoice_allows_what_its_state_knows(kept: Books, state: str) -> None:
    invoice = ask(kept, sold(kept), "10.00")
    if state == "ISSUED":
        invoice = issue(kept, invoice)
    if state == "VOIDED":
        invoice = void(kept, invoice)
    asked = {"id": invoice["id"], "version": invoice["version"]}
    numbered = {"number": uuid4().hex[:8], "issued_on": TODAY}
    if state != "REQUESTED":
        assert kept.service.refused(FEI, "issue_invoice", **asked, **numbered) == "BAD_STATE"
    if state == "VOIDED":
        assert kept.service.refused(FEI, "void_invoice", **asked, reason="x") == "BAD_STATE"
        return
    assert kept.service.refused(FEI, "void_invoice", **asked | {"version": 9}, reason="x") == "CONFLICT"
    assert void(kept, invoice)["state"] == "VOIDED"


def test_a_number_is_used_once_unless_its_invoice_was_voided(kept: Books) -> None:
    owed, number = sold(kept), uuid4().hex[:8]
    first, second = ask(kept, owed, "1.00"), ask(kept, owed, "1.00")
    first = issue(kept, first, number)
    again = {"id": second["id"], "version": 1, "number": number}
    assert kept.service.refused(FEI, "issue_invoice", **again, issued_on=TODAY) == "DUPLICATE"
    tomorrow = TODAY + timedelta(days=1)
    assert kept.service.refused(FEI, "issue_invoice", **again | {"number": "1"}, issued_on=tomorrow) == "VALIDATION"
    void(kept, first)
    assert issue(kept, second, number)["number"] == number


def test_what_is_not_owed_is_not_invoiced_and_special_ones_name_the_tax_number(kept: Books) -> None:
    order = kept.sell(seller())
    owed = kept.owed(order)
    special = {"receivable_id": owed["id"], "title": "x", "amount": "1.00", "kind": "VAT_SPECIAL"}
    assert kept.service.refused(FEI, "request_invoice", **special) == "VALIDATION"
    assert kept.service.refused(FEI, "request_invoice", **special, tax_number="短") == "VALIDATION"
    assert ask(kept, owed, "1.00", kind="VAT_SPECIAL", tax_number="91310000MA1K35XXX1")["kind"] == "VAT_SPECIAL"
    about = {name: getattr(order, name) for name in ("order_id", "number", "customer_id", "owner_id", "amount")}
    hear(kept.service, OrderVoided(**about, reason="取消"))
    asked = {"receivable_id": owed["id"], "title": "x", "amount": "1.00"}
    assert kept.service.refused(FEI, "request_invoice", **asked) == "BAD_STATE"


def test_invoices_are_by_key_and_scope(kept: Books) -> None:
    owed = sold(kept)
    invoice = ask(kept, owed, "10.00")
    near = replace(FEI, id=uuid4(), scopes={})
    given = {"receivable_id": owed["id"], "title": "x", "amount": "1.00"}
    asked = {"id": invoice["id"], "version": 1}
    assert kept.service.refused(near, "request_invoice", **given) == "NOT_FOUND"
    assert kept.service.refused(near, "issue_invoice", **asked, number="1", issued_on=TODAY) == "NOT_FOUND"
    assert kept.service.refused(near, "void_invoice", **asked, reason="x") == "NOT_FOUND"
    assert kept.service.call(near, "invoices_by_ids", ids=[invoice["id"]]) == [None]
    assert kept.service.refused(FU, "request_invoice", **given) == "FORBIDDEN"
    assert kept.service.refused(FU, "invoices") == "FORBIDDEN"
    assert kept.service.refused(None, "invoices") == "UNAUTHENTICATED"
