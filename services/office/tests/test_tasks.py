"""Tasks (OFC-17): who gives, who does, who sees, who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor, system_context
from crm_common.ids import to_global
from officing import heard, run_job, works
from serving.alone import Alone

SOON = datetime.now(UTC) + timedelta(days=2)


@dataclass(frozen=True)
class Team:
    """zhao leads wang and li; sun is above zhao; qian stands apart."""

    service: Alone
    sun: Actor
    zhao: Actor
    wang: Actor
    li: Actor
    qian: Actor

    def given(self, **more: Any) -> dict[str, Any]:
        """A task that wang gives to li."""
        values = {"title": "准备报价", "assignee_id": self.li.id} | more
        return dict(self.service.call(self.wang, "create_task", **values)["task"])

    def moved(self, actor: Actor, action: str, task: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The task after an action on its latest version."""
        answer = self.service.call(actor, action, id=task["id"], version=task["version"], **more)
        return dict(answer["task"])

    def refused(self, actor: Actor, action: str, task: dict[str, Any], **more: Any) -> str:
        return self.service.refused(actor, action, id=task["id"], version=task["version"], **more)


@pytest.fixture
def team(service: Alone) -> Team:
    """Five people nobody has heard of yet."""
    mark = uuid4().hex[:6]
    sun = works(service, f"sun {mark}")
    zhao = works(service, f"zhao {mark}", below=(sun,))
    wang, li = (works(service, f"{name} {mark}", below=(zhao, sun)) for name in ("wang", "li"))
    return Team(service, sun, zhao, wang, li, works(service, f"qian {mark}"))


def test_ofc_17_a_task_goes_from_hand_to_hand_until_it_is_verified(team: Team) -> None:
    task = team.given(due_at=SOON, priority="HIGH")
    assert (task["status"], task["priority"], task["assigner_name"]) == ("ASSIGNED", "HIGH", team.wang.name)
    task = team.moved(team.li, "accept_task", task)
    task = team.moved(team.li, "report_task_progress", task, progress=40)
    assert (task["status"], task["progress"], task["is_open"]) == ("IN_PROGRESS", 40, True)
    task = team.moved(team.li, "complete_task", task, result="已发客户")
    assert (task["status"], task["progress"], task["result"], task["is_open"]) == ("DONE", 100, "已发客户", False)
    task = team.moved(team.wang, "reopen_task", task, reason="价格有误")
    task = team.moved(team.li, "complete_task", task)
    task = team.moved(team.wang, "verify_task", task)
    assert (task["status"], task["version"]) == ("VERIFIED", 7)
    kinds = ("created", "accepted", "progressed", "done", "reopened", "done", "verified")
    of_it = "SELECT type FROM journal WHERE subject = %s ORDER BY seq"
    told = [row[0] for row in team.service.store.rows(of_it, (f"task/{task['id']}",))]
    assert told == [f"task.{each}" for each in kinds]
    assert heard(team.service, team.li) == ["task_assigned", "task_reopened"]
    assert heard(team.service, team.wang) == ["task_done", "task_done"]


def test_ofc_17_each_side_does_its_own_and_superiors_stand_in_for_who_gave_it(team: Team) -> None:
    task = team.given()
    for action in ("accept_task", "complete_task"):
        assert team.refused(team.wang, action, task) == "FORBIDDEN"
    assert team.refused(team.li, "cancel_task", task) == "FORBIDDEN"
    assert team.refused(team.li, "update_task", task, title="x") == "FORBIDDEN"
    assert team.refused(team.li, "assign_task", task, assignee_id=team.qian.id) == "FORBIDDEN"
    task = team.moved(team.li, "accept_task", task)
    task = team.moved(team.li, "complete_task", task)
    assert team.refused(team.li, "verify_task", task) == "FORBIDDEN"
    assert team.moved(team.sun, "verify_task", task)["status"] == "VERIFIED"


def test_ofc_17_whoever_is_not_concerned_sees_no_task_and_finds_none(team: Team) -> None:
    task = team.given()
    seen = [team.service.call(each, "tasks_by_ids", ids=[task["id"]]) for each in (team.sun, team.zhao, team.li)]
    assert [each[0]["id"] for each in seen] == [task["id"]] * 3
    assert team.service.call(team.qian, "tasks_by_ids", ids=[task["id"]]) == [None]
    for action in ("accept_task", "complete_task", "verify_task", "cancel_task"):
        assert team.refused(team.qian, action, task) == "NOT_FOUND"
    assert team.service.refused(team.qian, "create_task", title="x", parent_id=task["id"]) == "NOT_FOUND"
    assert team.service.refused(None, "tasks") == "UNAUTHENTICATED"


