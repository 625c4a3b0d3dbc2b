"""Timed reminders (OFC-03): told once at their moment, again and again by their rule, to whoever set them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.clock import FixedClock
from crm_common.context import Actor, system_context
from crm_common.ids import to_global
from crm_common.protocol.platform import ALLOW_TIME_TRAVEL
from infra.postgres import SharedPostgres
from office.service import OfficeService
from serving.alone import Alone, alone, employee

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    with alone(postgres_server, OfficeService, clock=FixedClock(NOW)) as served:
        settings: Any = served.runtime.services["office"].host.settings
        settings.values[ALLOW_TIME_TRAVEL.key] = True
        yield served


def somebody() -> Actor:
    return employee(uuid4().hex)


def remind(service: Alone, as_of: datetime, *, dry_run: bool = False) -> int:
    """Run the job as of a moment; how many reminders fired."""
    run = service.runtime.services["office"].scheduler.run_now(
        "office.remind", system_context("office", correlation_id="test"), as_of=as_of, dry_run=dry_run
    )
    assert run["outcome"] == "DONE", run
    return int(run["report"]["fired"])


def titles(service: Alone, who: Actor) -> list[str]:
    return [each["title"] for each in service.call(who, "messages")["nodes"]]


def test_at_its_moment_it_becomes_one_message_and_is_over(service: Alone) -> None:
    li = somebody()
    made = service.call(li, "create_reminder", title=" 给客户回电 ", at=NOW + HOUR)["reminder"]
    assert (made["title"], made["about"], made["times_fired"]) == ("给客户回电", None, 0)

    assert remind(service, NOW + HOUR - timedelta(seconds=1)) == 0
    assert remind(service, NOW + HOUR) == 1
    assert remind(service, NOW + HOUR) == 0
    [message] = service.call(li, "messages")["nodes"]
    assert (message["title"], message["text"]) == ("提醒：给客户回电", "设定时间：2026-11-23 10:00。")
    assert message["about"] == to_global("Reminder", made["id"])
    [after] = service.call(li, "reminders")["nodes"]
    assert (after["next_at"], after["times_fired"]) == (None, 1)
    assert service.events()[-2:] == ["message.arrived", "reminder.fired"]


def test_a_dry_run_reminds_nobody(service: Alone) -> None:
    li = somebody()
    service.call(li, "create_reminder", title="x", at=NOW + HOUR)
    assert remind(service, NOW + 2 * HOUR, dry_run=True) == 1
    assert titles(service, li) == []
    assert remind(service, NOW + 2 * HOUR) == 1


def test_a_repeat_waits_for_its_next_moment_and_what_was_missed_is_told_once(service: Alone) -> None:
    li = somebody()
    monday = NOW + HOUR
    service.call(li, "create_reminder", title="周报", at=monday, repeat="FREQ=WEEKLY;BYDAY=MO,FR;COUNT=5")
    remind(service, monday)
    [waiting] = service.call(li, "reminders")["nodes"]
    assert datetime.fromisoformat(waiting["next_at"]) == monday + timedelta(days=4)
    # friday and the monday behind it were missed
    remind(service, monday + timedelta(days=8))
    [waiting] = service.call(li, "reminders")["nodes"]
    assert datetime.fromisoformat(waiting["next_at"]) == monday + timedelta(days=11)
    # the fourth and the fifth
    for days in (11, 14, 18):
        remind(service, monday + timedelta(days=days))
    [over] = service.call(li, "reminders")["nodes"]
    assert (over["next_at"], over["times_fired"]) == (None, 4)
    assert titles(service, li) == ["提醒：周报"] * 4


def test_it_is_changed_and_dropped_by_its_owner_only(service: Alone) -> None:
    li, admin = somebody(), employee("admin", "sys.settings", "audit.view")
    made = service.call(li, "create_reminder", title="x", at=NOW + HOUR)["reminder"]
    given: dict[str, Any] = {"id": made["id"], "version": 1}

    assert service.call(admin, "reminders")["nodes"] == []
    assert service.refused(admin, "update_reminder", **given, title="y") == "NOT_FOUND"
    assert service.refused(admin, "delete_reminder", id=made["id"]) == "NOT_FOUND"
    later = service.call(li, "update_reminder", **given, at=NOW + 3 * HOUR)["reminder"]
    assert (later["version"], later["title"]) == (2, "x")
    assert remind(service, NOW + 2 * HOUR) == 0
    assert service.refused(li, "update_reminder", **given, title="y") == "CONFLICT"
    assert service.call(li, "delete_reminder", id=made["id"])["deleted_id"] == made["id"]
    assert remind(service, NOW + 4 * HOUR) == 0
    assert service.events()[-1] == "reminder.deleted"


@pytest.mark.parametrize(
    "wrong", [{"at": NOW}, {"title": "  "}, {"repeat": "FREQ=HOURLY"}, {"repeat": "x"}, {"about": "x"}]
)
def test_what_could_never_remind_is_refused(service: Alone, wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"title": "x", "at": NOW + HOUR} | wrong
    assert service.refused(somebody(), "create_reminder", **given) == "VALIDATION"


def test_it_is_set_on_a_record_that_one_sees_and_on_no_other(service: Alone) -> None:
    li, wang = somebody(), somebody()
    memo = service.call(li, "create_memo", title="样品")["memo"]
    about = to_global("Memo", memo["id"])

    assert service.refused(wang, "create_reminder", title="x", at=NOW + HOUR, about=about) == "NOT_FOUND"
    service.call(li, "create_reminder", title="x", at=NOW + HOUR, about=about)
    remind(service, NOW + HOUR)
    [message] = service.call(li, "messages")["nodes"]
    assert message["about"] == about


def test_without_a_session_nothing_is_open(service: Alone) -> None:
    assert service.refused(None, "reminders") == "UNAUTHENTICATED"
    assert service.refused(None, "create_reminder", title="x", at=NOW + HOUR) == "UNAUTHENTICATED"
