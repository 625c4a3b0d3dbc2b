"""Products (SAL-01) as the service keeps them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from crm_common.changes import changing
from crm_common.context import system_context
from crm_common.errors import Code, CrmError
from crm_common.protocol.selection import names
from crm_common.runtime.host import host_of
from sales.usecases.products import products_for_sale
from serving.alone import Alone, employee

EDITOR = employee("editor", "product.edit")
SELLER = employee("seller", "product.view")
FUND = {
    "name": "稳健一号混合基金", "kind": "INVESTMENT", "category": "基金", "unit": "份", "list_price": "1.00",
    "term_months": 12, "risk": "R3",
}  # fmt: skip


def made(service: Alone, code: str, **more: Any) -> dict[str, Any]:
    """A product entered by the editor."""
    given = {"name": "数控机床", "unit": "台", "list_price": "120000.00"} | more
    product: dict[str, Any] = service.call(EDITOR, "create_product", code=code, **given)["product"]
    return product


def test_a_product_is_entered_edited_and_told_of(service: Alone) -> None:
    product = made(service, "P-1", **FUND)
    edited = service.call(EDITOR, "update_product", id=product["id"], version=1, list_price="1.05")["product"]

    assert (product["code"], product["risk"], product["term_months"], product["currency"]) == ("P-1", "R3", 12, "CNY")
    assert (edited["list_price"], edited["version"], edited["name"]) == ("1.05", 2, "稳健一号混合基金")
    [(data,)] = service.store.rows(
        "SELECT data FROM journal WHERE type = 'product.updated' AND subject = %s", (f"product/{product['id']}",)
    )
    assert data["changes"] == {"list_price": ["1.00", "1.05"]}


def test_the_same_again_is_no_change(service: Alone) -> None:
    product = made(service, "P-2")
    before = len(service.events())

    same = service.call(EDITOR, "update_product", id=product["id"], version=1, name="数控机床")["product"]

    assert (same["version"], len(service.events())) == (1, before)


def test_a_code_is_unique_whatever_its_case_and_width(service: Alone) -> None:
    made(service, "AB-3")
    other = made(service, "AB-4")
    given = {"name": "x", "unit": "台", "list_price": "1"}

    assert service.refused(EDITOR, "create_product", code="ab-3", **given) == "DUPLICATE"
    assert service.refused(EDITOR, "create_product", code="ＡＢ-3", **given) == "DUPLICATE"
    assert service.refused(EDITOR, "update_product", id=other["id"], version=1, code="ab-3") == "DUPLICATE"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"unit": " "}, "unit"),
        ({"list_price": "-1"}, "list_price"),
        ({"list_price": "0.001"}, "list_price"),
        ({"cost": "NaN"}, "cost"),
        ({"term_months": 3}, "term_months"),
        ({"risk": "R1"}, "risk"),
        ({"kind": "INVESTMENT"}, "risk"),
    ],
)
def test_what_is_no_product_is_refused(service: Alone, given: dict[str, Any], field: str) -> None:
    asked = {"code": "BAD", "name": "机床", "unit": "台", "list_price": "1"} | given

    with pytest.raises(CrmError) as refused:
        service.call(EDITOR, "create_product", **asked)

    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, field)
    assert service.store.rows("SELECT count(*) FROM product WHERE code = 'BAD'") == [(0,)]


def test_an_edit_of_an_old_version_is_a_conflict(service: Alone) -> None:
    product = made(service, "P-5")
    assert service.refused(EDITOR, "update_product", id=product["id"], version=2, name="y") == "CONFLICT"


def test_only_who_edits_products_does_and_sees_what_they_cost(service: Alone) -> None:
    product = made(service, "P-6", cost="80000.00")

    assert product["cost"] == "80000.00"
    [seen] = service.call(SELLER, "products_by_ids", ids=[product["id"]], select=names("id", "list_price", "cost"))
    assert (seen["list_price"], seen["cost"]) == ("120000.00", None)
    assert service.refused(SELLER, "take_product_off_sale", id=product["id"], version=1) == "FORBIDDEN"
    assert service.refused(employee("guest"), "products") == "FORBIDDEN"
    assert service.refused(None, "products") == "UNAUTHENTICATED"


def test_what_is_off_sale_cannot_be_sold_until_it_is_on_sale_again(service: Alone) -> None:
    product = made(service, "P-7")
    [off] = [service.call(EDITOR, "take_product_off_sale", id=product["id"], version=1)["product"]]
    assert (off["on_sale"], off["version"]) == (False, 2)

    refused = _sell(service, UUID(product["id"]))
    assert refused is not None
    assert (refused.code, refused.field, refused.details) == (
        Code.VALIDATION, "lines.0.product_id", {"name": "数控机床"},
    )  # fmt: skip

    service.call(EDITOR, "put_product_on_sale", id=product["id"], version=2)
    assert _sell(service, UUID(product["id"])) is None
    assert service.events()[-2:] == ["product.taken_off_sale", "product.put_on_sale"]
    unknown = _sell(service, UUID(int=7))
    assert unknown is not None
    assert unknown.code is Code.NOT_FOUND


def test_the_catalogue_is_filtered_and_ordered(service: Alone) -> None:
    for number, price in ((1, "30"), (2, "10"), (3, "20")):
        made(service, f"LIST-{number}", category="清单", list_price=price)
    kept = {"and": [{"category": {"eq": "清单"}}, {"list_price": {"gte": "20"}}]}

    answer = service.call(
        SELLER, "products", select=names("code"), filter=kept, order_by=[{"field": "list_price", "direction": "DESC"}]
    )

    assert [each["code"] for each in answer["nodes"]] == ["LIST-1", "LIST-3"]


def _sell(service: Alone, product_id: UUID) -> CrmError | None:
    host = host_of(service.runtime.services["sales"].container)
    with changing(host, system_context("sales", correlation_id="test")) as change:
        try:
            products_for_sale(change, [product_id])
        except CrmError as refused:
            return refused
    return None
