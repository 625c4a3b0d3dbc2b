"""What operators do through the gateway, in both modes: jobs, time travel, projections, parked messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from standing.systems import System

pytestmark = pytest.mark.infra

RUN = """mutation($in: RunJobInput!) { runJob(input: $in) {
    run { name outcome dryRun scheduledFor report } userErrors { code message field } } }"""
SETTING = """mutation($in: ChangeSettingInput!) {
    changeSetting(input: $in) { setting { value } userErrors { code message field } } }"""
SERVICES = """{ services { name jobs { name schedule nextDue lastRun { outcome } } projections { name }
    parkedMessages { id } } }"""


@pytest.fixture
def time_travel(system: System) -> Iterator[None]:
    """Jobs may run as of another moment, until the test has ended: the tests run in any order."""
    set_time_travel(system, "true")
    yield
    set_time_travel(system, "false")


def set_time_travel(system: System, value: str) -> None:
    system.admin().ask(SETTING, **{"in": {"key": "sys.allow_time_travel", "value": value}})


def test_jobs_of_every_service_are_listed_with_their_last_run(system: System) -> None:
    """SYS-02."""
    admin = system.admin()
    admin.ask(RUN, **{"in": {"name": "identity.role_review"}})
    (identity,) = (each for each in admin.ask(SERVICES) if each["name"] == "identity")
    jobs = {job["name"]: job for job in identity["jobs"]}
    assert jobs["identity.role_review"]["lastRun"] == {"outcome": "DONE"}
    assert jobs["identity.role_review"]["nextDue"] is not None
    assert (identity["projections"], identity["parkedMessages"]) == ([], [])


def test_a_job_runs_as_of_another_moment_only_where_a_setting_allows_it(system: System) -> None:
    """Features §1: ``runJob(name, asOf)`` is refused unless sys.allow_time_travel; the change holds at once."""
    admin = system.admin()
    asked: dict[str, Any] = {"name": "identity.role_review", "asOf": "2027-03-01T01:00:00+08:00"}
    assert admin.refused(RUN, **{"in": asked}) == ("FORBIDDEN", "asOf")
    set_time_travel(system, "true")
    run = admin.ask(RUN, **{"in": asked})["run"]
    assert (run["outcome"], run["scheduledFor"]) == ("DONE", "2027-02-28T17:00:00+00:00")
    set_time_travel(system, "false")
    assert admin.refused(RUN, **{"in": asked}) == ("FORBIDDEN", "asOf")


@pytest.mark.usefixtures("time_travel")
def test_a_dry_run_changes_nothing(system: System) -> None:
    admin = system.admin()
    before = system.rows("SELECT count(*) FROM journal WHERE type LIKE 'role.review%%'")
    asked = {"name": "identity.role_review", "asOf": "2030-01-01T00:00:00Z", "dryRun": True}
    run = admin.ask(RUN, **{"in": asked})["run"]
    assert (run["outcome"], run["dryRun"]) == ("DONE", True)
    assert system.rows("SELECT count(*) FROM journal WHERE type LIKE 'role.review%%'") == before


def test_who_is_no_operator_runs_nothing(system: System) -> None:
    assert system.person().refused(RUN, **{"in": {"name": "identity.role_review"}})[0] == "UNAUTHENTICATED"
