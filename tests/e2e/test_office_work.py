"""Tasks, comments and rules through GraphQL (OFC-17, 18, 22, CFD-05)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

TASK = "task { id title status version about assignee { name } assignerName }"
MINE = "{ tasks(box: MINE, first: 50) { nodes { id title about assignerName dueAt } } }"
HEARD = "{ messages(first: 50) { nodes { kind title about } } }"
FIRED = """query($rule: ID!) { ruleFirings(filter: {ruleId: {eq: $rule}}) {
    nodes { status depth record values results problem } } }"""


@dataclass(frozen=True)
class Desk:
    """Two sellers, and who runs the rules."""

    company: Company
    ids: dict[str, str]
    wang: Person
    li: Person
    clerk: Person


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    company = Company(system)
    position = company.position("办公", company.department("办公部"))
    keys = ("org.view", "customer.view", "customer.edit", "rule.edit", "task.template")
    clerk = company.role("规则管理", *keys, scope="ALL")
    roles = {"o.wang": company.preset("SALES"), "o.li": company.preset("SALES"), "o.clerk": clerk}
    ids = {login: company.employee(login, position, role) for login, role in roles.items()}
    for service in ("customer", "office"):
        until(partial(copied, system, service), "the copies of employees")
    return Desk(company, ids, *(company.first_login(login) for login in roles))


def copied(system: System, service: str) -> bool:
    """Whether the service knows all three."""
    return system.rows("SELECT count(*) FROM employee_ref WHERE name LIKE %s", "o.%", service=service) == [(3,)]


def customer(desk: Desk, owner: Person) -> dict[str, Any]:
    given = {"name": f"客户 {uuid4().hex[:6]}", "phone": f"137{uuid4().int % 10**8:08}"}
    return dict(do(owner, "createCustomer", "customer { id name version }", **given)["customer"])


def heard(person: Person) -> list[dict[str, Any]]:
    return list(person.ask(HEARD)["nodes"])


def test_ofc_17_a_task_about_a_customer_goes_from_clerk_to_seller_and_back(desk: Desk) -> None:
    about = customer(desk, desk.wang)["id"]
    given = {"title": "准备报价", "assigneeId": desk.ids["o.wang"], "about": about}
    task = do(desk.clerk, "createTask", TASK, **given)["task"]
    assert (task["about"], task["assignee"], task["assignerName"]) == (about, {"name": "o.wang"}, "o.clerk")
    assert refuses(desk.li, "createTask", title="x", about=about).code == "NOT_FOUND"
    task = do(desk.wang, "acceptTask", TASK, id=task["id"], version=1)["task"]
    early = refuses(desk.clerk, "verifyTask", id=task["id"], version=2)
    assert (early.code, early.zh) == ("BAD_STATE", "任务当前状态（ACCEPTED）不允许此操作。")
    task = do(desk.wang, "completeTask", TASK, id=task["id"], version=2)["task"]
    assert do(desk.clerk, "verifyTask", TASK, id=task["id"], version=3)["task"]["status"] == "VERIFIED"
    assert desk.li.ask("query($id: ID!) { task(id: $id) { id } }", id=task["id"]) is None
    assert {"kind": "task_assigned", "title": "o.clerk gave you a task: 准备报价", "about": task["id"]} in heard(
        desk.wang
    )


def test_ofc_18_a_process_is_started_for_a_customer(desk: Desk) -> None:
    about = customer(desk, desk.wang)["id"]
    steps = [{"title": "查询背景"}, {"title": "首次拜访"}]
    made = do(desk.clerk, "createTaskTemplate", "taskTemplate { id steps { place title } }", name="首访", steps=steps)
    started = do(
        desk.wang, "startTaskProcess", "taskProcess { stepsLeft tasks { id step } }",
        templateId=made["taskTemplate"]["id"], about=about,
    )["taskProcess"]  # fmt: skip
    assert (started["stepsLeft"], [each["step"] for each in started["tasks"]]) == (2, [1, 2])
    assert refuses(desk.wang, "acceptTask", id=started["tasks"][1]["id"], version=1).code == "BAD_STATE"


def test_ofc_22_a_customer_is_discussed_by_those_who_see_it(desk: Desk) -> None:
    about = customer(desk, desk.wang)["id"]
    said = {"subject": about, "body": "周三去拜访", "mentionIds": [desk.ids["o.clerk"], desk.ids["o.li"]]}
    made = do(desk.wang, "addComment", "comment { id mentions { name } } unseenIds", **said)
    assert made["comment"]["mentions"] == [{"name": "o.clerk"}]
    assert made["unseenIds"] == [desk.ids["o.li"]]
    assert {"kind": "mentioned", "title": "o.wang mentioned you", "about": about} in heard(desk.clerk)
    assert not [each for each in heard(desk.li) if each["kind"] == "mentioned"]
    answer = {"subject": about, "body": "一起去", "parentId": made["comment"]["id"]}
    do(desk.clerk, "addComment", "comment { id }", **answer)
    shown = "body authorName answers { body author { name } }"
    read = f"query($id: String!) {{ comments(subject: $id) {{ nodes {{ {shown} }} }} }}"
    assert desk.wang.ask(read, id=about)["nodes"] == [
        {"body": "周三去拜访", "authorName": "o.wang", "answers": [{"body": "一起去", "author": {"name": "o.clerk"}}]}
    ]
    assert desk.li.refused(read, id=about)[0] == "NOT_FOUND"


def test_cfd_05_a_rule_on_a_customer_makes_a_task_for_its_owner(desk: Desk) -> None:
    action = {
        "mutation": "createTask",
        "input": {
            "title": "首次联系：{{name}}",
            "assigneeId": "{{ownerId}}",
            "about": "{{record}}",
            "dueAt": {"inDays": 1},
        },
    }
    condition = {"ownerId": {"eq": desk.ids["o.wang"]}, "afterName": {"startsWith": "客户"}}
    rule = do(
        desk.clerk, "createRule", "rule { id ownerName }",
        name="新客户首次联系", eventType="customer.created", condition=condition, actions=[action],
    )["rule"]  # fmt: skip
    mine, other = customer(desk, desk.wang), customer(desk, desk.li)

    def done() -> list[dict[str, Any]]:
        found = desk.clerk.ask(FIRED, rule=rule["id"])["nodes"]
        return found if found and found[0]["status"] != "WAITING" else []

    [firing] = until(done, "the rule", 30)
    assert (firing["status"], firing["depth"], firing["record"], firing["problem"]) == ("DONE", 1, mine["id"], None)
    assert firing["values"]["afterName"] == mine["name"]
    [task] = [each for each in desk.wang.ask(MINE)["nodes"] if each["id"] in firing["results"][0]["records"]]
    assert (task["title"], task["about"], task["assignerName"]) == (f"首次联系：{mine['name']}", mine["id"], "o.clerk")
    assert task["dueAt"] is not None
    assert not [each for each in desk.li.ask(MINE)["nodes"] if other["name"] in each["title"]]
    event = "SELECT event_id FROM journal WHERE type = 'customer.created' ORDER BY position DESC LIMIT 1"
    [(event_id,)] = desk.company.system.rows(event, service="customer")
    preview = "query($r: ID!, $e: ID!) { previewRule(ruleId: $r, eventId: $e) { matches values actions } }"
    shown = desk.clerk.ask(preview, r=rule["id"], e=str(event_id))
    assert (shown["matches"], shown["actions"][0]["input"]["title"]) == (False, f"首次联系：{other['name']}")
    do(desk.clerk, "updateRule", "rule { active }", id=rule["id"], version=1, active=False)
    told = refuses(desk.wang, "createRule", name="x", eventType="customer.created", actions=[action])
    assert told.code == "FORBIDDEN"
