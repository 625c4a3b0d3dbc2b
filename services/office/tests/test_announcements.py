"""Announcements (OFC-08, 09): published by who may, in force for those addressed, told and counted once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.clock import FixedClock
from crm_common.context import Actor, ActorKind, system_context
from crm_common.protocol.platform import ALLOW_TIME_TRAVEL
from infra.postgres import SharedPostgres
from office.service import OfficeService
from serving.alone import Alone, alone, employee

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
EDITOR = employee("editor", "announcement.edit", "announcement.publish")
EAST, EAST_ONE, WEST = (UUID(int=number) for number in (1, 2, 3))


class Office:
    """A department with one below it, another one, and somebody in each."""

    def __init__(self, service: Alone) -> None:
        self.service = service
        self.east, self.east_one, self.west = (
            self._works(path) for path in ([EAST], [EAST, EAST_ONE], [WEST])
        )  # fmt: skip
        self._works([WEST], active=False)

    def _works(self, path: list[UUID], *, active: bool = True) -> Actor:
        who = employee(uuid4().hex)
        text = "/" + "".join(f"{each}/" for each in path)
        with self.service.store.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO employee_ref VALUES (%s, 1, %s, %s, %s, '', %s, '{}')",
                (who.id, who.name, active, path[-1], text),
            )
        return who

    def column(self, **given: Any) -> str:
        made = self.service.call(EDITOR, "create_announcement_column", **{"name": "公告"} | given)["column"]
        return str(made["id"])

    def write(self, by: Actor, column: str, **given: Any) -> dict[str, Any]:
        about = {"column_id": column, "title": "放假通知", "body": "元旦放假三天。"}
        made: dict[str, Any] = self.service.call(by, "create_announcement", **about | given)["announcement"]
        return made

    def publish(self, by: Actor, column: str, **given: Any) -> dict[str, Any]:
        draft = self.write(by, column, **given)
        made: dict[str, Any] = self.service.call(by, "publish_announcement", id=draft["id"], version=1)["announcement"]
        return made

    def sees(self, who: Actor, announcement: dict[str, Any]) -> bool:
        """Whether it is among those for him; whoever neither is addressed nor manages it does not find it by id."""
        listed = [each["id"] for each in self.service.call(who, "announcements", first=100)["nodes"]]
        managed = [each["id"] for each in self.service.call(who, "announcements", managed=True, first=100)["nodes"]]
        [found] = self.service.call(who, "announcements_by_ids", ids=[announcement["id"]])
        assert (announcement["id"] in (*listed, *managed)) == (found is not None)
        return announcement["id"] in listed

    def told(self, who: Actor) -> list[str]:
        return [each["title"] for each in self.service.call(who, "messages")["nodes"]]

    def run(self, as_of: datetime) -> int:
        run = self.service.runtime.services["office"].scheduler.run_now(
            "office.announce", system_context("office", correlation_id="test"), as_of=as_of
        )
        assert run["outcome"] == "DONE", run
        return int(run["report"]["published"])


@pytest.fixture(scope="module")
def served(postgres_server: SharedPostgres) -> Iterator[Alone]:
    with alone(postgres_server, OfficeService, clock=FixedClock(NOW)) as made:
        settings: Any = made.runtime.services["office"].host.settings
        settings.values[ALLOW_TIME_TRAVEL.key] = True
        yield made


@pytest.fixture
def office(served: Alone) -> Office:
    return Office(served)


def test_ofc_09_all_addressed_are_told_once_and_reading_is_counted(office: Office) -> None:
    column = office.column()
    made = office.publish(EDITOR, column, department_ids=[EAST])

    assert made["state"] == "PUBLISHED"
    assert [office.sees(each, made) for each in (office.east, office.east_one, office.west)] == [True, True, False]
    assert office.told(office.east_one) == ["【公告】放假通知"]
    assert office.told(office.west) == []
    assert office.service.refused(EDITOR, "publish_announcement", id=made["id"], version=2) == "BAD_STATE"
    for _ in range(2):
        read = office.service.call(office.east, "read_announcement", id=made["id"])["announcement"]
    assert read["read_at"] is not None
    assert (read["read_count"], read["addressee_count"]) == (None, None)
    assert office.service.call(office.east, "unread_messages") == 0
    [mine] = office.service.call(EDITOR, "announcements_by_ids", ids=[made["id"]])
    assert mine["read_count"] == 1
    assert mine["addressee_count"] >= 2
    readings = office.service.call(EDITOR, "announcement_readings", announcement_id=made["id"])["nodes"]
    assert [each["employee_name"] for each in readings] == [office.east.name]
    assert office.service.call(office.east, "announcement_readings", announcement_id=made["id"])["nodes"] == []
    assert office.service.refused(office.west, "read_announcement", id=made["id"]) == "NOT_FOUND"


def test_ofc_08_no_right_on_the_column_is_forbidden(office: Office) -> None:
    publisher = employee("publisher", "announcement.publish")
    anybodys = office.column()
    office.write(publisher, anybodys)
    assert office.service.refused(office.east, "create_announcement", column_id=anybodys, title="x") == "FORBIDDEN"

    named = office.column(publisher_ids=[office.west.id], publisher_department_ids=[EAST])
    for who in (office.west, office.east, office.east_one, EDITOR):
        office.publish(who, named)
    assert office.service.refused(publisher, "create_announcement", column_id=named, title="x") == "FORBIDDEN"
    draft = office.write(office.west, named)
    column = office.service.call(EDITOR, "announcement_columns_by_ids", ids=[named])[0]
    given = {"id": named, "version": column["version"], "publisher_ids": [uuid4()], "publisher_department_ids": []}
    office.service.call(EDITOR, "update_announcement_column", **given)
    assert office.service.refused(office.west, "publish_announcement", id=draft["id"], version=1) == "FORBIDDEN"
    for command in ("create_announcement_column", "update_announcement_column"):
        about = {"name": "x"} if command.startswith("create") else {"id": named, "version": 2, "name": "x"}
        assert office.service.refused(publisher, command, **about) == "FORBIDDEN"


def test_it_is_published_at_its_moment_and_goes_out_of_force(office: Office) -> None:
    column = office.column()
    made = office.publish(EDITOR, column, publish_at=NOW + HOUR, expires_at=NOW + 3 * HOUR)
    assert (made["state"], made["published_at"]) == ("SCHEDULED", None)
    assert not office.sees(office.east, made)
    assert office.run(NOW + HOUR - timedelta(seconds=1)) == 0
    assert office.run(NOW + HOUR) == 1
    assert office.run(NOW + HOUR) == 0
    assert office.told(office.east) == ["【公告】放假通知"]
    assert office.sees(office.east, made)
    clock: Any = office.service.runtime.clock
    clock.moment = NOW + 3 * HOUR
    try:
        assert not office.sees(office.east, made)
        assert made["id"] in [
            each["id"] for each in office.service.call(EDITOR, "announcements", managed=True)["nodes"]
        ]
    finally:
        clock.moment = NOW
    wrong = {"column_id": column, "title": "x", "publish_at": NOW + HOUR, "expires_at": NOW + HOUR}
    assert office.service.refused(EDITOR, "create_announcement", **wrong) == "VALIDATION"


def test_a_draft_is_its_author_s_and_the_managers_and_what_is_published_stays_as_it_is(office: Office) -> None:
    column = office.column(publisher_ids=[office.west.id])
    draft = office.write(office.west, column)
    assert [office.sees(each, draft) for each in (office.west, office.east)] == [False, False]
    [mine] = office.service.call(office.west, "announcements", managed=True)["nodes"]
    assert mine["id"] == draft["id"]
    given: dict[str, Any] = {"id": draft["id"], "version": 1}
    assert office.service.refused(office.east, "update_announcement", **given, title="y") == "NOT_FOUND"
    changed = office.service.call(EDITOR, "update_announcement", **given, title="新标题")["announcement"]
    assert (changed["title"], changed["version"]) == ("新标题", 2)
    assert office.service.refused(office.west, "update_announcement", **given, title="z") == "CONFLICT"
    assert office.service.refused(office.west, "withdraw_announcement", id=draft["id"], version=2) == "BAD_STATE"
    office.service.call(office.west, "publish_announcement", id=draft["id"], version=2)
    assert office.service.refused(EDITOR, "update_announcement", id=draft["id"], version=3, title="z") == "BAD_STATE"
    gone = office.service.call(EDITOR, "withdraw_announcement", id=draft["id"], version=3)["announcement"]
    assert gone["state"] == "WITHDRAWN"
    assert not office.sees(office.east, gone)
    assert office.service.refused(EDITOR, "publish_announcement", id=draft["id"], version=4) == "BAD_STATE"


def test_columns_are_a_tree_without_circles(office: Office) -> None:
    top = office.column(name="顶")
    below = office.column(name="下", parent_id=top)
    given = {"id": top, "version": 1}
    assert office.service.refused(EDITOR, "update_announcement_column", **given, parent_id=below) == "VALIDATION"
    assert office.service.refused(EDITOR, "update_announcement_column", **given, parent_id=top) == "VALIDATION"
    assert office.service.refused(EDITOR, "update_announcement_column", **given, manager_ids=[]) == "VALIDATION"
    assert office.service.refused(EDITOR, "update_announcement_column", **given, parent_id=uuid4()) == "NOT_FOUND"
    assert office.service.refused(EDITOR, "create_announcement_column", name=" ") == "VALIDATION"
    moved = office.service.call(EDITOR, "update_announcement_column", id=below, version=1, parent_id=None)["column"]
    assert (moved["parent_id"], moved["version"]) == (None, 2)


def test_without_a_session_nothing_is_open(office: Office) -> None:
    assert office.service.refused(None, "announcements") == "UNAUTHENTICATED"
    assert office.service.refused(None, "create_announcement", column_id=uuid4(), title="x") == "UNAUTHENTICATED"


def test_the_demo_company_finds_something_to_read(served: Alone) -> None:
    with served.store.transaction() as connection:
        for table in ("announcement_reading", "announcement", "announcement_column"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    people = [employee(uuid4().hex) for _ in range(3)]
    loader = Actor(kind=ActorKind.SYSTEM, id=uuid4(), name="system:embedded")
    ids = [each.id for each in people]
    assert served.call(loader, "load_demo_office", employee_ids=ids)["loaded"] == 9
    assert served.call(loader, "load_demo_office", employee_ids=ids)["loaded"] == 0
    assert served.call(people[1], "unread_messages") >= 6
    assert served.refused(people[0], "load_demo_office", employee_ids=ids) == "FORBIDDEN"
