"""Calendars that programs subscribe to (OFC-02), read by a library that has not written them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import vobject

from crm_common import codec
from crm_common.clock import FixedClock
from crm_common.context import Actor, system_context
from infra.postgres import SharedPostgres
from office.service import OfficeService
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    with alone(postgres_server, OfficeService, clock=FixedClock(NOW)) as served:
        yield served


def person(service: Alone) -> Actor:
    """Somebody this service knows of."""
    found = employee(f"e{uuid4().hex[:8]}")
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)"
            " VALUES (%s, 1, %s, true, %s, '销售部', '/', '{}')",
            (found.id, found.name, uuid4()),
        )
    return found


def entered(service: Alone, by: Actor, title: str, hours: float = 1, **given: Any) -> dict[str, Any]:
    begin = NOW + timedelta(hours=hours)
    when = {} if "first_day" in given else {"starts_at": begin, "ends_at": begin + timedelta(hours=1)}
    found: dict[str, Any] = service.call(by, "create_schedule_entry", title=title, **(when | given))["entry"]
    return found


def address(service: Alone, by: Actor, name: str = "手机") -> tuple[str, str]:
    """Id and secret of a new address."""
    made = service.call(by, "create_calendar", name=name)
    return made["calendar"]["id"], made["path"].removeprefix("/calendar/").removesuffix(".ics")


def read(service: Alone, secret: str) -> str | None:
    """What the gateway is answered for an address."""
    context = system_context("gateway", correlation_id="test")
    raw = service.runtime.peers.call("office", "calendar_text", {"secret": secret}, context)
    found: str | None = codec.decode_json(raw)
    return found


def events(text: str) -> dict[str, Any]:
    """The events of a calendar by what they are called."""
    parsed = vobject.readOne(text)
    return {each.summary.value: each for each in parsed.contents.get("vevent", [])}


def test_a_subscribed_calendar_says_what_the_schedule_says(service: Alone) -> None:
    li, wang = person(service), person(service)
    entered(service, li, "评审; 第一轮, \\n 与\n客户", 2, place="浦东", body="两行\r\n正文\x0b")
    daily = entered(service, li, "晨会", 0, repeat="FREQ=DAILY;UNTIL=20261130")
    service.call(li, "leave_out_occurrence", id=daily["id"], version=1, starts_at=(NOW + timedelta(days=1)).isoformat())
    entered(service, li, "展会", first_day="2026-11-24", last_day="2026-11-25", private=True)
    invited = entered(service, wang, "培训", 5, guest_ids=[str(li.id)])
    declined = entered(service, wang, "聚餐", 6, guest_ids=[str(li.id)])
    service.call(li, "answer_invitation", id=declined["id"], answer="DECLINED")
    entered(service, wang, "别人的", 7)
    entered(service, li, "去年", -24 * 365)

    text = read(service, address(service, li)[1])
    assert text is not None
    found = events(text)
    assert set(found) == {"评审; 第一轮, \\n 与\n客户", "晨会", "展会", "培训"}
    review = found["评审; 第一轮, \\n 与\n客户"]
    assert review.dtstart.value == NOW + timedelta(hours=2)
    assert (review.location.value, review.description.value) == ("浦东", "两行\n正文 ")
    begins = list(found["晨会"].getrruleset(addRDate=True))
    assert [each.day for each in begins] == [23, 25, 26, 27, 28, 29, 30]
    assert {(each.hour, each.utcoffset()) for each in begins} == {(9, timedelta(hours=8))}
    fair = found["展会"]
    assert (fair.dtstart.value, fair.dtend.value, fair.contents["class"][0].value) == (
        date(2026, 11, 24), date(2026, 11, 26), "PRIVATE",
    )  # fmt: skip
    assert found["培训"].uid.value == f"{invited['id']}@schedule"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_the_text_stays_the_same_until_something_changes(service: Alone) -> None:
    li = person(service)
    made = entered(service, li, "一", repeat="FREQ=WEEKLY")
    _, secret = address(service, li)

    first = read(service, secret)
    assert read(service, secret) == first
    service.call(li, "update_schedule_entry", id=made["id"], version=1, title="二")
    second = read(service, secret)
    assert second is not None
    assert events(second)["二"].sequence.value == "1"


def test_an_address_is_shown_once_kept_as_a_hash_and_can_be_revoked(service: Alone) -> None:
    li, wang = person(service), person(service)
    (kept, secret), (revoked, old) = address(service, li, "手机"), address(service, li, "旧电脑")

    assert (len(secret), secret != old) == (43, True)
    stored = service.store.rows("SELECT encode(secret_hash, 'escape'), name FROM calendar")
    journal = service.store.rows("SELECT data::text FROM journal")
    assert not any(secret in str(row) for row in (*stored, *journal))
    assert [each["name"] for each in service.call(li, "calendars")["nodes"]] == ["旧电脑", "手机"]
    assert service.refused(wang, "revoke_calendar", id=revoked) == "NOT_FOUND"
    assert service.call(li, "revoke_calendar", id=revoked)["revoked_id"] == revoked
    assert (read(service, old), read(service, secret) is not None) == (None, True)
    assert (service.events()[-1], service.refused(li, "revoke_calendar", id=revoked)) == (
        "calendar.revoked", "NOT_FOUND",
    )  # fmt: skip
    assert service.call(wang, "calendars_by_ids", ids=[kept]) == [None]
    again = {"name": "平板", "idempotency_key": "k1"}
    assert service.call(li, "create_calendar", **again)["path"] is not None
    assert service.call(li, "create_calendar", **again)["path"] is None


def test_a_disabled_employee_s_calendar_is_gone_and_nobody_has_too_many(service: Alone) -> None:
    li = person(service)
    secrets = [address(service, li)[1] for _ in range(10)]

    assert service.refused(li, "create_calendar", name="第十一个") == "LIMIT_EXCEEDED"
    with service.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE employee_ref SET active = false WHERE id = %s", (li.id,))
    assert read(service, secrets[0]) is None
    assert service.refused(li, "calendar_text", secret=secrets[0]) == "FORBIDDEN"


def test_one_entry_is_exported_for_who_sees_it(service: Alone) -> None:
    li, stranger = person(service), person(service)
    made = entered(service, li, "签约", repeat="FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1;COUNT=3", hours=24 * 7)

    text = service.call(li, "schedule_entry_calendar", entry_id=made["id"])
    begins = events(text)["签约"].getrruleset(addRDate=True)
    assert [f"{each:%m-%d}" for each in begins] == ["11-30", "12-28", "01-25"]
    assert service.refused(stranger, "schedule_entry_calendar", entry_id=made["id"]) == "NOT_FOUND"
