"""What every service answers without a line of its own: the same in both modes, under the same rights."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import system_context
from crm_common.errors import CrmError
from crm_common.journal.replay import START, Position
from crm_common.protocol import platform
from ledger.waiting import until
from probe.house import House, asking

pytestmark = pytest.mark.infra

OPERATOR = ("sys.operate", "system.job.run")
JOB = "hearer.nightly"


def system() -> Any:
    return system_context("probe", correlation_id="c-9", timeout=10)


def refused(house: House, method: str, payload: dict[str, Any], *permissions: str) -> str:
    with pytest.raises(CrmError) as caught:
        house.call("hearer", method, payload, asking(*permissions))
    return f"{caught.value.code} {caught.value.rule}"


def test_a_service_tells_how_it_is(house: House) -> None:
    """SYS-02: health of each service."""
    answer = house.call("hearer", "health", {}, asking(actor=False))
    assert (answer["service"], answer["ok"]) == ("hearer", True)
    assert answer["checks"]["database"] == {"ok": True}
    assert set(answer["checks"]) == {"database", "outbox", "inbox", "projections"}
    assert answer["checks"]["outbox"].keys() == {"ok", "waiting", "oldest_seconds"}


def test_jobs_are_listed_and_run(house: House) -> None:
    """SYS-02: job list with last run; features §1: runJob."""
    run = house.call("hearer", "run_job", {"name": JOB}, asking(*OPERATOR))["run"]
    assert (run["name"], run["outcome"], run["dry_run"]) == (JOB, "DONE", False)
    assert run["asked_by"] == f"employee:{UUID(int=1)}"
    jobs = {job["name"]: job for job in house.call("hearer", "jobs", {}, asking("sys.operate"))["jobs"]}
    assert set(jobs) == {JOB, "hearer.projections", "hearer.projection_repair", "hearer.journal_verify"}
    assert jobs[JOB]["last_run"]["id"] == run["id"]
    assert (jobs[JOB]["schedule"], jobs[JOB]["doc"]) == ("0 1 * * *", "Does nothing, every night.")
    assert jobs[JOB]["next_due"].endswith("17:00:00Z")
    dry = house.call("hearer", "run_job", {"name": JOB, "dry_run": True}, asking(*OPERATOR))["run"]
    assert dry["dry_run"] is True


def test_the_rights_are_the_operators(house: House) -> None:
    assert refused(house, "run_job", {"name": JOB}, "sys.operate") == "FORBIDDEN the_right_is_missing"
    assert refused(house, "jobs", {}) == "FORBIDDEN the_right_is_missing"
    assert refused(house, "parked_messages", {}) == "FORBIDDEN the_right_is_missing"
    assert refused(house, "redrive_parked", {}, "system.job.run") == "FORBIDDEN the_right_is_missing"
    assert refused(house, "repair_projection", {"name": "settings"}) == "FORBIDDEN the_right_is_missing"
    assert refused(house, "snapshot", {"resource": "settings"}, *OPERATOR) == "FORBIDDEN the_right_is_missing"
    assert refused(house, "owned_here", {"employee_id": str(uuid4())}, *OPERATOR) == "FORBIDDEN the_right_is_missing"


def test_what_cannot_be_run_is_refused_by_name(house: House) -> None:
    assert refused(house, "run_job", {"name": "hearer.x"}, *OPERATOR) == "NOT_FOUND there_is_no_such_job"
    moved = {"name": JOB, "as_of": "2027-01-01T00:00:00Z"}
    assert refused(house, "run_job", moved, *OPERATOR) == "FORBIDDEN the_clock_may_not_be_moved"
    naive = {"name": JOB, "as_of": "2027-01-01T00:00:00"}
    assert refused(house, "run_job", naive, *OPERATOR) == "VALIDATION a_value_has_the_wrong_shape"
    unknown = {"name": "nothing"}
    assert refused(house, "repair_projection", unknown, *OPERATOR) == "NOT_FOUND there_is_no_such_projection"
    assert refused(house, "jobs", {"extra": 1}, *OPERATOR) == "VALIDATION a_field_is_unknown"


def test_parked_messages_are_listed_shown_and_redriven(house: House) -> None:
    store, event, subject = house.stores["hearer"], uuid4(), uuid4()
    with store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO inbox (consumer, event_id, type, source, subject, seq, occurred_at, data_version, data, state,"
            " attempts, problem) VALUES ('hear_the_note', %s, 'note.written', '/crm/probe', %s, 1, now(), 1, %s,"
            " 'parked', 6, 'ValueError: no')",
            (event, f"note/{subject}", f'{{"note_id": "{subject}", "text": "call 13812345678", "number": 1}}'),
        )
    listed = house.call("hearer", "parked_messages", {"first": 10}, asking(*OPERATOR))["messages"]
    (message,) = (each for each in listed if each["event_id"] == str(event))
    assert (message["consumer"], message["attempts"], message["problem"]) == ("hear_the_note", 6, "ValueError: no")
    shown = house.call("hearer", "parked_message", {"id": message["id"]}, asking(*OPERATOR))["message"]
    assert shown["data"]["text"] == "call [phone]"
    assert house.call("hearer", "parked_message", {"id": "0"}, asking(*OPERATOR)) == {"message": None}
    assert house.call("hearer", "health")["checks"]["inbox"]["ok"] is False
    assert house.call("hearer", "redrive_parked", {"ids": [int(message["id"])]}, asking(*OPERATOR)) == {"redriven": 1}
    heard = "SELECT text FROM heard WHERE subject = %s"
    until(lambda: store.rows(heard, (str(subject),)) == [("call 13812345678",)], "the message to be worked on")


def test_a_service_without_records_owns_nothing(house: House) -> None:
    """IDN-23 as every service answers it."""
    some, other = str(uuid4()), str(uuid4())
    assert house.call("hearer", "owned_here", {"employee_id": some}, system()) == {"counts": {}}
    given = {"from_id": some, "to_ids": [other], "reason": "left"}
    assert house.call("hearer", "hand_over_here", given, system()) == {"moved": {}}


def test_every_service_shows_the_settings_it_knows(house: House) -> None:
    page = house.call("hearer", "snapshot", {"resource": "settings"}, system())
    assert page["rows"] == []
    assert page["next"] is None
    assert Position.parse(page["position"]) > START


def test_projections_are_listed_and_compared(house: House) -> None:
    def listed() -> dict[str, Any]:
        (found,) = house.call("hearer", "projections", {}, asking(*OPERATOR))["projections"]
        assert isinstance(found, dict)
        return found

    built = until(lambda: [found for found in (listed(),) if not found["building"]], "the settings to be built")[0]
    assert (built["name"], built["owner"], built["generation"], built["rows"]) == ("settings", "identity", 1, 0)
    assert (built["compared_at"], built["built_at"] is None) == (None, False)
    answer = house.call("hearer", "repair_projection", {"name": "settings"}, asking(*OPERATOR))
    assert answer == {"missing": 0, "wrong": 0, "surplus": 0}
    assert listed()["compared_at"] is not None


def test_every_operation_is_described_and_kept_out_of_the_schema() -> None:
    assert platform.operation("any", "no_such") is None
    for name in platform.OPERATIONS:
        operation = platform.operation("any", name)
        assert operation is not None
        assert (operation.name, operation.service, operation.public) == (name, "any", False)
        assert len(operation.doc) > 20
