"""The past of a customer (BYD-06): every change told in order, and the record as of any moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crm_common.context import Actor
from crm_common.protocol.selection import Selected, dump
from selling import created, events_of, known, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra


def moment() -> str:
    """Now, as the service's own clock has it: between two of its changes."""
    return datetime.now(UTC).isoformat()


def test_byd_06_a_customer_is_shown_as_it_was_with_today_s_rights(service: Alone) -> None:
    li, stranger = seller(service, "past.li"), seller(service, "past.stranger")
    before = moment()
    made = created(service, li, name="旧名", phone="13912340000", tags=["老客户"])
    first = moment()
    service.call(li, "update_customer", id=made["id"], version=1, name="新名", tags=[])
    service.call(li, "set_customer_stage", id=made["id"], version=2, stage="INTERESTED")
    last = moment()

    def at(when: str) -> object:
        [found] = service.call(li, "customers_by_ids", ids=[made["id"]], as_of=when)
        wanted = ("name", "tags", "stage", "phone", "owner_id")
        return None if found is None else tuple(found[name] for name in wanted)

    assert at(before) is None
    assert at(first) == ("旧名", ["老客户"], "POTENTIAL", "139****0000", str(li.id))
    assert at(last) == ("新名", [], "INTERESTED", "139****0000", str(li.id))
    assert service.call(stranger, "customers_by_ids", ids=[made["id"]], as_of=last) == [None]


def test_byd_06_the_history_names_who_changed_what_for_whom_the_record_is_visible(service: Alone) -> None:
    li, stranger = seller(service, "past.teller"), seller(service, "past.nobody")
    chief = known(service, employee("past.chief", "customer.view", "customer.edit", customer="ALL"))
    made = created(service, li, name="甲", phone="13912340001")
    service.call(chief, "update_customer", id=made["id"], version=1, address="上海")
    page = service.call(li, "customer_history", id=made["id"])["nodes"]
    assert [each["type"] for each in page] == ["customer.updated", "customer.created"]
    assert "13912340001" not in str(page)
    assert service.refused(stranger, "customer_history", id=made["id"]) == "NOT_FOUND"


def test_byd_06_contacts_are_shown_as_they_were(service: Alone) -> None:
    li = seller(service, "past.contacts")
    made = created(service, li)
    first = service.call(li, "create_contact", customer_id=made["id"], name="王经理", social=["wechat:wang"])["contact"]
    gone = service.call(li, "create_contact", customer_id=made["id"], name="李秘书", birthday="1990-01-02")["contact"]
    then = moment()
    service.call(li, "update_contact", id=first["id"], version=1, name="王总", title="总经理")
    service.call(li, "delete_contact", id=gone["id"], version=1)
    now = moment()
    names = ("id", "name", "title", "birthday", "social")
    selection = dump([Selected("contacts", "contacts", {}, tuple(Selected(name, name) for name in names))])

    def at(when: str) -> Any:
        [found] = service.call(li, "customers_by_ids", ids=[made["id"]], as_of=when, select=selection)
        return [tuple(each[name] for name in names) for each in found["contacts"]]

    assert at(then) == [
        (first["id"], "王经理", None, None, ["wechat:wang"]), (gone["id"], "李秘书", None, "1990-01-02", []),
    ]  # fmt: skip
    assert at(now) == [(first["id"], "王总", "总经理", None, ["wechat:wang"])]
    numbers = dump([Selected("contacts", "contacts", {}, (Selected("phones", "phones"),))])
    assert service.refused(li, "customers_by_ids", ids=[made["id"]], as_of=then, select=numbers) == "VALIDATION"


def edited(service: Alone, by: Actor, customer_id: str, version: int, **given: Any) -> str:
    """Edit a customer; the id of the entry in its history."""
    service.call(by, "update_customer", id=customer_id, version=version, **given)
    page = service.call(by, "customer_history", id=customer_id, first=1)["nodes"]
    return str(page[0]["id"])


