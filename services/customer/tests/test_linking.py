"""One view of a customer that other systems know too (CUS-47)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor, ActorKind
from crm_common.protocol.selection import Selected, dump
from selling import created, known, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

SHOP = Actor(
    kind=ActorKind.API_CLIENT,
    id=uuid4(),
    name="shop",
    permissions=frozenset({"customer.import", "customer.view", "pool.import", "pool.view"}),
    scopes={"customer": "ALL"},
)


def pushed(service: Alone, by: Actor = SHOP, **given: Any) -> tuple[str, dict[str, Any]]:
    """A record that the shop sends: what became of it, and the customer."""
    values = {"system": "shop", "external_id": uuid4().hex, "name": "网店客户", "phone": number()} | given
    answer = service.call(by, "upsert_customer", **values)
    return answer["outcome"], answer["customer"]


def links(service: Alone, by: Actor, customer_id: str) -> list[dict[str, str]]:
    names = (Selected("system", "system"), Selected("external_id", "external_id"))
    select = dump([Selected("external_ids", "external_ids", {}, names)])
    return list(service.call(by, "customers_by_ids", ids=[customer_id], select=select)[0]["external_ids"])


def test_cus_47_the_same_record_pushed_twice_is_one_customer(service: Alone) -> None:
    record: dict[str, Any] = {"external_id": "A-1", "name": "网店一号", "phone": number(), "address": "中山路 1 号"}
    outcome, made = pushed(service, SHOP, **record)
    assert (outcome, made["holding"], made["address"]) == ("CREATED", "POOL", "中山路 1 号")
    before = len(service.events())
    again, same = pushed(service, SHOP, **record)
    assert (again, same["id"]) == ("KNOWN", made["id"])
    # other words under the same id are the same customer
    assert pushed(service, SHOP, **record | {"name": "改名"})[1]["id"] == made["id"]
    assert len(service.events()) == before
    assert links(service, SHOP, made["id"]) == [{"system": "shop", "external_id": "A-1"}]


def test_cus_47_a_record_is_matched_by_id_then_by_phone_and_name_and_fills_what_is_empty(service: Alone) -> None:
    li = seller(service, "link.li")
    of = created(service, li, name="华信 科技", address="解放路 9 号")
    sent: dict[str, Any] = {
        "name": "华信 科技",
        "phone": of["phone"],
        "address": "别处",
        "email": "a@shop.example",
        "tags": ["网店"],
    }
    outcome, customer = pushed(service, external_id="B-1", **sent)
    assert (outcome, customer["id"], customer["owner_id"]) == ("LINKED", of["id"], str(li.id))
    assert (customer["address"], customer["email"], customer["tags"]) == ("解放路 9 号", "a@shop.example", ["网店"])
    # by id, though name and phone are others now
    outcome, customer = pushed(service, external_id="B-1", website="https://b.example")
    assert (outcome, customer["id"], customer["website"]) == ("KNOWN", of["id"], "https://b.example")
    assert customer["name"] == "华信 科技"
    found = {"external_ids": {"some": {"system": {"eq": "shop"}, "external_id": {"eq": "B-1"}}}}
    assert [each["id"] for each in service.call(li, "customers", filter=found)["nodes"]] == [of["id"]]


def test_cus_47_a_new_one_is_in_the_name_that_is_told(service: Alone) -> None:
    li = known(service, employee("link.owner", "customer.view"))
    assert pushed(service, owner_id=li.id)[1]["owner_id"] == str(li.id)
    poor = Actor(kind=ActorKind.API_CLIENT, id=uuid4(), name="erp", permissions=frozenset({"customer.import"}))
    record = {"system": "erp", "external_id": "1", "name": "无人", "phone": number()}
    assert service.refused(poor, "upsert_customer", **record) == "FORBIDDEN"
    assert service.refused(poor, "upsert_customer", **record | {"owner_id": uuid4()}) == "VALIDATION"
    assert service.refused(li, "upsert_customer", **record) == "FORBIDDEN"


def test_cus_47_what_is_out_of_scope_is_neither_filled_nor_linked(service: Alone) -> None:
    li, importer = seller(service, "link.hidden"), seller(service, "link.importer", "customer.import")
    of = created(service, li)
    record = {"system": "shop", "external_id": "C-1", "name": of["name"], "phone": of["phone"], "address": "x"}
    before = service.events().count("customer.linked")
    with pytest.raises(Exception, match="DUPLICATE"):
        service.call(importer, "upsert_customer", **record)
    assert service.events().count("customer.linked") == before
    service.call(SHOP, "upsert_customer", **record)
    assert service.refused(importer, "upsert_customer", **record) == "NOT_FOUND"


def test_cus_47_an_external_id_is_of_one_customer(service: Alone) -> None:
    li, other = seller(service, "link.one"), seller(service, "link.other")
    one, two = created(service, li), created(service, li)
    link = {"system": "erp", "external_id": "K-7"}
    service.call(li, "link_customer", id=one["id"], **link)
    assert links(service, li, one["id"]) == [link]
    assert service.refused(li, "link_customer", id=two["id"], **link) == "DUPLICATE"
    before = len(service.events())
    service.call(li, "link_customer", id=one["id"], **link)
    assert len(service.events()) == before
    assert service.refused(li, "link_customer", id=one["id"], system="ERP 1", external_id="x") == "VALIDATION"
    assert service.refused(other, "link_customer", id=one["id"], **link) == "NOT_FOUND"
    assert service.refused(li, "unlink_customer", id=two["id"], **link) == "NOT_FOUND"
    service.call(li, "unlink_customer", id=one["id"], **link)
    service.call(li, "link_customer", id=two["id"], **link)
    assert links(service, li, one["id"]) == []
    told = [each for each in service.events() if each.endswith("linked")][-3:]
    assert told == ["customer.linked", "customer.unlinked", "customer.linked"]


def test_cus_47_twenty_pushes_of_one_record_at_once_are_one_customer(service: Alone) -> None:
    record = {"external_id": "D-1", "name": "同时", "phone": number()}
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: pushed(service, SHOP, **record), range(20)))
    assert len({customer["id"] for _, customer in answers}) == 1
    assert sorted(outcome for outcome, _ in answers) == ["CREATED", *["KNOWN"] * 19]
