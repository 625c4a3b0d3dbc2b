"""Search (SCH-01 … 04) over customers and contacts: words, pinyin, initials, whole numbers; scoped and masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from ledger import waiting
from selling import ENVIRONMENT, created, known, seller
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """The service with all that runs beside its calls: the index follows the journal."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as served:
        assembly = served.runtime.services["customer"]
        assembly.start()
        try:
            yield served
        finally:
            assembly.stop(10)


def hits(service: Alone, person: Actor, text: str) -> list[tuple[str, str]]:
    found = service.call(person, "search", text=text)["hits"]
    return sorted((each["type"], each["title"]) for each in found)


def answered(service: Alone, person: Actor, text: str) -> list[tuple[str, str]] | None:
    """The hits; None while the index is built for the first time."""
    try:
        return hits(service, person, text)
    except CrmError as building:
        if building.rule != "the_index_is_being_built":
            raise
        return None


def until(service: Alone, person: Actor, text: str, wanted: list[tuple[str, str]]) -> None:
    """Wait for the index, which follows the journal."""
    waiting.until(lambda: answered(service, person, text) == wanted, f"{text} finds {wanted}")


def test_sch_01_a_customer_is_found_by_words_readings_and_number_by_who_sees_it(service: Alone) -> None:
    li, stranger = seller(service, "search.li"), seller(service, "search.stranger")
    chief = known(service, employee("search.chief", "customer.view", customer="ALL"))
    made = created(service, li, name="重庆云图软件有限公司", phone="13977778888", region="chongqing")
    wanted = [("Customer", "重庆云图软件有限公司")]
    for text in ("云图软件", "yuntu", "cqyt", "云", "13977778888", "重庆"):
        until(service, li, text, wanted)
        assert hits(service, stranger, text) == []
    assert hits(service, chief, "云图") == wanted
    [hit] = service.call(chief, "search", text="139 7777 8888")["hits"]
    assert {each["name"]: each["text"] for each in hit["details"]}["phone"] == "139****8888"
    assert hits(service, chief, "7777") == []

    service.call(li, "update_customer", id=made["id"], version=1, name="重庆星图软件有限公司")
    until(service, li, "星图", [("Customer", "重庆星图软件有限公司")])
    assert hits(service, li, "云图软件") == []


def test_sch_01_a_contact_is_found_by_who_sees_its_customer(service: Alone) -> None:
    li, stranger = seller(service, "search.contact"), seller(service, "search.contact.stranger")
    made = created(service, li, name="联络公司")
    contact: dict[str, Any] = {"customer_id": made["id"], "name": "欧阳若兰", "title": "采购总监"}
    service.call(li, "create_contact", **contact)
    until(service, li, "ouyang", [("Contact", "欧阳若兰")])
    until(service, li, "采购总监", [("Contact", "欧阳若兰")])
    assert hits(service, stranger, "ouyang") == []
