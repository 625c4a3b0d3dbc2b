"""Imports of leads and contacts (IOX-01): every row gets its due, and what nobody touched goes back."""

from __future__ import annotations

from typing import Any

from crm_common.context import Actor
from crm_common.protocol.selection import names
from selling import created, number, seller
from selling.imports import counts, ended, errors, imported
from serving.alone import Alone

LEADS = "姓名,公司,手机号,邮箱,来源,备注"
CONTACTS = "客户名称,客户手机号,姓名,手机号,职务,决策角色,生日"


def leads_of(service: Alone, who: Actor) -> dict[str, dict[str, Any]]:
    shown = names("id", "name", "company", "phone", "status", "remark", "version")
    return {each["name"]: each for each in service.call(who, "leads", first=100, select=shown)["nodes"]}


def contacts_of(service: Alone, who: Actor, customer: str) -> list[tuple[str, str | None, int]]:
    shown = names("name", "title", "version")
    found = service.call(who, "contacts", customer_id=customer, first=100, select=shown)["nodes"]
    return sorted((each["name"], each["title"], each["version"]) for each in found)


def test_iox_01_leads_come_once_and_bad_rows_are_listed(service: Alone) -> None:
    clerk = seller(service, "people-clerk", "lead.import", "lead.view")
    phones = [number() for _ in range(3)]
    rows = [f"线索{place},甲公司,{phone},,展会,备注" for place, phone in enumerate(phones)]
    rows += [f"又是线索0,乙公司,{phones[0]},,,", "没有联系方式,丙公司,,,,", ",无名,13900001111,,,"]

    told = service.events().count("lead.created")

    job = imported(service, clerk, rows, kind="LEAD", head=LEADS)

    assert counts(job) == (3, 0, 1, 2)
    assert service.events().count("lead.created") == told + 3
    assert len(errors(service, clerk, job)) == 3
    mine = leads_of(service, clerk)
    assert {name: (each["company"], each["status"]) for name, each in mine.items()} == {
        f"线索{place}": ("甲公司", "NEW") for place in range(3)
    }
    assert {each["phone"] for each in mine.values()} == {f"{phone[:3]}****{phone[-4:]}" for phone in phones}
    assert counts(imported(service, clerk, rows, kind="LEAD", head=LEADS)) == (0, 0, 4, 2)


def test_iox_01_update_changes_one_s_own_leads_and_blanks_overwrite_nothing(service: Alone) -> None:
    clerk, other = (seller(service, f"people-{name}", "lead.import", "lead.view") for name in ("own", "other"))
    mine, theirs = number(), number()
    imported(service, clerk, [f"我的,旧公司,{mine},,,旧备注"], kind="LEAD", head=LEADS)
    imported(service, other, [f"他的,旧公司,{theirs},,,旧备注"], kind="LEAD", head=LEADS)

    rows = [f"改名,新公司,{mine},,,", f"他的,抢走,{theirs},,,"]
    job = imported(service, clerk, rows, kind="LEAD", head=LEADS, policy="UPDATE")

    assert counts(job) == (0, 1, 0, 1)
    after = leads_of(service, clerk)["我的"]
    assert (after["company"], after["remark"], after["version"]) == ("新公司", "旧备注", 2)
    assert leads_of(service, other)["他的"]["company"] == "旧公司"


def test_an_import_of_leads_is_taken_back_but_for_those_somebody_worked_with(service: Alone) -> None:
    clerk = seller(service, "people-undo", "lead.import", "lead.view", "lead.edit")
    job = imported(service, clerk, [f"走{place},,{number()},,," for place in range(3)], kind="LEAD", head=LEADS)
    touched = leads_of(service, clerk)["走1"]
    service.call(clerk, "update_lead", id=touched["id"], version=1, remark="谈过了")

    service.call(clerk, "undo_customer_import", id=job["id"])
    after = ended(service, clerk, job["id"])

    assert (after["taken_back"], after["kept"]) == (2, 1)
    assert list(leads_of(service, clerk)) == ["走1"]
    assert service.events().count("lead.deleted") == 2


def test_leads_need_their_own_right(service: Alone) -> None:
    importer = seller(service, "people-without", "customer.import")

    job = imported(service, importer, [f"无权,,{number()},,,"], kind="LEAD", head=LEADS)

    assert counts(job) == (0, 0, 0, 1)
    assert leads_of(service, seller(service, "people-look", "lead.view", "lead.screen")).get("无权") is None


def test_iox_01_contacts_go_to_the_customers_their_rows_name(service: Alone) -> None:
    li, wang = (seller(service, f"people-{name}", "customer.import") for name in ("li", "wang"))
    one, twin = number(), number()
    acme = created(service, li, name="远航机电", phone=one)
    created(service, li, name="双生公司", phone=number())
    second = created(service, li, name="双生公司", phone=twin)
    created(service, wang, name="别家的客户", phone=number())
    phone = number()
    rows = [
        f"远航机电,,赵敏,{phone},采购经理,采购人,1990-05-01",
        f"远航机电,,赵敏,{phone},,,",
        "远航机电,,钱进,,工程师,使用人,",
        f"双生公司,{twin},孙立,{number()},,,",
        f"双生公司,,周全,{number()},,,",
        f"别家的客户,,吴用,{number()},,,",
    ]

    job = imported(service, li, rows, kind="CONTACT", head=CONTACTS)

    assert counts(job) == (3, 0, 1, 2)
    listed = "".join(errors(service, li, job))
    assert "双生公司" in listed
    assert "别家的客户" in listed
    assert contacts_of(service, li, acme["id"]) == [("赵敏", "采购经理", 1), ("钱进", "工程师", 1)]
    assert contacts_of(service, li, second["id"]) == [("孙立", None, 1)]


def test_iox_01_contacts_take_what_a_second_file_tells_and_an_undo_takes_the_untouched_back(service: Alone) -> None:
    li = seller(service, "people-again", "customer.import")
    customer = created(service, li, name="再来一次", phone=number())
    rows = ["再来一次,,郑和,,船长,,", "再来一次,,王景弘,,副使,,"]
    job = imported(service, li, rows, kind="CONTACT", head=CONTACTS)

    again = imported(service, li, ["再来一次,,郑和,,正使,,"], kind="CONTACT", head=CONTACTS, policy="UPDATE")
    service.call(li, "undo_customer_import", id=job["id"])
    after = ended(service, li, job["id"])

    assert counts(again) == (0, 1, 0, 0)
    assert (after["taken_back"], after["kept"]) == (1, 1)
    assert contacts_of(service, li, customer["id"]) == [("郑和", "正使", 2)]
