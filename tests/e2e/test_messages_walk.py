"""Acceptance walk, the messages of steps 9 and 10, through GraphQL in both modes: told once, pushed, read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, until
from walking.pushed import following

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

RUN = """mutation($in: RunJobInput!) { runJob(input: $in) {
    run { outcome report } userErrors { code field message } } }"""
SETTING = """mutation($in: ChangeSettingInput!) {
    changeSetting(input: $in) { setting { value } userErrors { code message field } } }"""
MESSAGES = "{ messages(first: 100) { nodes { id kind title about isRead } } }"
PUSHED = "subscription { messageArrived { record { kind about isRead } } }"


class Walk(Company):
    """A seller, his manager and the one who looks after the pool."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.tag = uuid4().hex[:5]
        department = self.department(f"销售 {self.tag}")
        position = self.position("销售", department)
        roles = {"s1": "SALES", "s2": "SALES", "p": "POOL_ADMIN"}
        self.ids = {
            name: self.employee(f"{name}.{self.tag}", position, self.preset(role)) for name, role in roles.items()
        }
        self.s1, self.s2, self.p = (self.first_login(f"{name}.{self.tag}") for name in roles)

    def create(self, by: Person, name: str) -> str:
        phone = f"138{uuid4().int % 10**8:08}"
        made = do(by, "createCustomer", "customer { id }", name=f"{self.tag} {name}", phone=phone)
        return str(made["customer"]["id"])

    def run(self, job: str, as_of: datetime) -> None:
        run = self.admin.ask(RUN, **{"in": {"name": job, "asOf": as_of.isoformat()}})["run"]
        assert run["outcome"] == "DONE", run

    def told(self, person: Person, kind: str, about: str | None = None) -> list[dict[str, Any]]:
        """His messages of a kind."""
        found = person.ask(MESSAGES)["nodes"]
        return [each for each in found if each["kind"] == kind and about in (None, each["about"])]


@pytest.fixture
def walk(system: System) -> Iterator[Walk]:
    made = Walk(system)
    made.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": "true"}})
    past = {"in": {"name": "customer.reclaim", "asOf": "2020-01-01T00:00:00Z", "dryRun": True}}
    until(lambda: "FORBIDDEN" not in str(made.admin.send(RUN, **past)), "time travel", 10)
    yield made
    made.admin.ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": "false"}})


def test_walk_9_the_next_contact_is_pushed_and_told_once(walk: Walk) -> None:
    k1 = walk.create(walk.s1, "K1")
    now = datetime.now(UTC)
    with following(walk.s1, PUSHED) as mine, following(walk.s2, PUSHED) as another:
        given = {
            "customerId": k1,
            "type": "PHONE",
            "content": "有意向",
            "nextContactAt": (now + timedelta(hours=1)).isoformat(),
        }
        do(walk.s1, "createFollowUp", "followUp { id }", **given)
        for _ in range(2):
            walk.run("customer.followup_due", now + timedelta(minutes=50))
        until(lambda: mine.pushed, "the push")
        assert mine.pushed == [{"messageArrived": {"record": {"kind": "follow_up_due", "about": k1, "isRead": False}}}]
        assert another.pushed == []
    [message] = walk.told(walk.s1, "follow_up_due")
    assert f"{walk.tag} K1" in message["title"]
    assert walk.s1.ask("{ unreadMessages }") == 1
    done = do(walk.s1, "readMessages", "read unread", ids=[message["id"]])
    assert (done["read"], done["unread"]) == (1, 0)


def test_walk_10_the_owner_is_warned_of_a_reclaim_exactly_once(walk: Walk) -> None:
    k2 = walk.create(walk.s1, "K2")
    card = walk.s1.ask("query($id: ID!) { customer(id: $id) { reclaimDueAt } }", id=k2)
    due = datetime.fromisoformat(card["reclaimDueAt"])
    for _ in range(2):
        walk.run("customer.reclaim", due - timedelta(days=1))
    until(lambda: walk.told(walk.s1, "reclaim_warned", k2), "the warning")
    # what comes behind both warnings, had there been two
    do(walk.s1, "releaseCustomers", "results { done }", ids=[k2], reason="x")
    until(lambda: walk.told(walk.s1, "customers_released", k2), "the message behind it")
    [warning] = walk.told(walk.s1, "reclaim_warned", k2)
    assert f"{walk.tag} K2" in warning["title"]
    assert walk.told(walk.s2, "reclaim_warned", k2) == []


def test_cus_20_an_assignment_of_25_notifies_each_of_two_once(walk: Walk) -> None:
    ids = [walk.create(walk.s1, f"B{n}") for n in range(25)]
    do(walk.s1, "releaseCustomers", "results { done }", ids=ids, reason="批量")
    people = [walk.ids["s1"], walk.ids["s2"]]
    do(walk.p, "assignCustomers", "results { done }", ids=ids, toIds=people)

    def counts() -> list[list[str]]:
        return [[each["title"] for each in walk.told(person, "customers_assigned")] for person in (walk.s1, walk.s2)]

    def whole() -> bool:
        return [[each.split()[0] for each in one] for one in counts()] == [["13"], ["12"]]

    until(whole, "13 and 12, each told once")
