"""Work by templates (OFC-18): the steps of 新客户首访流程 are done in their order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from officing import works
from serving.alone import Alone, employee

CHIEF = employee("template chief", "task.template")
STEPS: list[dict[str, Any]] = [
    {"title": "查询客户背景", "due_days": 1},
    {"title": "首次拜访", "due_days": 3},
    {"title": "提交拜访报告"},
]


@pytest.fixture
def seller(service: Alone) -> Actor:
    return works(service, f"seller {uuid4().hex[:6]}")


def template(service: Alone, **more: Any) -> dict[str, Any]:
    given = {"name": "新客户首访流程", "steps": STEPS} | more
    return dict(service.call(CHIEF, "create_task_template", **given)["task_template"])


def started(service: Alone, seller: Actor, **more: Any) -> list[dict[str, Any]]:
    """The tasks of a new process, in their order."""
    made = template(service, **more)
    process = service.call(seller, "start_task_process", template_id=made["id"])["task_process"]
    found = service.call(seller, "tasks", filter={"process_id": {"eq": process["id"]}})["nodes"]
    return sorted(found, key=lambda each: each["step"])


def test_ofc_18_step_2_before_1_is_a_bad_state(service: Alone, seller: Actor) -> None:
    first, second, third = started(service, seller)
    assert [each["title"] for each in (first, second, third)] == [each["title"] for each in STEPS]
    begun = datetime.fromisoformat(first["created_at"])
    days = [datetime.fromisoformat(each["due_at"]) - begun for each in (first, second)]
    assert (days, third["due_at"]) == ([timedelta(days=1), timedelta(days=3)], None)

    assert service.refused(seller, "accept_task", id=second["id"], version=1) == "BAD_STATE"
    service.call(seller, "accept_task", id=first["id"], version=1)
    assert service.refused(seller, "accept_task", id=second["id"], version=1) == "BAD_STATE"
    service.call(seller, "complete_task", id=first["id"], version=2)
    assert service.call(seller, "accept_task", id=second["id"], version=1)["task"]["status"] == "ACCEPTED"
    assert service.refused(seller, "accept_task", id=third["id"], version=1) == "BAD_STATE"
    [process] = service.call(seller, "task_processes", first=1)["nodes"]
    assert (process["name"], process["steps_left"]) == ("新客户首访流程", 2)


def test_ofc_18_a_step_that_is_reopened_holds_back_those_behind_it(service: Alone, seller: Actor) -> None:
    first, second, _ = started(service, seller)
    service.call(seller, "accept_task", id=first["id"], version=1)
    service.call(seller, "complete_task", id=first["id"], version=2)
    service.call(seller, "accept_task", id=second["id"], version=1)
    service.call(seller, "reopen_task", id=first["id"], version=3, reason="漏填")
    assert service.refused(seller, "complete_task", id=second["id"], version=2) == "BAD_STATE"


def test_ofc_18_a_template_is_changed_for_what_is_started_later(service: Alone, seller: Actor) -> None:
    made = template(service)
    service.call(seller, "start_task_process", template_id=made["id"])
    change = {"id": made["id"], "version": 1, "steps": STEPS[:1]}
    service.call(CHIEF, "update_task_template", **change)
    assert service.refused(CHIEF, "update_task_template", **change) == "CONFLICT"
    service.call(CHIEF, "update_task_template", id=made["id"], version=2, active=False)
    assert service.refused(seller, "start_task_process", template_id=made["id"]) == "BAD_STATE"
    assert service.events()[-2:] == ["task_template.updated", "task_template.updated"]
    count = "SELECT count(*) FROM task JOIN task_process p ON p.id = process_id WHERE p.template_id = %s"
    assert service.store.rows(count, (made["id"],)) == [(3,)]


def test_ofc_18_what_cannot_be_is_refused(service: Alone, seller: Actor) -> None:
    refused = service.refused
    assert refused(seller, "create_task_template", name="x", steps=STEPS) == "FORBIDDEN"
    assert refused(None, "create_task_template", name="x", steps=STEPS) == "UNAUTHENTICATED"
    assert refused(CHIEF, "create_task_template", name="x", steps=[]) == "VALIDATION"
    assert refused(CHIEF, "create_task_template", name=" ", steps=STEPS) == "VALIDATION"
    assert refused(CHIEF, "update_task_template", id=uuid4(), version=1, name="x") == "NOT_FOUND"
    assert refused(seller, "start_task_process", template_id=uuid4()) == "NOT_FOUND"
    gone = works(service, f"gone {uuid4()}", active=False)
    made = template(service, steps=[{"title": "x", "assignee_id": gone.id}])
    assert refused(seller, "start_task_process", template_id=made["id"]) == "VALIDATION"


def test_ofc_18_a_process_is_seen_by_whom_it_concerns(service: Alone, seller: Actor) -> None:
    above = works(service, f"above {uuid4().hex[:6]}")
    works(service, seller.name, below=(above,))
    made = template(service)
    process = service.call(seller, "start_task_process", template_id=made["id"])["task_process"]
    other = works(service, f"other {uuid4().hex[:6]}")
    for viewer, seen in ((seller, True), (above, True), (other, False)):
        [found] = service.call(viewer, "task_processes_by_ids", ids=[process["id"]])
        assert (found is not None) is seen