def test_byd_06_a_customer_is_made_what_it_was_and_what_others_changed_since_is_told(service: Alone) -> None:
    li = seller(service, "revert.li")
    chief = known(service, employee("revert.chief", "customer.view", "customer.edit", customer="ALL"))
    made = created(service, li, name="旧名", region="beijing", address="旧路", tags=["老客户"])
    then = moment()
    mine = edited(service, li, made["id"], 1, name="新名", tags=[], birth_date=None, remark="改了")
    theirs = edited(service, chief, made["id"], 2, address="新路", remark="又改了")
    asked = {"id": made["id"], "as_of": then, "known_id": mine}

    assert service.refused(li, "revert_customer", **asked, version=2) == "CONFLICT"
    answer = service.call(li, "revert_customer", **asked, version=3)

    assert answer["reverted"] == ["name", "tags"]
    shown = {name: answer["customer"][name] for name in ("name", "tags", "address", "remark", "version")}
    assert shown == {"name": "旧名", "tags": ["老客户"], "address": "新路", "remark": "又改了", "version": 4}
    address, remark = answer["conflicts"]
    assert (address["field"], address["then"], address["now"]) == ("address", "旧路", "新路")
    assert [(each["event_id"], each["by"], each["value"]) for each in address["since"]] == [
        (theirs, chief.name, "新路")
    ]
    assert (remark["field"], remark["then"], [each["event_id"] for each in remark["since"]]) == (
        "remark",
        None,
        [theirs],
    )

    again = service.call(li, "revert_customer", **asked, version=4, overwrite=True, fields=["address"])
    assert (again["reverted"], again["conflicts"], again["customer"]["address"]) == (["address"], [], "旧路")
    nothing = service.call(li, "revert_customer", **asked, version=5, overwrite=True, fields=["address", "name"])
    assert (nothing["reverted"], nothing["customer"]["version"]) == ([], 5)
    kinds = [kind for kind, _ in events_of(service.store, f"customer/{made['id']}")]
    assert kinds == ["customer.created"] + ["customer.updated"] * 4


def test_byd_06_whoever_knows_nothing_of_what_came_since_changes_nothing(service: Alone) -> None:
    li = seller(service, "revert.blind")
    made = created(service, li, address="旧路")
    then = moment()
    event = edited(service, li, made["id"], 1, address="新路")
    answer = service.call(li, "revert_customer", id=made["id"], as_of=then, version=2)
    assert (answer["reverted"], [each["field"] for each in answer["conflicts"]]) == ([], ["address"])
    answer = service.call(li, "revert_customer", id=made["id"], as_of=then, version=2, known_id=event)
    assert (answer["reverted"], answer["customer"]["address"]) == (["address"], "旧路")


def test_byd_06_nobody_gets_back_more_than_he_may_edit_and_never_the_phone(service: Alone) -> None:
    before = moment()
    li, other = seller(service, "revert.owner"), seller(service, "revert.other")
    made = created(service, li, name="甲方", phone=number())
    then = moment()
    asked = {"id": made["id"], "as_of": then, "version": 1}
    assert service.refused(li, "revert_customer", **asked, fields=["phone"]) == "IMMUTABLE_FIELD"
    assert service.refused(li, "revert_customer", **asked, fields=["owner_id"]) == "VALIDATION"
    assert service.refused(li, "revert_customer", **asked, known_id=str(li.id)) == "VALIDATION"
    assert service.refused(li, "revert_customer", **{**asked, "as_of": before}) == "VALIDATION"
    assert service.refused(other, "revert_customer", **asked) == "NOT_FOUND"
    reader = known(service, employee("revert.reader", "customer.view", customer="ALL"))
    assert service.refused(reader, "revert_customer", **asked) == "FORBIDDEN"


def test_byd_06_custom_fields_come_back_as_they_were(service: Alone) -> None:
    li = seller(service, "revert.custom", "field.edit", "field.view")
    service.call(li, "create_customer_field", key="revertNo", type="NUMBER", name="编号")
    made = created(service, li, custom={"revertNo": 7})
    then = moment()
    event = edited(service, li, made["id"], 1, custom={"revertNo": 8})
    asked = {"id": made["id"], "as_of": then, "version": 2, "known_id": event, "fields": ["custom.revertNo"]}
    assert service.call(li, "revert_customer", **asked)["reverted"] == ["custom.revertNo"]
    row = service.store.rows("SELECT custom ->> 'revertNo' FROM customer WHERE id = %s", (made["id"],))
    assert row == [("7",)]