def test_ofc_17_lists_by_whose_they_are_and_by_filter(team: Team) -> None:
    given, own = team.given(due_at=SOON), team.service.call(team.wang, "create_task", title="自己的")["task"]

    def listed(actor: Actor, box: str, **more: Any) -> list[str]:
        return [each["id"] for each in team.service.call(actor, "tasks", box=box, **more)["nodes"]]

    assert listed(team.wang, "MINE") == [own["id"]]
    assert listed(team.wang, "ASSIGNED_BY_ME") == [given["id"]]
    assert listed(team.li, "MINE") == [given["id"]]
    assert listed(team.zhao, "TEAM") == [given["id"], own["id"]]
    assert (listed(team.zhao, "MINE"), listed(team.qian, "ALL")) == ([], [])
    urgent = {"filter": {"priority": {"eq": "URGENT"}}}
    assert listed(team.zhao, "TEAM", **urgent) == []
    assert listed(team.zhao, "TEAM", filter={"due_at": {"within_next": {"amount": 3, "unit": "DAY"}}}) == [given["id"]]


def test_ofc_17_parts_come_before_the_whole_and_are_called_off_with_it(team: Team) -> None:
    whole = team.given()
    part = team.service.call(team.li, "create_task", title="部分", parent_id=whole["id"])["task"]
    piece = team.service.call(team.li, "create_task", title="更小", parent_id=part["id"])["task"]
    whole = team.moved(team.li, "accept_task", whole)
    assert team.refused(team.li, "complete_task", whole) == "BAD_STATE"
    team.moved(team.wang, "cancel_task", whole, reason="不需要了")
    left = team.service.call(team.li, "tasks_by_ids", ids=[part["id"], piece["id"]])
    assert [(each["status"], each["result"]) for each in left] == [("CANCELLED", "不需要了")] * 2
    assert team.service.refused(team.li, "create_task", title="x", parent_id=whole["id"]) == "BAD_STATE"


def test_ofc_17_both_are_told_once_that_a_task_is_overdue(team: Team) -> None:
    task = team.given(due_at=SOON)
    before = heard(team.service, team.li)
    run_job(team.service, "office.tasks_overdue", SOON - timedelta(minutes=1))
    assert heard(team.service, team.li) == before
    for _ in range(2):
        run_job(team.service, "office.tasks_overdue", SOON + timedelta(minutes=1))
    assert heard(team.service, team.li) == [*before, "task_overdue"]
    assert heard(team.service, team.wang) == ["task_overdue"]
    task = team.service.call(team.li, "tasks_by_ids", ids=[task["id"]])[0]
    later = SOON + timedelta(days=1)
    team.moved(team.wang, "update_task", task, due_at=later)
    run_job(team.service, "office.tasks_overdue", later + timedelta(minutes=1))
    assert heard(team.service, team.wang) == ["task_overdue", "task_overdue"]


def test_idn_23_open_tasks_of_who_leaves_go_to_others_in_turn(team: Team) -> None:
    identity = system_context("identity", correlation_id="test").actor
    open_ones = [team.given(title=f"任务{number}") for number in range(3)]
    done = team.moved(team.li, "complete_task", team.moved(team.li, "accept_task", open_ones.pop()))
    assert team.service.call(identity, "owned_here", employee_id=team.li.id)["counts"]["task"] == 2
    given = {"from_id": team.li.id, "to_ids": [team.qian.id, team.zhao.id], "kinds": ["task"]}
    assert team.service.call(identity, "hand_over_here", **given)["moved"]["task"] == 2
    assert team.service.call(identity, "hand_over_here", **given)["moved"]["task"] == 0
    found = team.service.call(team.wang, "tasks_by_ids", ids=[*(each["id"] for each in open_ones), done["id"]])
    assert [each["assignee_id"] for each in found] == [str(each.id) for each in (team.qian, team.zhao, team.li)]
    assert heard(team.service, team.qian) == ["task_assigned"]


def test_ofc_17_what_cannot_be_is_refused(team: Team) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    gone = works(team.service, f"gone {uuid4()}", active=False)
    call = team.service.refused
    assert call(team.wang, "create_task", title="  ") == "VALIDATION"
    assert call(team.wang, "create_task", title="x", due_at=past) == "VALIDATION"
    assert call(team.wang, "create_task", title="x", assignee_id=gone.id) == "VALIDATION"
    assert call(team.wang, "create_task", title="x", about="nonsense") == "VALIDATION"
    assert call(team.wang, "create_task", title="x", about=to_global("Nothing", uuid4())) == "VALIDATION"
    assert call(team.wang, "create_task", title="x", about=to_global("Task", uuid4())) == "NOT_FOUND"
    task = team.given()
    assert team.refused(team.wang, "update_task", task | {"version": 9}, title="y") == "CONFLICT"
    assert team.refused(team.li, "complete_task", task) == "BAD_STATE"


def test_ofc_17_a_task_is_about_a_record_that_its_giver_sees(team: Team) -> None:
    subject = to_global("Task", team.given()["id"])
    task = team.given(about=subject)
    assert task["about"] == subject
    assert team.service.refused(team.qian, "create_task", title="x", about=subject) == "NOT_FOUND"
