"""Imports and exports of customers (IOX-01, 02, CUS-19, 54) through the service: every row gets its due."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.context import Actor
from crm_common.protocol.selection import names
from ledger.waiting import until
from selling import created, number, seller
from selling.imports import ENDED, counts, ended, errors, files, imported
from serving.alone import Alone


def importer(service: Alone, name: str, **scopes: str) -> Actor:
    return seller(service, name, "customer.import", "customer.export", "pool.import", "pool.view", **scopes)


def test_cus_54_duplicates_are_skipped_bad_rows_fail_and_a_file_lists_them(service: Alone) -> None:
    """10 rows, 3 duplicates, 1 bad phone → 6 created, 3 skipped, 1 failed, error file lists 4; again → 0 created."""
    li = importer(service, "importing-li")
    there = created(service, li, name="早有的客户", phone="13900000001")
    phones = [number() for _ in range(6)]
    rows = [f"导入客户{place},{phone}" for place, phone in enumerate(phones)]
    rows += [f"导入客户0, +86 {phones[0]} ", f"导入客户1,{phones[1]}", "早有的客户,13900000001", "号码不对,12345"]

    job = imported(service, li, rows)

    assert counts(job) == (6, 0, 3, 1)
    listed = errors(service, li, job)
    assert len(listed) == 4
    assert any("第 2 行" in line for line in listed)
    assert any("OWNED" in line for line in listed)
    assert counts(imported(service, li, rows)) == (0, 0, 9, 1)
    mine = service.call(li, "my_customers", first=100, select=names("id", "name", "phone", "version"))["nodes"]
    assert sorted(each["name"] for each in mine) == sorted([f"导入客户{place}" for place in range(6)] + ["早有的客户"])
    assert {each["phone"] for each in mine} == {*phones, "13900000001"}
    assert {each["id"]: each["version"] for each in mine}[there["id"]] == 1


def test_iox_01_update_takes_what_is_told_of_one_s_own_and_never_the_phone(service: Alone) -> None:
    li, wang = importer(service, "importing-li2"), importer(service, "importing-wang2")
    own, others = number(), number()
    created(service, li, name="自己的", phone=own, email="old@example.com", address="老地址")
    created(service, wang, name="别人的", phone=others)
    rows = [f"自己的,{own},,,new@example.com", f"别人的,{others},,,thief@example.com"]

    job = imported(service, li, rows, policy="UPDATE")

    assert counts(job) == (0, 1, 0, 1)
    (mine,) = service.call(li, "my_customers", select=names("email", "address", "phone"))["nodes"]
    assert (mine["email"], mine["address"], mine["phone"]) == ("new@example.com", "老地址", own)
    (theirs,) = service.call(wang, "my_customers", select=names("email"))["nodes"]
    assert theirs["email"] is None


def test_rows_go_to_owners_in_the_importer_s_scope_only(service: Alone) -> None:
    """CUS-54: rows become the importer's own, or go to named owners in scope."""
    head = importer(service, "importing-head", customer="TEAM")
    seller(service, "importing-stranger")
    rows = [
        f"给自己,{number()},,importing-head",
        f"给外人,{number()},,importing-stranger",
        f"给谁,{number()},,没有这人",
    ]

    job = imported(service, head, rows)

    assert counts(job) == (1, 0, 0, 2)
    assert sum("没有名为" in line for line in errors(service, head, job)) == 2


def test_cus_19_a_file_goes_into_the_pool_in_nobody_s_name(service: Alone) -> None:
    keeper = importer(service, "importing-keeper", pool="ALL", customer="ALL")
    before = service.call(keeper, "pool_customers", total=True)["total"]

    job = imported(service, keeper, [f"公海{place},{number()}" for place in range(5)], kind="POOL_CUSTOMER")

    assert counts(job) == (5, 0, 0, 0)
    assert service.call(keeper, "pool_customers", total=True)["total"] == before + 5
    clerk = seller(service, "importing-clerk", "customer.import")
    refused = imported(service, clerk, [f"公海,{number()}"], kind="POOL_CUSTOMER")
    assert counts(refused) == (0, 0, 0, 1)


def test_words_of_dictionaries_are_read_and_unknown_ones_refused(service: Alone) -> None:
    """CUS-46: free text region not in dictionary → VALIDATION."""
    li = importer(service, "importing-words")
    label, code = service.store.rows("SELECT label, code FROM dictionary_entry WHERE dictionary = 'REGION' LIMIT 1")[0]
    rows = [
        f"有地区,{number()},{label}",
        f"没地区,{number()},火星",
        f"人,{number()},,,,女,个人",
        f"公司,{number()},,,,女,企业",
    ]

    job = imported(service, li, rows)

    assert counts(job) == (2, 0, 0, 2)
    found = service.call(li, "my_customers", select=names("name", "region", "sex", "kind"))["nodes"]
    assert {each["name"]: (each["region"], each["sex"], each["kind"]) for each in found} == {
        "有地区": (code, None, "COMPANY"),
        "人": (None, "FEMALE", "PERSON"),
    }


def test_an_import_is_undone_but_for_what_was_worked_with(service: Alone) -> None:
    li = seller(service, "importing-undo", "customer.import", "customer.follow")
    job = imported(service, li, [f"撤销{place},{number()}" for place in range(3)])
    (first, *_) = service.call(li, "my_customers", select=names("id", "version"))["nodes"]
    service.call(li, "create_follow_up", customer_id=first["id"], type="PHONE", content="已联系")

    service.call(li, "undo_customer_import", id=job["id"])
    undone = ended(service, li, job["id"])

    assert (undone["state"], undone["taken_back"], undone["kept"]) == ("UNDONE", 2, 1)
    left = service.call(li, "my_customers", select=names("id"))["nodes"]
    assert [each["id"] for each in left] == [first["id"]]
    gone = service.store.rows("SELECT count(*) FROM journal WHERE type = 'customer.deleted'")
    assert gone[0][0] >= 2


def test_iox_02_an_export_is_masked_as_its_viewer_sees_it_and_no_cell_is_a_formula(service: Alone) -> None:
    boss = seller(service, "exporting-boss", "customer.export", customer="ALL")
    li = importer(service, "exporting-li")
    phone = number()
    created(service, li, name="=1+1", phone=phone)
    condition = {"name": {"eq": "=1+1"}}

    text = {who.name: exported(service, who, condition) for who in (li, boss)}

    assert f",{phone}," in text["exporting-li"]
    assert phone not in text["exporting-boss"]
    assert f"{phone[:3]}****{phone[-4:]}" in text["exporting-boss"]
    assert "\n=1+1" not in text["exporting-li"]
    assert "=1+1" in text["exporting-li"]
    done = service.store.rows("SELECT count(*) FROM journal WHERE type = 'export.done'")
    assert done[0][0] >= 2


def exported(service: Alone, who: Actor, condition: dict[str, Any]) -> str:
    """The text of an export's file."""
    begun = service.call(who, "start_customer_export", kind="CUSTOMER", format="CSV", filter=condition)
    job = str(UUID(begun["job"]["id"]))
    shown = names("state")

    def state() -> str:
        (found,) = service.call(who, "customer_exports_by_ids", ids=[job], select=shown)
        return str(found["state"])

    until(lambda: state() in ENDED, "the export ends", 60)
    link = service.call(who, "customer_export_file", id=job)
    grant = files().signer.read(link["url"])
    assert grant is not None
    return b"".join(files().read(grant.key)).decode("utf-8-sig")
