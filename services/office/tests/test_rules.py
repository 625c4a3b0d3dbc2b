"""Workflow rules (CFD-05): event or time → condition → action; a loop guard of 10; a log of what fired and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor, ActorKind
from crm_common.ids import to_global
from crm_common.journal.replay import find
from infra.postgres import SharedPostgres
from ledger.waiting import until
from officing import run_job
from officing.company import Office
from officing.running import running
from serving.alone import Alone

EDIT = "rule.edit"


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Office]:
    with running(postgres_server) as made:
        yield made


@pytest.fixture
def owner(company: Office) -> Actor:
    return company.person("owner", EDIT, "org.view", "task.template")


@pytest.fixture(autouse=True)
def no_rules_left(company: Office) -> Iterator[None]:
    """A rule of one test does not fire in the next."""
    yield
    with company.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE rule SET active = false")


def task_of(title: str, **more: Any) -> dict[str, Any]:
    return {"mutation": "createTask", "input": {"title": title} | more}


def rule(company: Office, owner: Actor, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"name": "规则", "event_type": "task.done", "actions": list(actions)} | more
    return dict(company.call(owner, "create_rule", **given)["rule"])


def done_task(company: Office, actor: Actor, title: str, **more: Any) -> dict[str, Any]:
    """A task of one's own that is done: an event."""
    made = company.call(actor, "create_task", title=title, **more)["task"]
    accepted = company.call(actor, "accept_task", id=made["id"], version=1)["task"]
    return dict(company.call(actor, "complete_task", id=made["id"], version=accepted["version"])["task"])


def fired(company: Office, owner: Actor, made: dict[str, Any], count: int = 1) -> list[dict[str, Any]]:
    """The firings of a rule, all finished, earliest first."""

    def finished() -> list[dict[str, Any]]:
        found = company.call(owner, "rule_firings", filter={"rule_id": {"eq": made["id"]}}, first=100)["nodes"]
        return found if len(found) >= count and all(each["status"] != "WAITING" for each in found) else []

    return sorted(until(finished, "the firings"), key=lambda each: str(each["id"]))


def titles(company: Office, actor: Actor) -> list[str]:
    found = company.call(actor, "tasks", box="MINE", first=100)["nodes"]
    return sorted(each["title"] for each in found)


def test_cfd_05_a_rule_on_an_event_makes_a_task(company: Office, owner: Actor) -> None:
    li = company.person("li")
    made = rule(
        company, owner,
        task_of("回访：{{title}}", assigneeId=to_global("Employee", li.id), about="{{record}}", dueAt={"inDays": 3}),
        condition={"title": {"startsWith": "首访"}, "priority": {"in": ["HIGH", "URGENT"]}},
    )  # fmt: skip
    done_task(company, owner, "首访远望", priority="LOW")
    task = done_task(company, owner, "首访华信", priority="HIGH")
    [firing] = fired(company, owner, made)
    assert (firing["status"], firing["depth"], firing["event_type"]) == ("DONE", 1, "task.done")
    assert firing["values"] == {"priority": "HIGH", "title": "首访华信"}
    assert firing["record"] == to_global("Task", task["id"])
    [result] = firing["results"]
    assert (result["mutation"], result["ok"]) == ("createTask", True)
    assert titles(company, li) == ["回访：首访华信"]
    [followed] = company.call(li, "tasks", box="MINE")["nodes"]
    assert result["records"] == [to_global("Task", followed["id"])]
    assert (followed["assigner_id"], followed["about"]) == (str(owner.id), firing["record"])
    due = company.clock.now() + timedelta(days=3)
    assert followed["due_at"] == due.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert company.events(f"rule/{made['id']}") == ["rule.created", "rule.fired"]


