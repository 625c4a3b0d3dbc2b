"""Partners, suppliers and agents (CUS-52): their own records, never among the customers."""

from __future__ import annotations

from typing import Any

import pytest

from selling import number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

BUYER = employee("partner.buyer", "partner.edit", "partner.view")


def test_cus_52_a_supplier_is_kept_once_and_is_no_customer(service: Alone) -> None:
    phone = number()
    given: dict[str, Any] = {"type": "SUPPLIER", "name": "供货 有限公司", "phone": phone, "region": "beijing"}
    made = service.call(BUYER, "create_partner", **given)["partner"]
    assert {name: made[name] for name in given} == given
    assert service.refused(BUYER, "create_partner", **given | {"type": "AGENT"}) == "DUPLICATE"
    assert service.refused(BUYER, "create_partner", **given | {"name": "x", "region": "火星"}) == "VALIDATION"
    everybody = employee("partner.everybody", "customer.view", customer="ALL")
    assert service.call(everybody, "customers", filter={"phone": {"eq": phone}})["nodes"] == []
    assert service.refused(everybody, "partners") == "FORBIDDEN"
    found = service.call(BUYER, "partners", filter={"phone": {"eq": f"+86 {phone}"}})["nodes"]
    assert [each["id"] for each in found] == [made["id"]]
    assert phone not in str(service.store.rows("SELECT data FROM journal WHERE type = 'partner.created'"))


def test_cus_52_a_partner_is_edited_under_its_version_and_archived(service: Alone) -> None:
    given = {"type": "PARTNER", "name": "伙伴", "phone": number()}
    made = service.call(BUYER, "create_partner", **given)["partner"]
    after = service.call(BUYER, "update_partner", id=made["id"], version=1, archived=True, remark="停止合作")["partner"]
    assert (after["archived"], after["remark"], after["version"]) == (True, "停止合作", 2)
    assert service.refused(BUYER, "update_partner", id=made["id"], version=1, name="x") == "CONFLICT"
    assert service.events()[-2:] == ["partner.created", "partner.updated"]
    li = seller(service, "partner.li")
    assert service.refused(li, "update_partner", id=made["id"], version=2, name="x") == "FORBIDDEN"
