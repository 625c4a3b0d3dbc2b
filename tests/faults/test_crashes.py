"""Identity is killed at the moments that matter: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kombu
import pytest

from crm_common import faults
from ledger.waiting import until
from standing.person import Person
from standing.systems import System

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]
Breakable = Callable[[str], tuple[System, Path]]

CREATE = """mutation($in: CreateDepartmentInput!) { createDepartment(input: $in) {
    department { id name } userErrors { code message field } } }"""
NAMES = "{ departments(first: 100) { nodes { name } } }"


def create(person: Person, name: str) -> dict[str, Any]:
    """The response to a create under a key of its own; the same call again is the same request."""
    return person.send(CREATE, **{"in": {"name": name, "idempotencyKey": f"create {name}"}})


def acknowledged(response: dict[str, Any]) -> bool:
    return "errors" not in response and response["data"]["createDepartment"]["department"] is not None


def created_events(system: System, name: str) -> int:
    """How many events tell that the department was created."""
    statement = "SELECT count(*) FROM journal WHERE type = 'department.created' AND data #>> '{changes,name,1}' = %s"
    return int(system.rows(statement, name)[0][0])


def outbox(system: System) -> int:
    return int(system.rows("SELECT count(*) FROM outbox")[0][0])


def revive(system: System, person: Person) -> None:
    """Start identity again and wait until it answers."""
    identity = system.processes["identity"]
    assert identity.running.wait(30) == -9
    identity.start()
    until(lambda: "errors" not in person.send(NAMES), "identity answers again")


@pytest.mark.parametrize("point", [faults.CHANGE_WRITTEN, faults.CHANGE_COMMITTED])
def test_a_command_whose_answer_was_lost_is_repeated_with_its_key(breakable: Breakable, point: str) -> None:
    system, trigger = breakable(point)
    admin = system.admin()
    assert acknowledged(create(admin, "以前"))
    trigger.touch()

    lost = create(admin, "中断")

    assert lost["data"] == {"createDepartment": None}
    assert [error["extensions"]["code"] for error in lost["errors"]] == ["UNAVAILABLE"]
    revive(system, admin)
    assert (created_events(system, "中断") == 1) is (point == faults.CHANGE_COMMITTED)
    again = create(admin, "中断")
    assert acknowledged(again)
    assert again == create(admin, "中断")
    assert [created_events(system, name) for name in ("以前", "中断")] == [1, 1]
    names = [node["name"] for node in admin.ask(NAMES)["nodes"]]
    assert sorted(names) == sorted(["我的公司", "以前", "中断"])
    until(lambda: outbox(system) == 0, "the outbox is empty")


def test_an_event_is_published_again_when_its_confirmation_was_lost(breakable: Breakable) -> None:
    system, trigger = breakable(faults.RELAY_PUBLISHED)
    admin = system.admin()
    with kombu.Connection(system.amqp_url) as connection, connection.channel() as channel:
        exchange = kombu.Exchange("identity.events", type="topic", durable=True)
        queue = kombu.Queue("", exchange, routing_key="department.created", exclusive=True, channel=channel)
        queue.declare()
        # what was told of the login leaves first: the crash is meant for the department
        until(lambda: outbox(system) == 0, "the outbox is empty")
        trigger.touch()

        create(admin, "重复")  # its answer may be lost: the relay can be quicker
        revive(system, admin)
        assert acknowledged(create(admin, "重复"))

        until(lambda: outbox(system) == 0, "the outbox is empty")
        heard = []
        while message := queue.get(no_ack=True):
            heard.append((message.headers["ce-id"], message.headers["ce-subject"], message.headers["ce-seq"]))
    assert len(heard) == 2
    assert len(set(heard)) == 1
    assert created_events(system, "重复") == 1


def test_kills_at_random_moments_lose_nothing_that_was_acknowledged(breakable: Breakable) -> None:
    system, _ = breakable("none")
    admin = system.admin()
    identity = system.processes["identity"]
    done: list[str] = []
    for round_number in range(3):
        for number in range(8):
            name = f"部门 {round_number}-{number}"
            if number == 4:
                identity.kill()
                identity.start()
            deadline = time.monotonic() + 40
            while not acknowledged(create(admin, name)):
                assert time.monotonic() < deadline, f"{name} was never acknowledged"
            done.append(name)

    names = [node["name"] for node in admin.ask(NAMES)["nodes"]]

    assert sorted(names) == sorted(["我的公司", *done])
    assert [created_events(system, name) for name in done] == [1] * len(done)
    until(lambda: outbox(system) == 0, "the outbox is empty")
    gaps = "SELECT count(*) FROM (SELECT subject FROM journal GROUP BY subject HAVING count(*) <> max(seq)) AS gap"
    assert system.rows(gaps) == [(0,)]
