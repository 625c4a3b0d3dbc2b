"""Price lists (SAL-02) as the service keeps them."""

from __future__ import annotations

from typing import Any

from serving.alone import Alone, employee

PRICER = employee("pricer", "price.edit", "product.edit")
SELLER = employee("price-seller", "product.view")


def product(service: Alone, code: str) -> str:
    """The id of a product at 100."""
    given = {"name": "机床", "unit": "台", "list_price": "100"}
    found: str = service.call(PRICER, "create_product", code=code, **given)["product"]["id"]
    return found


def listed(service: Alone, product_id: str, price: str, **more: Any) -> dict[str, Any]:
    """A price list with one price."""
    given = {"name": "华东经销价", "entries": [{"product_id": product_id, "price": price}]} | more
    found: dict[str, Any] = service.call(PRICER, "create_price_list", **given)["price_list"]
    return found


def price(service: Alone, product_id: str, **more: Any) -> tuple[str, str, str | None]:
    """Price, rule and list."""
    found = service.call(SELLER, "price_for", product_id=product_id, **more)
    return found["price"], found["rule"], found["price_list_name"]


def test_a_price_holds_in_its_period_and_while_its_list_is_active(service: Alone) -> None:
    lathe = product(service, "PR-1")
    made = listed(service, lathe, "90.00", starts_on="2026-11-01", ends_on="2026-11-30")

    assert price(service, lathe, on="2026-10-31") == ("100.00", "LIST_PRICE", None)
    assert price(service, lathe, on="2026-11-01") == ("90.00", "PRICE_LIST", "华东经销价")
    assert price(service, lathe, on="2026-11-30") == ("90.00", "PRICE_LIST", "华东经销价")
    assert price(service, lathe, on="2026-12-01") == ("100.00", "LIST_PRICE", None)

    service.call(PRICER, "update_price_list", id=made["id"], version=1, active=False)
    assert price(service, lathe, on="2026-11-15") == ("100.00", "LIST_PRICE", None)


def test_an_edit_replaces_the_prices_and_is_told_whole(service: Alone) -> None:
    lathe = product(service, "PR-2")
    made = listed(service, lathe, "90")
    entries = [{"product_id": lathe, "price": "88"}, {"product_id": lathe, "min_quantity": "10", "price": "80"}]
    service.call(PRICER, "update_price_list", id=made["id"], version=1, entries=entries)

    assert price(service, lathe) == ("88.00", "PRICE_LIST", "华东经销价")
    assert price(service, lathe, quantity="10") == ("80.00", "PRICE_LIST", "华东经销价")
    told = "SELECT data FROM journal WHERE type = 'price_list.updated' AND subject = %s"
    [(data,)] = service.store.rows(told, (f"price_list/{made['id']}",))
    assert [each["price"] for each in data["changes"]["entries"][1]] == ["88", "80"]


def test_what_is_no_price_list_is_refused(service: Alone) -> None:
    lathe = product(service, "PR-3")
    twice = [{"product_id": lathe, "price": "1"}, {"product_id": lathe, "price": "2"}]
    for wrong in (
        {"name": " "},
        {"starts_on": "2026-02-01", "ends_on": "2026-01-01"},
        {"entries": twice},
        {"entries": [{"product_id": lathe, "price": "-1"}]},
        {"entries": [{"product_id": lathe, "price": "1", "min_quantity": "0"}]},
    ):
        given: dict[str, Any] = {"name": "x", "entries": [{"product_id": lathe, "price": "1"}]} | wrong
        assert service.refused(PRICER, "create_price_list", **given) == "VALIDATION", wrong
    unknown = [{"product_id": "01a20a25-e7e8-7000-849c-ae830a1c321e", "price": "1"}]
    assert service.refused(PRICER, "create_price_list", name="x", entries=unknown) == "NOT_FOUND"


def test_only_who_edits_prices_sets_lists_and_floors(service: Alone) -> None:
    lathe = product(service, "PR-4")
    made = listed(service, lathe, "90")
    assert service.refused(SELLER, "update_price_list", id=made["id"], version=1, active=False) == "FORBIDDEN"
    assert service.refused(SELLER, "set_floor_price", id=lathe, version=1, floor_price="80") == "FORBIDDEN"
    assert service.refused(PRICER, "set_floor_price", id=lathe, version=1, floor_price="-1") == "VALIDATION"

    floored = service.call(PRICER, "set_floor_price", id=lathe, version=1, floor_price="80")["product"]
    assert (floored["floor_price"], floored["version"]) == ("80.00", 2)
    assert service.call(SELLER, "price_for", product_id=lathe)["floor_price"] == "80.00"
