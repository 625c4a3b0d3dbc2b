"""Submitting orders (SAL-17, 18): everything in one call, what lacks is named, neighbours keep what the order needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from crm_common.runtime.local import LocalPeerClient
from filing.samples import png
from infra.postgres import SharedPostgres
from ordering.company import Company, company

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def firm(postgres_server: SharedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(postgres_server, tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.fixture
def li(firm: Company) -> Actor:
    return firm.seller("submit.li")


def faults(firm: Company, by: Actor, **given: Any) -> list[tuple[str, str | None]]:
    """Code and field of everything that a refused submission names."""
    with pytest.raises(CrmError) as refused:
        firm.sales.call(by, "submit_order", **given)
    return [(each.code.value, each.field) for each in (refused.value, *refused.value.also)]


def draft(firm: Company, by: Actor, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = firm.sales.call(by, "create_order", **{"customer_id": firm.customer_of(by)} | given)["order"]
    return made


def item(firm: Company, quantity: str = "1", **product: Any) -> dict[str, Any]:
    return {"product_id": firm.product(**product), "quantity": quantity}


def whole(firm: Company, by: Actor) -> dict[str, Any]:
    """Everything that an order needs."""
    return {"lines": [item(firm)], "contract": firm.signed(by), "vouchers": [firm.voucher(by)]}


def test_walk_17_what_lacks_is_named_until_nothing_does(firm: Company, li: Actor) -> None:
    order, before = draft(firm, li), firm.holds()
    known = {"id": order["id"], "version": order["version"]}
    assert faults(firm, li, **known) == [
        ("VALIDATION", "lines"), ("VALIDATION", "contract"), ("VALIDATION", "vouchers")
    ]  # fmt: skip
    lines = [item(firm)]
    assert faults(firm, li, **known, lines=lines) == [("VALIDATION", "contract"), ("VALIDATION", "vouchers")]
    contract = firm.signed(li)
    assert faults(firm, li, **known, lines=lines, contract=contract) == [("VALIDATION", "vouchers")]
    assert firm.holds() == before

    voucher = firm.voucher(li)
    after = firm.sales.call(li, "submit_order", **known, lines=lines, contract=contract, vouchers=[voucher])["order"]

    assert (after["state"], after["amount"], after["voucher_amount"]) == ("PENDING_REVIEW", "120000.00", "50000.00")
    assert firm.sales.refused(li, "update_order", id=order["id"], version=2, remark="x") == "BAD_STATE"
    [kept] = firm.finance.call(li, "contracts_by_ids", ids=[after["contract_id"]])
    assert (kept["state"], kept["amount"]) == ("SIGNED", "120000.00")
    assert firm.customer.call(li, "release_customers", ids=[order["customer_id"]], reason="x")["results"][0][
        "code"
    ] == ("BAD_STATE")
    found = firm.documents.call(li, "documents_by_ids", ids=[voucher["document_id"]])[0]
    assert firm.documents.refused(li, "delete_document", id=found["id"]) == "BAD_STATE"


def test_a_new_order_is_submitted_in_one_call_and_a_repeated_call_is_the_same_one(firm: Company, li: Actor) -> None:
    given = {"customer_id": firm.customer_of(li), **whole(firm, li), "idempotency_key": f"order-{uuid4()}"}
    first = firm.sales.call(li, "submit_order", **given)["order"]
    again = firm.sales.call(li, "submit_order", **given)["order"]
    assert first == again
    assert first["state"] == "PENDING_REVIEW"
    told = firm.sales.store.rows("SELECT type FROM journal WHERE subject = %s ORDER BY seq", (f"order/{first['id']}",))
    assert [each[0] for each in told] == ["order.created", "order.submitted"]
    contracts = firm.finance.call(li, "contracts", filter={"customer_id": {"eq": given["customer_id"]}})["nodes"]
    assert [each["id"] for each in contracts] == [first["contract_id"]]
    assert faults(firm, li, **given | {"customer_id": None, "idempotency_key": None}) == [("VALIDATION", "customer_id")]


def test_withdrawn_and_rejected_orders_let_go_of_what_they_held(firm: Company, li: Actor) -> None:
    reviewer = firm.person("submit.reviewer", "order.view", "order.review", order="ALL")
    before = firm.holds()
    given = {"customer_id": firm.customer_of(li), **whole(firm, li)}
    order = firm.sales.call(li, "submit_order", **given)["order"]
    assert len(firm.holds()) == len(before) + 1
    stranger = firm.seller("submit.stranger")
    assert firm.sales.refused(stranger, "withdraw_order", id=order["id"], version=order["version"]) == "NOT_FOUND"

    drafted = firm.sales.call(li, "withdraw_order", id=order["id"], version=order["version"])["order"]
    assert (drafted["state"], firm.holds()) == ("DRAFT", before)
    # what the order has need not be said again
    order = firm.sales.call(li, "submit_order", id=order["id"], version=drafted["version"])["order"]
    assert (order["state"], len(firm.holds())) == ("PENDING_REVIEW", len(before) + 1)
    decided = {"id": order["id"], "version": order["version"], "decision": "REJECT", "reason": "凭证不清"}
    rejected = firm.sales.call(reviewer, "review_order", **decided)["order"]
    assert (rejected["state"], firm.holds()) == ("REJECTED", before)
    voucher = given["vouchers"][0]["document_id"]
    firm.documents.call(li, "delete_document", id=voucher)
    assert firm.sales.call(li, "cancel_order", id=order["id"], version=rejected["version"])["order"]["state"] == (
        "CANCELLED"
    )


def test_an_approved_order_keeps_its_vouchers_and_sets_its_customer_free(firm: Company, li: Actor) -> None:
    reviewer = firm.person("submit.reviewer", "order.view", "order.review", order="ALL")
    before = firm.holds()
    given = {"customer_id": firm.customer_of(li), **whole(firm, li)}
    order = firm.sales.call(li, "submit_order", **given)["order"]

    firm.sales.call(reviewer, "review_order", id=order["id"], version=order["version"], decision="APPROVE")

    assert firm.holds() == before
    voucher = given["vouchers"][0]["document_id"]
    assert firm.documents.refused(li, "delete_document", id=voucher) == "BAD_STATE"


def test_orders_are_of_one_s_own_customers(firm: Company, li: Actor) -> None:
    wang = firm.seller("submit.wang")
    chief = firm.person("submit.chief", "customer.view", "order.create", "order.submit", customer="ALL", order="ALL")
    mine = firm.customer_of(li)
    assert firm.sales.refused(wang, "create_order", customer_id=mine) == "NOT_FOUND"
    assert firm.sales.refused(chief, "create_order", customer_id=mine) == "FORBIDDEN"
    order = draft(firm, li, customer_id=mine)
    assert faults(firm, wang, id=order["id"], version=1) == [("NOT_FOUND", "id")]
    firm.customer.call(li, "release_customers", ids=[mine], reason="无意向")
    keeper = firm.person("submit.keeper", "customer.view", "pool.view", "order.create", customer="ALL")
    assert firm.sales.refused(keeper, "create_order", customer_id=mine) == "READ_ONLY"
    [code, _] = faults(firm, li, id=order["id"], version=1, **whole(firm, li))[0]
    assert code == "NOT_FOUND"


def test_papers_are_one_s_own_of_the_same_customer_and_of_the_right_kind(firm: Company, li: Actor) -> None:
    wang = firm.seller("submit.wang")
    order, other = draft(firm, li), firm.customer_of(li)
    known = {"id": order["id"], "version": order["version"], "lines": [item(firm)]}
    signed = firm.finance.call(li, "register_signed_contract", **firm.signed(li), customer_id=other, amount="1.00")[
        "contract"
    ]["id"]
    vouchers = [firm.voucher(li)]
    assert faults(firm, li, **known, vouchers=vouchers, contract_id=signed) == [("VALIDATION", "contract_id")]
    assert faults(firm, li, **known, vouchers=vouchers, contract_id=str(uuid4())) == [("NOT_FOUND", "contract_id")]
    assert faults(firm, li, **known, vouchers=vouchers, contract_id=signed, contract=firm.signed(li)) == [
        ("VALIDATION", "contract")
    ]
    for voucher, code in (
        (firm.voucher(wang), "NOT_FOUND"),
        (firm.voucher(li) | {"document_id": firm.file(li, "note.txt", b"50 000 yuan")}, "VALIDATION"),
    ):
        [(found, field)] = faults(firm, li, **known, contract=firm.signed(li), vouchers=[voucher])
        assert (found, field) == (code, "vouchers.0.document_id")
    assert faults(firm, li, **known, contract=firm.signed(li), vouchers=vouchers * 2) == [("VALIDATION", "vouchers")]
    assert firm.sales.call(li, "orders_by_ids", ids=[order["id"]])[0]["state"] == "DRAFT"


def test_off_sale_products_are_on_no_new_order(firm: Company, li: Actor) -> None:
    """SAL-01."""
    refused = firm.sales.refused(
        li, "create_order", customer_id=firm.customer_of(li), lines=[item(firm, on_sale=False)]
    )
    assert refused == "VALIDATION"


def test_what_a_submission_that_died_held_is_let_go_of(
    firm: Company, li: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the customer was held: a row says so, and the job acts on it when patience is over."""
    before = firm.holds()
    order = draft(firm, li)
    ask = LocalPeerClient.call

    def dies(self: LocalPeerClient, service: str, method: str, *rest: Any) -> bytes:
        if method in ("lock_documents", "release_hold"):
            raise SystemError("the process died")
        return ask(self, service, method, *rest)

    with monkeypatch.context() as death:
        death.setattr(LocalPeerClient, "call", dies)
        with pytest.raises(Exception, match="the_service_failed"):
            firm.sales.call(li, "submit_order", id=order["id"], version=1, **whole(firm, li))
    assert len(firm.holds()) == len(before) + 1
    assert firm.run("sales.order_holds")["report"] == {"released": 0, "held": 0}
    with firm.sales.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE order_hold SET noted_at = noted_at - interval '6 minutes'")

    assert firm.run("sales.order_holds")["report"] == {"released": 1, "held": 0}
    assert firm.holds() == before
    assert firm.sales.store.rows("SELECT FROM order_hold WHERE order_id = %s", (order["id"],)) == []


def test_byd_12_the_same_picture_uploaded_twice_is_flagged_in_review(firm: Company, li: Actor) -> None:
    picture = png(3, 3, shade=77)
    made = []
    for _ in range(2):
        given = whole(firm, li) | {
            "vouchers": [firm.voucher(li) | {"document_id": firm.file(li, "v.png", picture)}],
            "customer_id": firm.customer_of(li),
        }
        made.append(firm.sales.call(li, "submit_order", **given)["order"])
    rows = firm.sales.store.rows(
        "SELECT count(DISTINCT order_id), count(DISTINCT sha256) FROM order_voucher WHERE order_id = ANY(%s::uuid[])",
        ([each["id"] for each in made],),
    )
    assert rows == [(2, 1)]
