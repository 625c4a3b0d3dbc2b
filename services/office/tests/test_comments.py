"""Comments on any record (OFC-22): said, read and told only among those who see the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.ids import to_global
from infra.postgres import SharedPostgres
from officing.company import Office, opened

MENTIONED, ANSWERED = "mentioned", "answered"


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Office]:
    with opened(postgres_server) as made:
        yield made


def task(company: Office, giver: Actor, doer: Actor) -> str:
    """The global id of a task that the two of them see."""
    made = company.call(giver, "create_task", title="准备报价", assignee_id=doer.id)["task"]
    return to_global("Task", made["id"])


def said(company: Office, actor: Actor, subject: str, body: str = "周三交", **more: Any) -> dict[str, Any]:
    return dict(company.call(actor, "add_comment", subject=subject, body=body, **more)["comment"])


def listed(company: Office, actor: Actor, subject: str) -> list[str]:
    return [each["body"] for each in company.call(actor, "comments", subject=subject)["nodes"]]


def test_ofc_22_a_mention_becomes_a_message_to_whoever_sees_the_record(company: Office) -> None:
    wang, li, qian = (company.person(name) for name in ("wang", "li", "qian"))
    subject = task(company, wang, li)
    answer = company.call(
        wang, "add_comment", subject=subject, body=" 请李看一下 ", mention_ids=[li.id, qian.id, li.id, wang.id]
    )
    assert answer["comment"]["body"] == "请李看一下"
    assert answer["comment"]["mention_ids"] == [str(li.id), str(wang.id)]
    assert answer["unseen_ids"] == [str(qian.id)]
    assert [kind for kind, _ in company.heard(li)] == ["task_assigned", MENTIONED]
    assert company.heard(li)[-1][1] == f"{wang.name}提到了您"
    assert company.heard(qian) == []
    assert company.heard(wang) == []
    assert company.events(f"comment/{answer['comment']['id']}") == ["comment.added"]


def test_ofc_22_only_who_sees_the_record_reads_and_writes(company: Office) -> None:
    wang, li, qian = (company.person(name) for name in ("wang", "li", "qian"))
    subject = task(company, wang, li)
    made = said(company, li, subject)
    assert listed(company, wang, subject) == ["周三交"]
    assert company.refused(qian, "comments", subject=subject) == "NOT_FOUND"
    assert company.refused(qian, "add_comment", subject=subject, body="x") == "NOT_FOUND"
    assert company.call(qian, "comments_by_ids", ids=[made["id"]]) == [None]
    assert [each and each["id"] for each in company.call(wang, "comments_by_ids", ids=[made["id"], uuid4()])] == [
        made["id"],
        None,
    ]
    for change in ("update_comment", "delete_comment"):
        more = {"version": 1, "body": "x"} if change == "update_comment" else {}
        assert company.refused(qian, change, id=made["id"], **more) == "NOT_FOUND"
        assert company.refused(wang, change, id=made["id"], **more) == "FORBIDDEN"
    assert company.refused(None, "comments", subject=subject) == "UNAUTHENTICATED"


def test_ofc_22_a_record_of_another_service_is_asked_of_its_owner(company: Office) -> None:
    seeing, blind = company.person("zhao", "org.view"), company.person("qian")
    subject = to_global("Department", company.place["id"])
    said(company, seeing, subject, "改名吗", mention_ids=[blind.id])
    assert listed(company, seeing, subject) == ["改名吗"]
    assert company.refused(blind, "comments", subject=subject) == "NOT_FOUND"
    assert company.heard(blind) == []


def test_ofc_22_whoever_cannot_see_a_record_any_more_is_not_told(company: Office) -> None:
    wang, li = company.person("wang"), company.person("li")
    subject = task(company, wang, li)
    company.disable(li)
    answer = company.call(wang, "add_comment", subject=subject, body="在吗", mention_ids=[li.id])
    assert (answer["comment"]["mention_ids"], answer["unseen_ids"]) == ([], [str(li.id)])


def test_ofc_22_answers_stand_below_what_they_answer(company: Office) -> None:
    wang, li = company.person("wang"), company.person("li")
    subject, other = task(company, wang, li), task(company, wang, li)
    first = said(company, wang, subject, "何时交")
    said(company, li, subject, "周三", parent_id=first["id"])
    assert (ANSWERED, f"{li.name}回复了您的评论") in company.heard(wang)
    [thread] = company.call(wang, "comments", subject=subject)["nodes"]
    assert thread["body"] == "何时交"
    refused = company.refused
    assert refused(li, "add_comment", subject=other, body="x", parent_id=first["id"]) == "VALIDATION"
    assert refused(li, "add_comment", subject=subject, body="x", parent_id=uuid4()) == "NOT_FOUND"
    company.call(wang, "delete_comment", id=first["id"])
    assert refused(li, "add_comment", subject=subject, body="x", parent_id=first["id"]) == "BAD_STATE"


def test_ofc_22_one_s_own_is_changed_for_15_minutes_and_deleted_at_any_time(company: Office) -> None:
    wang, li = company.person("wang"), company.person("li")
    subject, begun = task(company, wang, li), company.clock.now()
    made = said(company, wang, subject)
    company.clock.moment = begun + timedelta(minutes=15)
    changed = company.call(wang, "update_comment", id=made["id"], version=1, body="周四交")["comment"]
    assert (changed["body"], changed["version"], changed["edited_at"] is None) == ("周四交", 2, False)
    assert company.refused(wang, "update_comment", id=made["id"], version=1, body="x") == "CONFLICT"
    company.clock.moment = begun + timedelta(minutes=15, seconds=1)
    assert company.refused(wang, "update_comment", id=made["id"], version=2, body="x") == "BAD_STATE"
    gone = company.call(wang, "delete_comment", id=made["id"])["comment"]
    assert (gone["body"], gone["is_deleted"]) == ("", True)
    assert company.events(f"comment/{made['id']}") == ["comment.added", "comment.updated", "comment.deleted"]
    company.clock.moment = begun


def test_ofc_22_what_is_no_record_or_says_nothing_is_refused(company: Office) -> None:
    wang, li = company.person("wang"), company.person("li")
    subject = task(company, wang, li)
    made = said(company, wang, subject)
    for strange in ("nonsense", to_global("Nothing", uuid4()), to_global("Comment", made["id"])):
        assert company.refused(wang, "add_comment", subject=strange, body="x") == "VALIDATION"
    assert company.refused(wang, "add_comment", subject=to_global("Task", uuid4()), body="x") == "NOT_FOUND"
    assert company.refused(wang, "add_comment", subject=subject, body="   ") == "VALIDATION"
