"""The address book (OFC-10): colleagues by name and pinyin, and contacts that nobody else sees."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra


def colleague(service: Alone, name: str, *, active: bool = True) -> Actor:
    """Somebody who works here, of a department with a name of its own."""
    found = employee(f"{name}{uuid4().hex}")
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)"
            " VALUES (%s, 1, %s, %s, %s, '通讯部', '/', '{}')",
            (found.id, name, active, uuid4()),
        )
    return found


def names(service: Alone, viewer: Actor, **asked: Any) -> list[str]:
    """Whom the address book shows."""
    return [each["name"] for each in service.call(viewer, "address_book", **asked)]


def kept(service: Alone, by: Actor, name: str, **given: Any) -> dict[str, Any]:
    """A new contact."""
    found: dict[str, Any] = service.call(by, "create_address_contact", name=name, **given)["contact"]
    return found


def test_ofc_10_people_are_found_by_a_part_of_the_name_pinyin_or_initials(service: Alone) -> None:
    viewer = colleague(service, "欧阳修远")
    colleague(service, "曾晓彤")
    colleague(service, "已离职的曾晓彤", active=False)
    kept(service, viewer, "曾晓彤的朋友 Zoe", company="远方集团")

    for sought in ("晓彤", "zengxiao", "ZXT", "曾 晓"):
        assert names(service, viewer, search=sought) == ["曾晓彤", "曾晓彤的朋友 Zoe"], sought
    assert names(service, viewer, search="zoe") == ["曾晓彤的朋友 Zoe"]
    assert names(service, viewer, search="oyxy") == ["欧阳修远"]
    assert names(service, viewer, search="晓彤", kinds=["COLLEAGUE"]) == ["曾晓彤"]
    assert names(service, viewer, search="晓彤", first=1, skip=1) == ["曾晓彤的朋友 Zoe"]
    assert names(service, viewer, search="不认识的人") == []
    [found] = service.call(viewer, "address_book", search="晓彤", kinds=["COLLEAGUE"])
    # identity is not there: the name is worth something without the number
    assert (found["company"], found["phone"], found["mail_link"]) == ("通讯部", None, None)
    assert service.refused(None, "address_book") == "UNAUTHENTICATED"


def test_a_mail_is_opened_by_a_link_that_nothing_can_be_smuggled_into(service: Alone) -> None:
    viewer = colleague(service, "发信人")
    kept(service, viewer, "收信人", email=" wang+crm@yuanfang.example ")

    [found] = service.call(viewer, "address_book", search="收信人")
    assert (found["email"], found["mail_link"]) == ("wang+crm@yuanfang.example", "mailto:wang%2Bcrm@yuanfang.example")
    for wrong in ("wang", "a@b", "a@b.c?bcc=d@e.f", "a b@c.d", "a@b.c,d@e.f"):
        assert service.refused(viewer, "create_address_contact", name="x", email=wrong) == "VALIDATION", wrong


def test_a_contact_is_seen_and_changed_by_whoever_keeps_it_only(service: Alone) -> None:
    li, admin = colleague(service, "李"), employee("admin", "sys.edit", "audit.view")
    made = kept(service, li, " 王先生 ", phone="010-12345678", remark="爱喝茶")

    assert (made["name"], made["version"]) == ("王先生", 1)
    assert service.call(admin, "address_contacts_by_ids", ids=[made["id"]]) == [None]
    assert names(service, admin, search="王先生") == []
    for command, more in (("update_address_contact", {"version": 1, "name": "x"}), ("delete_address_contact", {})):
        assert service.refused(admin, command, id=made["id"], **more) == "NOT_FOUND"
    changed = service.call(li, "update_address_contact", id=made["id"], version=1, remark=None)["contact"]
    assert (changed["remark"], changed["phone"], changed["version"]) == (None, "010-12345678", 2)
    assert service.refused(li, "update_address_contact", id=made["id"], version=1, name="x") == "CONFLICT"
    assert service.refused(li, "update_address_contact", id=made["id"], version=2, name=" ") == "VALIDATION"
    assert (
        service.call(li, "update_address_contact", id=made["id"], version=2, name="王先生")["contact"]["version"] == 2
    )
    service.call(li, "delete_address_contact", id=made["id"])
    assert service.call(li, "address_contacts")["nodes"] == []
    told = service.store.rows("SELECT data::text FROM journal WHERE type LIKE 'address_contact.%%'")
    assert not any("王先生" in row[0] or "12345678" in row[0] for row in told)