def test_cfd_05_an_event_that_comes_twice_fires_once(company: Office, owner: Actor) -> None:
    made = rule(company, owner, task_of("一次"))
    task = done_task(company, owner, "重复")
    [firing] = fired(company, owner, made)
    event = find(company.store, firing["event_id"])
    assert event is not None
    assert company.service.inbox.store_message("fire_on_event", event, again=True)
    again = "SELECT 1 FROM inbox WHERE consumer = 'fire_on_event' AND event_id = %s AND state = 'done'"
    until(lambda: company.store.rows(again, (event.id,)), "the inbox")
    assert [each["id"] for each in fired(company, owner, made)] == [firing["id"]]
    assert (titles(company, owner), task["status"]) == (["一次", "重复"], "DONE")


def test_cfd_05_what_happened_before_a_rule_was_made_does_not_set_it_off(company: Office, owner: Actor) -> None:
    begun = company.clock.now()
    task = done_task(company, owner, "以前的")
    [(event_id,)] = company.store.rows(
        "SELECT event_id FROM journal WHERE subject = %s AND type = 'task.done'", (f"task/{task['id']}",)
    )
    company.clock.moment = begun + timedelta(seconds=1)
    made = rule(company, owner, task_of("以后的"))
    event = find(company.store, event_id)
    assert event is not None
    assert company.service.inbox.store_message("fire_on_event", event, again=True)
    again = "SELECT 1 FROM inbox WHERE consumer = 'fire_on_event' AND event_id = %s AND state = 'done'"
    until(lambda: company.store.rows(again, (event_id,)), "the inbox")
    done_task(company, owner, "后来的")
    assert len(fired(company, owner, made)) == 1
    company.clock.moment = begun


def test_cfd_05_rules_that_set_one_another_off_are_stopped_after_ten(company: Office, owner: Actor) -> None:
    made = rule(company, owner, task_of("再来一个"), event_type="task.created")
    company.call(owner, "create_task", title="开始")
    firings = fired(company, owner, made, 11)
    assert [each["depth"] for each in firings] == list(range(1, 12))
    assert [each["status"] for each in firings] == ["DONE"] * 10 + ["STOPPED"]
    assert "rules_set_one_another_off" in firings[-1]["problem"]
    assert titles(company, owner).count("再来一个") == 10
    assert company.events(f"rule/{made['id']}") == ["rule.created", *["rule.fired"] * 10, "rule.stopped"]


def test_cfd_05_a_rule_acts_with_its_owner_s_rights_and_on_what_he_sees(company: Office, owner: Actor) -> None:
    stranger = company.person("stranger")
    made = rule(company, owner, task_of("不会发生"))
    done_task(company, stranger, "别人的")
    [firing] = fired(company, owner, made)
    assert (firing["status"], firing["results"]) == ("SKIPPED", [])
    assert "the_owner_does_not_see_the_record" in firing["problem"]
    clerk = company.person("clerk", EDIT)
    template = {"mutation": "createTaskTemplate", "input": {"name": "x", "steps": [{"title": "y"}]}}
    asked = {"name": "x", "event_type": "task.done", "actions": [template]}
    assert company.refused(clerk, "create_rule", **asked) == "FORBIDDEN"
    assert company.call(owner, "create_rule", **asked)["rule"]["owner_id"] == str(owner.id)


def test_cfd_05_whoever_saves_a_rule_answers_for_it(company: Office, owner: Actor) -> None:
    clerk = company.person("clerk", EDIT)
    made = rule(company, owner, {"mutation": "createTaskTemplate", "input": {"name": "x", "steps": [{"title": "y"}]}})
    assert company.refused(clerk, "update_rule", id=made["id"], version=1, name="mine") == "FORBIDDEN"
    company.call(owner, "update_rule", id=made["id"], version=1, actions=[task_of("x")])
    after = company.call(clerk, "update_rule", id=made["id"], version=2, name="mine")["rule"]
    assert (after["owner_id"], after["version"]) == (str(clerk.id), 3)


