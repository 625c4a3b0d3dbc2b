"""The sales journal (SAL-35): one a day, its author's; a superior reads it and cannot edit."""

from __future__ import annotations

from crm_common.context import Actor
from earning.approved import known
from serving.alone import Alone

OWN = "performance.own"


def write(service: Alone, who: Actor, day: str = "2026-11-20", body: str = "拜访恒泰贸易") -> dict[str, object]:
    made: dict[str, object] = service.call(who, "create_sales_log", day=day, body=body, plan="寄合同")["sales_log"]
    return made


def test_sal_35_a_superior_reads_a_journal_and_cannot_edit(service: Alone) -> None:
    boss = known(service, "boss-l", OWN)
    li, stranger = known(service, "li-l", OWN, under=boss), known(service, "stranger-l", OWN, performance="ALL")
    made = write(service, li)

    [read] = service.call(boss, "sales_logs")["nodes"]
    assert (read["id"], read["author_name"], read["body"], read["plan"]) == (
        made["id"],
        "li-l",
        "拜访恒泰贸易",
        "寄合同",
    )
    edit = {"id": made["id"], "version": 1, "body": "改写"}
    assert service.refused(boss, "update_sales_log", **edit) == "FORBIDDEN"
    assert service.refused(boss, "delete_sales_log", id=made["id"]) == "FORBIDDEN"
    assert service.call(stranger, "sales_logs")["nodes"] == []
    assert service.refused(stranger, "update_sales_log", **edit) == "NOT_FOUND"


def test_its_author_changes_and_deletes_it(service: Alone) -> None:
    li = known(service, "li-edit", OWN)
    made = write(service, li)
    changed = service.call(li, "update_sales_log", id=made["id"], version=1, body="拜访恒泰，谈妥价格")["sales_log"]
    assert (changed["body"], changed["plan"], changed["version"]) == ("拜访恒泰，谈妥价格", "寄合同", 2)
    assert service.refused(li, "update_sales_log", id=made["id"], version=1, body="x") == "CONFLICT"
    assert service.call(li, "delete_sales_log", id=made["id"]) == {"deleted": True}
    assert service.call(li, "sales_logs")["nodes"] == []
    assert service.events()[-3:] == ["saleslog.created", "saleslog.updated", "saleslog.deleted"]


def test_a_day_that_has_come_has_one_journal_that_says_something(service: Alone) -> None:
    li = known(service, "li-day", OWN)
    write(service, li)
    assert service.refused(li, "create_sales_log", day="2026-11-20", body="又一篇") == "DUPLICATE"
    assert service.refused(li, "create_sales_log", day="2999-01-01", body="明天") == "VALIDATION"
    assert service.refused(li, "create_sales_log", day="2026-11-19", body="  ") == "VALIDATION"
    assert service.refused(known(service, "guest-l"), "sales_logs") == "FORBIDDEN"
