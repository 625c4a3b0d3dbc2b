"""Contacts (CUS-27): who adds and sees them, what is refused, and that their numbers are seen by the owner alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

import selling
from crm_common.context import Actor
from crm_common.protocol import selection
from crm_common.protocol.selection import Selected
from selling import created, known, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

PHONES = Selected("phones", "phones", {}, (Selected("label", "label"), Selected("number", "number")))
WITH_PHONES = selection.dump([*(Selected(name, name) for name in ("id", "name", "role", "version")), PHONES])


def seen(service: Alone, by: Actor, contact_id: str) -> dict[str, Any] | None:
    """The contact with its numbers, as somebody sees it."""
    found: list[dict[str, Any] | None] = service.call(by, "contacts_by_ids", ids=[contact_id], select=WITH_PHONES)
    return found[0]


def added(service: Alone, by: Actor, customer_id: str, **given: Any) -> dict[str, Any]:
    """A new contact."""
    values = {"customer_id": customer_id, "name": "王经理"} | given
    found: dict[str, Any] = service.call(by, "create_contact", **values)["contact"]
    return found


def into_pool(service: Alone, customer_id: str) -> None:
    """The customer as it stands in the pool."""
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE customer SET holding = 'POOL', owner_id = NULL, owned_since = NULL, anchor_at = NULL,"
            " pool_entered_at = now(), pool_id = (SELECT id FROM pool LIMIT 1) WHERE id = %s",
            (customer_id,),
        )


def events_of(service: Alone, subject: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of a record's events."""
    return selling.events_of(service.store, subject)


def test_cus_27_an_owner_adds_a_contact_with_several_numbers_and_sees_them_in_full(service: Alone) -> None:
    li = seller(service, "contact.li")
    of = created(service, li)
    mobile, office = number(), "010-6666 8888"
    given = [{"label": " 手机 ", "number": f"+86 {mobile}"}, {"number": office}]
    found = added(service, li, of["id"], phones=given, role="DECIDER", social=["wechat:wang"], email="a@b.cn")
    assert (found["email"], found["social"], found["role"]) == ("a@b.cn", ["wechat:wang"], "DECIDER")
    assert seen(service, li, found["id"]) == {
        "id": found["id"],
        "name": "王经理",
        "role": "DECIDER",
        "version": 1,
        "phones": [{"label": "手机", "number": mobile}, {"label": None, "number": "01066668888"}],
    }


def test_cus_14_a_manager_sees_the_mask_a_stranger_nothing_and_the_pool_the_mask(service: Alone) -> None:
    manager = known(service, employee("contact.manager", "customer.view_team", customer="TEAM"))
    li = known(
        service, employee("contact.masked", "customer.view", "customer.create", "customer.edit"), line=(manager.id,)
    )
    stranger = seller(service, "contact.stranger")
    steward = employee("contact.steward", "pool.view")
    of = created(service, li)
    found = added(service, li, of["id"], phones=[{"number": "13812345678"}])
    view = {"id": found["id"], "name": "王经理", "role": None, "version": 1}
    mask = [{"label": None, "number": "138****5678"}]
    assert seen(service, manager, found["id"]) == view | {"phones": mask}
    assert seen(service, stranger, found["id"]) is None
    assert seen(service, steward, found["id"]) is None
    into_pool(service, of["id"])
    assert seen(service, steward, found["id"]) == view | {"phones": mask}
    all_numbers = employee("contact.all", "pool.view", "customer.phone.view_all")
    assert seen(service, all_numbers, found["id"]) == view | {"phones": mask}


def test_events_tell_masks_only_and_are_complete(service: Alone) -> None:
    li = seller(service, "contact.events")
    of = created(service, li)
    found = added(service, li, of["id"], phones=[{"number": "13812340000"}])
    service.call(li, "update_contact", id=found["id"], version=1, title="总监", phones=[{"number": "13912341111"}])
    service.call(li, "delete_contact", id=found["id"], version=2)
    told = events_of(service, f"contact/{found['id']}")
    assert [kind for kind, _ in told] == ["contact.created", "contact.updated", "contact.deleted"]
    assert "13812340000" not in str(told)
    assert "13912341111" not in str(told)
    about = {"contact_id": found["id"], "customer_id": of["id"], "owner_id": str(li.id), "name": "王经理"}
    assert told[1][1] == about | {"changes": {"title": [None, "总监"], "phones": [["138****0000"], ["139****1111"]]}}


def test_an_edit_that_changes_nothing_writes_nothing_and_another_number_of_the_same_mask_does(service: Alone) -> None:
    li = seller(service, "contact.same")
    found = added(service, li, created(service, li)["id"], phones=[{"number": "13811115678"}])
    same = service.call(
        li, "update_contact", id=found["id"], version=1, name="王经理", phones=[{"number": "138 1111 5678"}]
    )
    assert same["contact"]["version"] == 1
    other = service.call(li, "update_contact", id=found["id"], version=1, phones=[{"number": "13822225678"}])
    assert other["contact"]["version"] == 2
    now = seen(service, li, found["id"])
    assert now is not None
    assert now["phones"] == [{"label": None, "number": "13822225678"}]