def test_cfd_05_a_refused_action_ends_the_firing_and_its_owner_is_told(company: Office, owner: Actor) -> None:
    refused = task_of("x", about=to_global("Task", uuid4()))
    made = rule(company, owner, task_of("第一"), refused, task_of("第三"))
    done_task(company, owner, "触发")
    [firing] = fired(company, owner, made)
    assert (firing["status"], [each["ok"] for each in firing["results"]]) == ("FAILED", [True, False])
    assert firing["results"][1]["code"] == "NOT_FOUND"
    assert [each for each in titles(company, owner) if each in ("第一", "第三")] == ["第一"]
    assert ("rule_failed", "规则“规则”执行失败：NOT_FOUND: 记录不存在。") in company.heard(owner)


def test_cfd_05_a_rule_that_is_off_or_whose_owner_left_does_nothing(company: Office, owner: Actor) -> None:
    leaver = company.person("leaver", EDIT, "org.view")
    off = rule(company, owner, task_of("x"), active=False)
    left = rule(company, leaver, task_of("y"))
    company.disable(leaver)
    done_task(company, owner, "触发")
    [firing] = fired(company, owner, left)
    assert (firing["status"], "the_owner_is_not_active" in firing["problem"]) == ("SKIPPED", True)
    assert company.call(owner, "rule_firings", filter={"rule_id": {"eq": off["id"]}})["nodes"] == []


def test_cfd_05_a_rule_acts_so_long_after_a_time_of_its_event(company: Office, owner: Actor) -> None:
    due = company.clock.now() + timedelta(days=5)
    made = rule(
        company, owner, task_of("提前一天"), event_type="task.created", relative_to="due_at", delay_minutes=-1440
    )
    company.call(owner, "create_task", title="没有期限")
    company.call(owner, "create_task", title="有期限", due_at=due)

    def waiting() -> list[dict[str, Any]]:
        return list(company.call(owner, "rule_firings", filter={"rule_id": {"eq": made["id"]}})["nodes"])

    [firing] = until(waiting, "the firing")
    assert (firing["status"], firing["due_at"][:10]) == ("WAITING", (due - timedelta(days=1)).date().isoformat())
    run_rules(company, due - timedelta(days=1, minutes=1))
    assert waiting()[0]["status"] == "WAITING"
    run_rules(company, due - timedelta(days=1))
    assert fired(company, owner, made)[0]["status"] == "DONE"
    assert "提前一天" in titles(company, owner)


def test_cfd_05_a_rule_by_schedule_fires_once_for_each_time(company: Office, owner: Actor) -> None:
    made = rule(company, owner, task_of("周报"), event_type=None, schedule="0 9 * * 1")
    first = company.call(owner, "rules_by_ids", ids=[made["id"]])[0]["next_due_at"]
    assert first == "2026-11-30T01:00:00.000000Z"
    when = company.clock.now() + timedelta(days=7)
    for _ in range(2):
        run_rules(company, when)
    [firing] = fired(company, owner, made)
    assert (firing["status"], firing["event_type"]) == ("DONE", None)
    assert company.call(owner, "rules_by_ids", ids=[made["id"]])[0]["next_due_at"][:10] == "2026-12-07"


