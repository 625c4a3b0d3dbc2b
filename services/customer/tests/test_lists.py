"""Lists of customers (CUS-03, 04, 05, 13, 30, 35, 48): whose are seen, found by a part of the name, shared, hot."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from selling import SELLER, created, known, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra


def names_of(service: Alone, person: Actor, method: str, **given: Any) -> list[str]:
    return sorted(each["name"] for each in service.call(person, method, **given)["nodes"])


def test_cus_13_each_sees_as_far_as_his_scope_and_only_the_owner_the_phone(service: Alone) -> None:
    head = known(service, employee("list.head", "customer.view", "customer.view_team", customer="TEAM"))
    li = known(service, employee("list.li", *SELLER), line=(head.id,))
    wu = known(service, employee("list.wu", *SELLER), line=(head.id,))
    stranger = seller(service, "list.stranger")
    for owner, name in ((li, "团队甲"), (wu, "团队乙"), (stranger, "团队外")):
        created(service, owner, name=name)
    assert names_of(service, li, "customers") == ["团队甲"]
    assert names_of(service, head, "customers") == ["团队乙", "团队甲"]
    assert names_of(service, head, "my_customers") == []
    assert all("****" in each["phone"] for each in service.call(head, "customers")["nodes"])


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("远", ["北京远望科技有限公司", "远大（长沙）"]),
        ("远望", ["北京远望科技有限公司"]),
        ("望科技", ["北京远望科技有限公司"]),
        ("京望", []),
        ("ａｃｍｅ", ["ACME China"]),
        ("e ch", ["ACME China"]),
        (" ", ["ACME China", "北京远望科技有限公司", "远大（长沙）"]),
    ],
)
def test_cus_05_quick_search_finds_a_part_of_the_name(service: Alone, part: str, found: list[str]) -> None:
    li = seller(service, "list.names")
    if not service.call(li, "my_customers")["nodes"]:
        for name in ("北京远望科技有限公司", "远大（长沙）", "ACME China"):
            created(service, li, name=name)
    assert names_of(service, li, "my_customers", name=part) == found
    assert names_of(service, li, "customers", name=part) == found


def test_cus_30_tags_are_found_together(service: Alone) -> None:
    li = seller(service, "list.tags")
    both = created(service, li, tags=["老客户", " 爱 茶 ", "老客户"], hobbies="喝茶")
    created(service, li, tags=["老客户"])
    assert (both["tags"], both["hobbies"]) == (["老客户", "爱 茶"], "喝茶")
    assert names_of(service, li, "my_customers", tags=["爱 茶", "老客户"]) == [both["name"]]
    changed = service.call(li, "update_customer", id=both["id"], version=1, tags=[])["customer"]
    assert changed["tags"] == []
    assert names_of(service, li, "my_customers", tags=["爱 茶"]) == []


def test_cus_35_hot_customers_before_and_after(service: Alone) -> None:
    li = seller(service, "list.hot")
    found = created(service, li)
    assert names_of(service, li, "hot_customers") == []
    for _ in range(2):
        service.call(li, "set_customer_hot", id=found["id"], hot=True)
    assert names_of(service, li, "hot_customers") == [found["name"]]
    service.call(li, "set_customer_hot", id=found["id"], hot=False)
    assert names_of(service, li, "hot_customers") == []
    assert service.events()[-2:] == ["customer.hot_set", "customer.hot_unset"]
    chief = known(service, employee("list.hot.chief", *SELLER, customer="ALL"))
    assert service.refused(chief, "set_customer_hot", id=found["id"], hot=True) == "FORBIDDEN"


def test_cus_03_a_check_tells_state_and_owner_and_is_limited(service: Alone) -> None:
    li, wang = seller(service, "check.li"), seller(service, "check.wang")
    phone = number()
    created(service, li, name="查重", phone=phone)
    asked = {"name": " 查重 ", "phone": f"+86{phone}"}
    assert service.call(wang, "customer_duplicate", **asked) == {
        "exists": True,
        "state": "OWNED",
        "owner_name": "check.li",
    }
    nobody = {"exists": False, "state": None, "owner_name": None}
    assert service.call(wang, "customer_duplicate", name="别家", phone=phone) == nobody
    assert service.refused(wang, "customer_duplicate", name="x", phone="1") == "VALIDATION"
    for _ in range(58):
        service.call(wang, "customer_duplicate", name="x", phone=phone)
    assert service.refused(wang, "customer_duplicate", **asked) == "LIMIT_EXCEEDED"
    assert service.call(li, "customer_duplicate", **asked)["exists"] is True


def test_cus_48_a_collaborator_sees_masked_unless_granted_and_a_stranger_nothing(service: Alone) -> None:
    li = seller(service, "share.li")
    wang, stranger = seller(service, "share.wang", "customer.follow"), seller(service, "share.stranger")
    found = created(service, li)
    one = {"ids": [found["id"]]}
    assert service.call(wang, "customers_by_ids", **one) == [None]
    service.call(li, "share_customer", id=found["id"], employee_id=wang.id)
    [seen] = service.call(wang, "customers_by_ids", **one)
    assert (seen["name"], seen["phone"][3:7]) == (found["name"], "****")
    assert names_of(service, wang, "shared_customers") == [found["name"]]
    assert names_of(service, wang, "customers") == []
    assert service.call(stranger, "customers_by_ids", **one) == [None]
    assert service.refused(wang, "update_customer", id=found["id"], version=1, address="x") == "FORBIDDEN"
    service.call(li, "share_customer", id=found["id"], employee_id=wang.id, sees_phone=True, right="FOLLOW")
    assert service.call(wang, "customers_by_ids", **one)[0]["phone"] == found["phone"]
    assert service.events()[-2:] == ["customer.shared"] * 2
    service.call(li, "unshare_customer", id=found["id"], employee_id=wang.id)
    assert service.call(wang, "customers_by_ids", **one) == [None]
    assert service.refused(li, "unshare_customer", id=found["id"], employee_id=wang.id) == "NOT_FOUND"


def test_cus_48_sharing_ends_when_the_customer_changes_hands(service: Alone) -> None:
    li, wang = seller(service, "share.giver"), seller(service, "share.taker")
    found = created(service, li)
    service.call(li, "share_customer", id=found["id"], employee_id=wang.id, sees_phone=True)
    with service.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE customer SET owned_since = now() WHERE id = %s", (found["id"],))
    assert service.call(wang, "customers_by_ids", ids=[found["id"]]) == [None]
    assert names_of(service, wang, "shared_customers") == []


def test_only_the_owner_shares_and_with_active_colleagues(service: Alone) -> None:
    li = seller(service, "share.owner")
    chief = known(service, employee("share.chief", *SELLER, customer="ALL"))
    gone = known(service, employee("share.gone"), active=False)
    found = created(service, li)
    share = {"id": found["id"]}
    assert service.refused(chief, "share_customer", **share, employee_id=chief.id) == "FORBIDDEN"
    for nobody in (gone.id, uuid4(), li.id):
        assert service.refused(li, "share_customer", **share, employee_id=nobody) == "VALIDATION"


def test_cus_31_stages_follow_one_another_and_are_dated(service: Alone) -> None:
    li = seller(service, "stage.li")
    found = created(service, li)

    def go(stage: str, version: int, **further: Any) -> Any:
        return service.call(li, "set_customer_stage", id=found["id"], version=version, stage=stage, **further)

    def refused(stage: str, version: int) -> str:
        return service.refused(li, "set_customer_stage", id=found["id"], version=version, stage=stage)

    assert [refused("DEALT", 1), refused("LOYAL", 1), refused("LOST", 1)] == ["BAD_STATE", "BAD_STATE", "VALIDATION"]
    assert go("INTERESTED", 1)["customer"]["stage"] == "INTERESTED"
    assert refused("LOST", 1) == "CONFLICT"
    assert go("LOST", 2, reason="选了别家")["customer"]["stage"] == "LOST"
    assert refused("POTENTIAL", 3) == "BAD_STATE"
    go("INTERESTED", 3)
    rows = service.store.rows(
        "SELECT before, after, reason FROM stage_change WHERE customer_id = %s ORDER BY changed_at", (found["id"],)
    )
    assert rows == [
        ("POTENTIAL", "INTERESTED", None),
        ("INTERESTED", "LOST", "选了别家"),
        ("LOST", "INTERESTED", None),
    ]


def test_cus_29_a_class_is_an_entry_of_its_dictionary(service: Alone) -> None:
    li = seller(service, "class.li")
    found = created(service, li)
    assert service.refused(li, "set_customer_class", id=found["id"], version=1, customer_class="best") == "VALIDATION"
    after = service.call(li, "set_customer_class", id=found["id"], version=1, customer_class="high_value")["customer"]
    assert (after["customer_class"], after["version"]) == ("high_value", 2)
    assert service.events()[-1] == "customer.class_changed"
