"""Memos (OFC-11): one's own, and nobody else's."""

from __future__ import annotations

from serving.alone import Alone, employee


def test_what_is_written_down_is_found_changed_and_thrown_away(service: Alone) -> None:
    li = employee("li")
    made = service.call(li, "create_memo", title=" 周三带样品 ", body="两套")["memo"]

    changed = service.call(li, "update_memo", id=made["id"], version=1, body="三套")["memo"]
    assert (changed["title"], changed["body"], changed["version"]) == ("周三带样品", "三套", 2)
    assert service.refused(li, "update_memo", id=made["id"], version=1, body="x") == "CONFLICT"
    assert service.refused(li, "update_memo", id=made["id"], version=2, title="  ") == "VALIDATION"
    assert service.call(li, "update_memo", id=made["id"], version=2, body="三套")["memo"]["version"] == 2
    assert service.call(li, "delete_memo", id=made["id"])["deleted_id"] == made["id"]
    assert service.call(li, "memos")["nodes"] == []
    assert service.events()[-3:] == ["memo.created", "memo.updated", "memo.deleted"]


def test_an_administrator_reads_nobody_else_s_memo_and_changes_none(service: Alone) -> None:
    wang, admin = employee("wang"), employee("admin", "sys.settings", "audit.view", "role.edit")
    made = service.call(wang, "create_memo", title="王的", body="私事")["memo"]

    assert service.call(admin, "memos")["nodes"] == []
    assert service.call(admin, "memos_by_ids", ids=[made["id"]]) == [None]
    for command in ("update_memo", "delete_memo"):
        about = {"id": made["id"]} | ({"version": 1, "title": "x"} if command == "update_memo" else {})
        assert service.refused(admin, command, **about) == "NOT_FOUND"
    assert [each["body"] for each in service.call(wang, "memos")["nodes"]] == ["私事"]


def test_without_a_session_nothing_is_open(service: Alone) -> None:
    assert service.refused(None, "memos") == "UNAUTHENTICATED"
    assert service.refused(None, "create_memo", title="x") == "UNAUTHENTICATED"