def test_refusals_change_nothing(service: Alone) -> None:
    li, stranger = seller(service, "contact.refused"), seller(service, "contact.other")
    of = created(service, li)
    found = added(service, li, of["id"], phones=[{"number": "13811112222"}])
    create = {"customer_id": of["id"], "name": "王"}
    twice = [{"number": "13811112222"}, {"number": "+86 138-1111-2222"}]
    assert service.refused(li, "create_contact", **create, phones=[{"number": "12"}]) == "VALIDATION"
    assert service.refused(li, "create_contact", **create, phones=twice) == "VALIDATION"
    assert service.refused(li, "create_contact", **create, email="nobody") == "VALIDATION"
    assert service.refused(li, "create_contact", **create, birthday="2999-01-01") == "VALIDATION"
    assert service.refused(li, "create_contact", **create, social=["王"]) == "VALIDATION"
    assert service.refused(li, "create_contact", **(create | {"name": "　"})) == "VALIDATION"
    assert service.refused(li, "create_contact", **(create | {"customer_id": str(uuid4())})) == "NOT_FOUND"
    assert service.refused(stranger, "create_contact", **create) == "NOT_FOUND"
    assert service.refused(employee("contact.viewer", "customer.view"), "create_contact", **create) == "FORBIDDEN"
    assert service.refused(stranger, "update_contact", id=found["id"], version=1, name="x") == "NOT_FOUND"
    assert service.refused(stranger, "delete_contact", id=found["id"], version=1) == "NOT_FOUND"
    assert service.refused(li, "update_contact", id=found["id"], version=2, name="x") == "CONFLICT"
    assert service.refused(li, "delete_contact", id=found["id"], version=2) == "CONFLICT"
    assert [each["id"] for each in service.call(li, "contacts", customer_id=of["id"])["nodes"]] == [found["id"]]
    assert service.call(li, "contacts_by_ids", ids=[found["id"]])[0]["name"] == "王经理"


def test_cus_23_a_contact_of_a_pool_customer_is_read_only(service: Alone) -> None:
    li = seller(service, "contact.pool", "pool.view")
    of = created(service, li)
    found = added(service, li, of["id"])
    into_pool(service, of["id"])
    assert service.refused(li, "create_contact", customer_id=of["id"], name="x") == "READ_ONLY"
    assert service.refused(li, "update_contact", id=found["id"], version=1, name="x") == "READ_ONLY"
    assert service.refused(li, "delete_contact", id=found["id"], version=1) == "READ_ONLY"
    listed = service.call(li, "contacts", customer_id=of["id"])["nodes"]
    assert [each["id"] for each in listed] == [found["id"]]


def test_a_deleted_contact_is_gone_for_everybody_and_its_number_with_it(service: Alone) -> None:
    li = seller(service, "contact.deleted")
    of = created(service, li)
    phone = number()
    found = added(service, li, of["id"], phones=[{"number": phone}])
    assert [each["id"] for each in service.call(li, "contacts", phone=phone)["nodes"]] == [found["id"]]
    assert service.call(li, "delete_contact", id=found["id"], version=1) == {"deleted_id": found["id"]}
    assert service.call(li, "contacts", phone=phone)["nodes"] == []
    assert service.call(li, "contacts", customer_id=of["id"])["nodes"] == []
    assert service.refused(li, "update_contact", id=found["id"], version=2, name="x") == "NOT_FOUND"
    assert service.store.rows("SELECT count(*) FROM contact_phone WHERE contact_id = %s", (found["id"],)) == [(0,)]


def test_the_address_book_lists_the_contacts_of_the_customers_one_sees_by_name(service: Alone) -> None:
    li, other = seller(service, "contact.book"), seller(service, "contact.book.other")
    for name, by in (("张三", li), ("李四", li), ("王五", other)):
        added(service, by, created(service, by)["id"], name=name)
    assert [each["name"] for each in service.call(li, "contacts")["nodes"]] == ["李四", "张三"]
    everybody = employee("contact.everybody", "customer.view", customer="ALL")
    assert {"张三", "李四", "王五"} <= {
        each["name"] for each in service.call(everybody, "contacts", first=100)["nodes"]
    }


def test_a_customer_shows_its_contacts(service: Alone) -> None:
    li = seller(service, "contact.child")
    of = created(service, li)
    for name in ("甲", "乙"):
        added(service, li, of["id"], name=name, phones=[{"number": "13800001111"}])
    below = Selected("contacts", "contacts", {}, (Selected("name", "name"), PHONES))
    [found] = service.call(li, "customers_by_ids", ids=[of["id"]], select=selection.dump([below]))
    phones = [{"label": None, "number": "13800001111"}]
    assert found == {"contacts": [{"name": "甲", "phones": phones}, {"name": "乙", "phones": phones}]}
