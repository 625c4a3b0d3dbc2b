"""A replica that is told to end finishes what it began, takes nothing more, and does not take for ever."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from crm_common.errors import Code, CrmError
from ledger.waiting import until
from probe.house import House, asking
from probe.running import ServiceProcess, ServiceProcesses

pytestmark = pytest.mark.infra


@pytest.fixture(autouse=True)
def asleep_no_longer(gateway: House) -> Iterator[None]:
    """What a killed replica was doing goes on in the database and would be counted as the next test's call."""
    yield
    gateway.stores["probe"].rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%%pg_sleep%%'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    until(lambda: sleeping(gateway) == 0, "nothing is at work any more")


def sleeping(gateway: House) -> int:
    """How many calls of the probe sleep in the database."""
    ((count,),) = gateway.stores["probe"].rows(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%pg_sleep%%'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    return int(count)


def draining(process: ServiceProcess) -> bool:
    return bool(process.said("service.draining"))


def test_what_was_begun_is_answered_and_nothing_else_is_taken(gateway: House, processes: ServiceProcesses) -> None:
    probe = processes.start("probe")
    slow = [gateway.begin("probe", "slow", {"seconds": 3}, asking(seconds=20)) for _ in range(3)]
    until(lambda: sleeping(gateway) == 3, "three calls are at work")
    probe.terminate()
    until(lambda: draining(probe), "it drains")

    with pytest.raises(CrmError) as refused:
        gateway.call("probe", "rows", {"count": 1}, asking(seconds=1))

    assert refused.value.rule == "the_service_is_unavailable"
    assert [b'"began"' in call(30) for call in slow] == [True] * 3
    assert probe.process.wait(25) == 0, probe.log_path.read_text()
    assert probe.said("service.stopped")[0]["clean"] is True


def test_it_says_that_it_is_not_ready_while_it_drains(gateway: House, processes: ServiceProcesses) -> None:
    probe = processes.start("probe")
    slow = gateway.begin("probe", "slow", {"seconds": 2}, asking(seconds=20))
    until(lambda: sleeping(gateway) == 1, "a call is at work")
    before = probe.ready()
    probe.terminate()
    until(lambda: draining(probe), "it drains")
    answer = httpx.get(f"{probe.health}/health/ready")

    assert before
    assert (answer.status_code, answer.json()["checks"]["running"]) == (503, False)
    assert httpx.get(f"{probe.health}/health/live").status_code == 200
    assert b'"ended"' in slow(20)
    assert probe.process.wait(25) == 0


def test_calls_go_on_without_a_failure_while_replicas_are_replaced(gateway: House, processes: ServiceProcesses) -> None:
    old = processes.start("probe")
    calls = []
    for turn in range(2):
        calls += [gateway.begin("probe", "slow", {"seconds": 0.05}, asking(seconds=30)) for _ in range(60)]
        new = processes.start("probe")
        calls += [gateway.begin("probe", "slow", {"seconds": 0.05}, asking(seconds=30)) for _ in range(60)]
        assert old.end() == 0, f"turn {turn}"
        old = new

    assert [b'"ended"' in call(40) for call in calls] == [True] * 240
    assert old.end() == 0


def test_work_that_does_not_end_is_given_up_at_the_limit(gateway: House, processes: ServiceProcesses) -> None:
    probe = processes.start("probe", CRM_DRAIN_SECONDS="4")
    endless = gateway.begin("probe", "slow", {"seconds": 20}, asking(seconds=2))
    until(lambda: sleeping(gateway) == 1, "a call is at work")
    probe.terminate()

    # 0 would say that it waited for the call
    assert probe.process.wait(40) == 1
    assert probe.said("service.calls_did_not_end") != []
    with pytest.raises(CrmError):
        endless(10)


def test_killed_in_the_middle_its_callers_hear_so_by_their_deadline(
    gateway: House, processes: ServiceProcesses
) -> None:
    probe = processes.start("probe")
    call = gateway.begin("probe", "slow", {"seconds": 30}, asking(seconds=2))
    until(lambda: sleeping(gateway) == 1, "a call is at work")
    probe.kill()

    with pytest.raises(CrmError) as refused:
        call(25)
    assert refused.value.code is Code.UNAVAILABLE


def test_after_a_death_a_query_is_answered_by_another_replica(gateway: House, processes: ServiceProcesses) -> None:
    dying = processes.start("probe")
    call = gateway.begin("probe", "slow", {"seconds": 1}, asking(seconds=30))
    until(lambda: sleeping(gateway) == 1, "a call is at work")
    dying.kill()
    heir = processes.start("probe")

    assert b'"ended"' in call(30)
    assert heir.end() == 0


def test_after_a_death_a_command_without_a_key_is_not_begun_again(gateway: House, processes: ServiceProcesses) -> None:
    dying = processes.start("probe")
    text = str(uuid4())
    keyless = gateway.begin("probe", "note", {"text": text, "seconds": 1}, asking(seconds=30))
    key = {"text": f"{text} with key", "seconds": 1, "idempotency_key": text}
    keyed = gateway.begin("probe", "note", key, asking(seconds=30))
    until(lambda: sleeping(gateway) == 2, "two commands are at work")
    dying.kill()
    heir = processes.start("probe")

    with pytest.raises(CrmError) as refused:
        keyless(30)
    assert (refused.value.code, refused.value.rule) == (Code.UNAVAILABLE, "the_outcome_is_unknown")
    assert keyed(30) == b'{"noted":1}'
    assert [note for note in gateway.call("probe", "notes") if note.startswith(text)] == [f"{text} with key"]
    assert heir.end() == 0