def test_cfd_05_a_preview_says_what_would_be_done_and_does_nothing(company: Office, owner: Actor) -> None:
    task = done_task(company, owner, "首访华信", priority="HIGH")
    made = rule(company, owner, task_of("回访：{{title}}", about="{{record}}"), condition={"priority": {"eq": "LOW"}})
    find = "SELECT event_id FROM journal WHERE subject = %s AND type = 'task.done'"
    [(event,)] = company.store.rows(find, (f"task/{task['id']}",))
    shown = company.call(owner, "preview_rule", rule_id=made["id"], event_id=event)
    assert (shown["matches"], shown["values"]) == (False, {"priority": "HIGH"})
    record = to_global("Task", task["id"])
    assert shown["actions"] == [{"mutation": "createTask", "input": {"title": "回访：首访华信", "about": record}}]
    other = company.person("other", EDIT)
    assert company.refused(other, "preview_rule", rule_id=made["id"], event_id=event) == "NOT_FOUND"
    assert company.refused(owner, "preview_rule", rule_id=made["id"], event_id=uuid4()) == "NOT_FOUND"
    assert company.call(owner, "rule_firings", filter={"rule_id": {"eq": made["id"]}})["nodes"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"event_type": None},
        {"schedule": "0 9 * * *"},
        {"event_type": "rule.fired"},
        {"event_type": "nothing.happened"},
        {"event_type": None, "schedule": "every day"},
        {"event_type": None, "schedule": "0 9 * * *", "condition": {"title": {"eq": "x"}}},
        {"relative_to": "title"},
        {"condition": {"nonsense": {"eq": "x"}}},
        {"condition": {"priority": {"eq": "SOMETIMES"}}},
        {"condition": {"title": {"gte": 3}}},
        {"actions": []},
        {"actions": [{"mutation": "login", "input": {}}]},
        {"actions": [{"mutation": "createEmployee", "input": {}}]},
        {"actions": [{"mutation": "createRule", "input": {}}]},
        {"actions": [{"mutation": "createTask", "input": {}}]},
        {"actions": [task_of("{{nonsense}}")]},
        {"actions": [task_of("x", nonsense=1)]},
        {"actions": [task_of("x", priority="SOMETIMES")]},
        {"actions": [task_of("x", assigneeId="{{record}}")]},
        {"actions": [task_of("x", idempotencyKey="y")]},
        {"name": "  "},
    ],
)
def test_cfd_05_what_cannot_work_is_refused_when_it_is_saved(
    company: Office, owner: Actor, wrong: dict[str, Any]
) -> None:
    given = {"name": "规则", "event_type": "task.done", "actions": [task_of("x")]} | wrong
    assert company.refused(owner, "create_rule", **given) == "VALIDATION"


def test_cfd_05_rules_are_made_by_employees_with_the_right(company: Office, owner: Actor) -> None:
    given = {"name": "规则", "event_type": "task.done", "actions": [task_of("x")]}
    assert company.refused(company.person("li"), "create_rule", **given) == "FORBIDDEN"
    assert company.refused(company.person("li"), "rules") == "FORBIDDEN"
    program = Actor(kind=ActorKind.API_CLIENT, id=uuid4(), name="ERP", permissions=frozenset({EDIT}))
    assert company.refused(program, "create_rule", **given) == "FORBIDDEN"
    assert company.refused(owner, "update_rule", id=uuid4(), version=1, name="x") == "NOT_FOUND"
    made = rule(company, owner, task_of("x"))
    assert company.refused(owner, "update_rule", id=made["id"], version=7, name="x") == "CONFLICT"


def test_cfd_05_triggers_and_mutations_are_told(company: Office, owner: Actor) -> None:
    [trigger] = company.call(owner, "rule_triggers", event_type="task.done")
    known = {each["name"]: each for each in trigger["fields"]}
    assert {"title", "dueAt", "changed", "beforeStatus", "afterStatus"} <= known.keys()
    assert known["changed"]["operators"] == ["hasAll", "hasAny", "hasNone", "isEmpty"]
    everything = {each["event_type"] for each in company.call(owner, "rule_triggers")}
    assert {"customer.created", "lead.assigned", "comment.added"} <= everything
    assert not any(each.startswith("rule.") for each in everything)
    names = {each["name"] for each in company.call(owner, "rule_mutations")}
    assert "createTask" in names
    assert not names & {"createRule", "createEmployee", "claimCustomers"}


def run_rules(company: Office, as_of: Any) -> None:
    """Run the job of the rules as of a moment."""
    served = Alone("office", company.house.runtime, company.store)
    run_job(served, "office.rules_on_time", as_of)
