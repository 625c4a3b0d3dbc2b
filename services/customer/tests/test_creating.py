"""Creating a customer (CUS-01, 02): in whose name, what is refused, what is written."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from selling import created, events_of, known, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra


def refusal(service: Alone, by: Actor, method: str, **given: Any) -> CrmError:
    """The error of a call that must be refused."""
    with pytest.raises(CrmError) as found:
        service.call(by, method, **given)
    return found.value


def told(service: Alone, customer_id: str, aggregate: str = "customer") -> list[tuple[str, dict[str, Any]]]:
    """Type and data of the events of one customer, in order."""
    return events_of(service.store, f"{aggregate}/{customer_id}")


def test_cus_01_a_customer_is_its_creators_own_with_the_full_phone(service: Alone) -> None:
    li = seller(service, "create.li")
    phone = number()
    found = created(service, li, name=" 华信  科技 ", phone=f"+86 {phone}", address=" 北京 ", email="")
    assert (found["name"], found["phone"], found["owner_id"], found["holding"]) == (
        "华信 科技", phone, str(li.id), "OWNED",
    )  # fmt: skip
    assert (found["address"], found["email"], found["stage"], found["completeness"]) == ("北京", None, "POTENTIAL", 30)
    mine = service.call(li, "my_customers")["nodes"]
    assert [each["id"] for each in mine] == [found["id"]]


def test_the_event_is_complete_and_tells_the_phone_as_its_mask(service: Alone) -> None:
    li = seller(service, "create.event")
    found = created(service, li, kind="PERSON", name="王芳", phone="13812345678", sex="FEMALE", region=None)
    [(kind, data)] = told(service, found["id"])
    assert kind == "customer.created"
    assert "13812345678" not in str(data)
    moment = data["changes"].pop("owned_since")[1]
    assert data == {
        "customer_id": found["id"],
        "name": "王芳",
        "owner_id": str(li.id),
        "holding": "OWNED",
        "changes": {
            "kind": [None, "PERSON"],
            "name": [None, "王芳"],
            "sex": [None, "FEMALE"],
            "phone": [None, "138****5678"],
            "holding": [None, "OWNED"],
            "owner_id": [None, str(li.id)],
            "stage": [None, "POTENTIAL"],
            "anchor_at": [None, moment],
        },
    }


def test_cus_14_the_phone_lies_sealed_and_only_its_owner_reads_it(service: Alone) -> None:
    li = seller(service, "create.sealed")
    chief = known(service, employee("create.chief", "customer.view", "customer.view_team", customer="ALL"))
    all_seeing = employee("create.all", "customer.view", "customer.phone.view_all", customer="ALL")
    found = created(service, li, phone="138 0000 4321")
    [row] = service.store.rows(
        "SELECT phone_cipher, phone_index, phone_mask FROM customer WHERE id = %s", (found["id"],)
    )
    assert b"13800004321" not in row[0] + row[1]
    assert row[2] == "138****4321"
    for person, seen in ((li, "13800004321"), (chief, "138****4321"), (all_seeing, "13800004321")):
        [card] = service.call(person, "customers_by_ids", ids=[found["id"]])
        assert card["phone"] == seen
    viewed = [data for kind, data in told(service, found["id"], "phone") if kind == "phone.viewed"]
    assert viewed == [{"record_id": found["id"], "record": "customer"}]
    by_phone = service.call(chief, "customers", filter={"phone": {"eq": "+86 138-0000-4321"}})["nodes"]
    assert [(each["id"], each["phone"]) for each in by_phone] == [(found["id"], "138****4321")]


def test_cus_02_the_same_phone_and_name_are_one_customer_however_written(service: Alone) -> None:
    li, wang = seller(service, "create.first"), seller(service, "create.second")
    phone = number()
    found = created(service, li, name="ＡＢＣ 公司", phone=phone)
    events = len(service.events())
    refused = refusal(service, wang, "create_customer", name=" abc  公司 ", phone=f"0086 {phone[:3]}-{phone[3:]}")
    assert (refused.code, refused.field) == ("DUPLICATE", "phone")
    assert refused.details == {"state": "OWNED", "owner": "create.first"}
    assert service.events()[events:] == ["customer.duplicate_rejected"]
    kind, data = told(service, found["id"])[-1]
    assert kind == "customer.duplicate_rejected"
    assert data == {"customer_id": found["id"], "holding": "OWNED", "owner_id": str(li.id)}
    other = created(service, wang, name="另一家公司", phone=phone)
    assert other["owner_id"] == str(wang.id)


@pytest.mark.parametrize("contenders", [20, 100])
def test_cus_02_of_parallel_creates_of_one_key_exactly_one_wins(service: Alone, contenders: int) -> None:
    people = [seller(service, f"create.parallel.{place}") for place in range(4)]
    phone, barrier = number(), threading.Barrier(10)

    def one(place: int) -> str:
        if place < 10:
            barrier.wait(10)
        try:
            created(service, people[place % 4], name="同一客户", phone=phone)
        except CrmError as refused:
            return refused.code.value
        return "OK"

    with ThreadPoolExecutor(10) as threads:
        outcomes = Counter(threads.map(one, range(contenders)))
    assert outcomes == {"OK": 1, "DUPLICATE": contenders - 1}
    by_phone = service.call(
        employee("create.counter", "customer.view", customer="ALL"), "customers", filter={"phone": {"eq": phone}}
    )
    assert len(by_phone["nodes"]) == 1


def test_the_same_key_creates_once_and_answers_the_same(service: Alone) -> None:
    li = seller(service, "create.key")
    given = {"name": "键", "phone": number(), "idempotency_key": "k1"}
    first = created(service, li, **given)
    events = len(service.events())
    assert created(service, li, **given) == first
    assert len(service.events()) == events
    assert refusal(service, li, "create_customer", **given | {"name": "别"}).code == "CONFLICT"


def test_a_customer_is_created_for_somebody_in_scope_and_for_nobody_else(service: Alone) -> None:
    chief = seller(service, "create.head", customer="TEAM")
    under = known(service, employee("create.under"), line=(chief.id,))
    gone = known(service, employee("create.gone"), active=False, line=(chief.id,))
    outside = known(service, employee("create.outside"))
    assert created(service, chief, owner_id=under.id)["owner_id"] == str(under.id)
    for owner in (gone.id, outside.id, uuid4()):
        refused = refusal(service, chief, "create_customer", name="x", phone=number(), owner_id=owner)
        assert (refused.code, refused.field) == ("VALIDATION", "owner_id")


def test_cus_19_a_customer_is_entered_into_the_pool_in_nobody_s_name(service: Alone) -> None:
    keeper = employee("create.keeper", "pool.create", "pool.view")
    phone = number()
    made = service.call(keeper, "create_pool_customer", name="公海客户", phone=phone, region="beijing")["customer"]
    assert (made["holding"], made["owner_id"], made["pool_reason"], made["times_in_pool"]) == (
        "POOL",
        None,
        "CREATED",
        1,
    )
    assert made["phone"] == f"{phone[:3]}****{phone[-4:]}"
    [(kind, data)] = told(service, made["id"])
    assert (kind, data["holding"], data["owner_id"]) == ("customer.created", "POOL", None)
    assert {"pool_id", "pool_entered_at", "pool_reason", "times_in_pool"} <= data["changes"].keys()
    li = seller(service, "create.pool.li")
    refused = refusal(service, li, "create_customer", name="公海客户", phone=phone)
    assert (refused.code, refused.details) == ("DUPLICATE", {"state": "POOL", "owner": None})
    assert service.refused(li, "create_pool_customer", name="x", phone=number()) == "FORBIDDEN"


def test_what_is_wrong_with_a_record_is_said_by_field(service: Alone) -> None:
    li = seller(service, "create.wrong")
    good: dict[str, Any] = {"name": "好", "phone": number()}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": " \u200b"}, "name"),
        ({"phone": "123"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"sex": "MALE"}, "sex"),
        ({"kind": "PERSON", "birth_date": "2999-01-01"}, "birth_date"),
    ]
    for given, field in wrong:
        before = service.events()
        refused = refusal(service, li, "create_customer", **good | given)
        assert (refused.code, refused.field) == ("VALIDATION", field)
        assert service.events() == before


def test_who_lacks_the_right_creates_nothing(service: Alone) -> None:
    assert service.refused(employee("create.guest", "customer.view"), "create_customer", name="x", phone="1") == (
        "FORBIDDEN"
    )


def test_cus_06_everything_but_the_phone_is_edited(service: Alone) -> None:
    li = seller(service, "edit.li")
    found = created(service, li, name="旧名")
    after = service.call(li, "update_customer", id=found["id"], version=1, name="新名", address="上海", website="x.cn")
    changed = after["customer"]
    assert (changed["name"], changed["address"], changed["version"], changed["completeness"]) == ("新名", "上海", 2, 40)
    kind, data = told(service, found["id"])[-1]
    assert kind == "customer.updated"
    assert data["changes"] == {"name": ["旧名", "新名"], "address": [None, "上海"], "website": [None, "x.cn"]}
    same = service.call(li, "update_customer", id=found["id"], version=2, name="新名")["customer"]
    assert (same["version"], len(told(service, found["id"]))) == (2, 2)


def test_cus_06_the_phone_is_immutable_for_everybody(service: Alone) -> None:
    li = seller(service, "edit.phone")
    admin = known(service, employee("edit.admin", "customer.view", "customer.edit", customer="ALL"))
    found = created(service, li)
    for person in (li, admin):
        for phone in (number(), found["phone"], None):
            refused = refusal(service, person, "update_customer", id=found["id"], version=1, phone=phone)
            assert (refused.code, refused.field) == ("IMMUTABLE_FIELD", "phone")


def test_an_edit_of_an_older_version_is_a_conflict(service: Alone) -> None:
    li = seller(service, "edit.version")
    found = created(service, li)
    service.call(li, "update_customer", id=found["id"], version=1, address="一")
    assert service.refused(li, "update_customer", id=found["id"], version=1, address="二") == "CONFLICT"


def test_who_does_not_see_a_customer_does_not_edit_it(service: Alone) -> None:
    chief = seller(service, "edit.chief", customer="TEAM")
    li = known(service, seller(service, "edit.other"), line=())
    under = known(service, employee("edit.under", "customer.create", "customer.view"), line=(chief.id,))
    found, theirs = created(service, li), created(service, under)
    assert service.refused(chief, "update_customer", id=found["id"], version=1, address="x") == "NOT_FOUND"
    changed = service.call(chief, "update_customer", id=theirs["id"], version=1, address="x")["customer"]
    assert (changed["address"], changed["phone"][3:7]) == ("x", "****")
    assert service.refused(chief, "update_customer", id=str(uuid4()), version=1) == "NOT_FOUND"


def test_renaming_into_a_customer_that_exists_is_a_duplicate(service: Alone) -> None:
    li = seller(service, "edit.twin")
    phone = number()
    created(service, li, name="甲", phone=phone)
    other = created(service, li, name="乙", phone=phone)
    refused = refusal(service, li, "update_customer", id=other["id"], version=1, name=" 甲 ")
    assert (refused.code, refused.field) == ("DUPLICATE", "name")


def test_cus_23_a_customer_in_the_pool_is_read_only_for_everybody(service: Alone) -> None:
    li = seller(service, "edit.pool")
    admin = employee("edit.pool.admin", "customer.view", "customer.edit", "pool.view", customer="ALL")
    found = created(service, li)
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE customer SET holding = 'POOL', owner_id = NULL, owned_since = NULL, anchor_at = NULL,"
            " pool_entered_at = now(), pool_reason = 'RELEASED' WHERE id = %s",
            (UUID(found["id"]),),
        )
    assert service.refused(admin, "update_customer", id=found["id"], version=1, address="x") == "READ_ONLY"
    assert service.refused(li, "update_customer", id=found["id"], version=1, address="x") == "NOT_FOUND"
