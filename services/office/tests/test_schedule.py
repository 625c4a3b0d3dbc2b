"""The schedule (OFC-02, 04, 05; CUS-50): one's own, who is invited, and what superiors see of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.changes import changing
from crm_common.clock import FixedClock
from crm_common.context import Actor, system_context
from crm_common.errors import CrmError
from crm_common.ids import to_global
from crm_common.protocol.customer.follow_ups import FollowUpCreated, FollowUpUpdated
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.customer.service import Holding
from infra.postgres import SharedPostgres
from office.service import OfficeService
from office.usecases.contacts_due import forget_customer, note_follow_up
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""A Monday, nine o'clock where the company is."""
CLOCK = FixedClock(NOW)
WEEK = {"first_day": "2026-11-23", "last_day": "2026-11-29"}


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    with alone(postgres_server, OfficeService, clock=CLOCK) as served:
        yield served


def person(service: Alone, *rights: str, under: Actor | None = None, active: bool = True, **scopes: str) -> Actor:
    """Somebody this service knows of, below a superior."""
    found = employee(f"e{uuid4().hex[:8]}", *rights, **scopes)
    department = uuid4()
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)"
            " VALUES (%s, 1, %s, %s, %s, '销售部', %s, %s)",
            (found.id, found.name, active, department, f"/{department}/", [under.id] if under else []),
        )
    return found


def at(days: int = 0, hours: float = 0) -> str:
    """A moment of the week, counted from Monday nine o'clock."""
    return (NOW + timedelta(days=days, hours=hours)).isoformat()


def entered(service: Alone, by: Actor, title: str = "拜访客户", begin: float = 1, **given: Any) -> dict[str, Any]:
    """A new entry of an hour."""
    when = {} if "first_day" in given else {"starts_at": at(hours=begin), "ends_at": at(hours=begin + 1)}
    found: dict[str, Any] = service.call(by, "create_schedule_entry", title=title, **(when | given))["entry"]
    return found


def week(service: Alone, viewer: Actor, **asked: Any) -> list[tuple[str, str | None]]:
    """Day and hour, in UTC, and title of what takes place in the week."""
    found = service.call(viewer, "schedule", **(WEEK | asked))
    return [(each["starts_at"][8:13], each["title"]) for each in found]


def test_ofc_02_entries_are_made_changed_and_taken_away(service: Alone) -> None:
    li = person(service)
    made = entered(service, li, " 拜访远方 ", place="浦东", about=to_global("Customer", uuid4()))

    changed = service.call(li, "update_schedule_entry", id=made["id"], version=1, status="DONE", place=None)["entry"]
    assert (changed["title"], changed["place"], changed["status"], changed["version"]) == ("拜访远方", None, "DONE", 2)
    assert service.refused(li, "update_schedule_entry", id=made["id"], version=1, body="x") == "CONFLICT"
    assert service.call(li, "update_schedule_entry", id=made["id"], version=2, body="")["entry"]["version"] == 2
    assert week(service, li, statuses=["DONE"]) == [("23T02", "拜访远方")]
    assert week(service, li, statuses=["PLANNED", "CANCELLED"]) == []
    assert service.call(li, "delete_schedule_entry", id=made["id"])["deleted_id"] == made["id"]
    assert service.refused(li, "delete_schedule_entry", id=made["id"]) == "NOT_FOUND"
    assert (week(service, li), service.call(li, "schedule_entries")["nodes"]) == ([], [])
    assert service.events()[-3:] == [f"schedule_entry.{each}" for each in ("created", "updated", "deleted")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"ends_at": at(hours=1)}, "ends_at"),
        ({"ends_at": None}, "starts_at"),
        ({"first_day": "2026-11-23"}, "starts_at"),
        ({"starts_at": None, "ends_at": None, "last_day": "2026-11-23"}, "starts_at"),
        ({"starts_at": None, "ends_at": None, "first_day": "2026-11-23", "last_day": "2026-11-22"}, "last_day"),
        ({"starts_at": "9998-01-01T00:00:00Z", "ends_at": "9999-12-31T23:00:00-05:00"}, "starts_at"),
        ({"repeat": "FREQ=MINUTELY"}, "repeat"),
        ({"about": "K1"}, "about"),
        ({"guest_ids": [str(uuid4())]}, "guest_ids"),
    ],
)
def test_what_does_not_lie_in_time_or_leads_nowhere_is_refused(
    service: Alone, given: dict[str, Any], field: str
) -> None:
    values = {"title": "x", "starts_at": at(hours=1), "ends_at": at(hours=2)} | given
    with pytest.raises(CrmError) as refused:
        service.call(person(service), "create_schedule_entry", **values)
    assert (refused.value.code.value, refused.value.field) == ("VALIDATION", field)


def test_repeats_are_expanded_by_day_week_and_month_and_one_may_be_left_out(service: Alone) -> None:
    li = person(service)
    made = entered(service, li, "晨会", 0, repeat="FREQ=DAILY;UNTIL=20261231")

    assert [each[0] for each in week(service, li)] == [f"{day}T01" for day in range(23, 30)]
    assert len(week(service, li, first_day="2026-12-01", last_day="2026-12-31")) == 31
    assert week(service, li, first_day="2026-11-24", last_day="2026-11-24") == [("24T01", "晨会")]
    assert week(service, li, first_day="2027-01-01", last_day="2027-01-31") == []

    without = {"id": made["id"], "version": 1, "starts_at": at(days=1)}
    assert service.refused(li, "leave_out_occurrence", **(without | {"starts_at": at(hours=3)})) == "NOT_FOUND"
    left = service.call(li, "leave_out_occurrence", **without)["entry"]
    assert (left["left_out"], left["version"]) == (["2026-11-24T01:00:00Z"], 2)
    assert [each[0] for each in week(service, li)][:2] == ["23T01", "25T01"]
    assert service.refused(li, "leave_out_occurrence", **without) == "CONFLICT"
    moved = {"id": made["id"], "version": 2, "starts_at": at(hours=2), "ends_at": at(hours=3)}
    service.call(li, "update_schedule_entry", **moved)
    assert [each[0] for each in week(service, li)][:2] == ["23T03", "24T03"]


def test_all_day_entries_fill_days_of_the_company_s_zone(service: Alone) -> None:
    li = person(service)
    made = entered(service, li, "展会", first_day="2026-11-24", last_day="2026-11-25")

    assert (made["all_day"], made["starts_at"][:16], made["ends_at"][:16]) == (
        True, "2026-11-23T16:00", "2026-11-25T16:00",
    )  # fmt: skip
    days = [len(week(service, li, first_day=f"2026-11-{day}", last_day=f"2026-11-{day}")) for day in range(23, 27)]
    assert days == [0, 1, 1, 0]


def test_a_period_has_an_order_and_a_bound(service: Alone) -> None:
    li = person(service)

    assert service.refused(li, "schedule", first_day="2026-11-24", last_day="2026-11-23") == "VALIDATION"
    assert service.refused(li, "schedule", first_day="2026-01-01", last_day="2027-01-02") == "LIMIT_EXCEEDED"
    assert service.call(li, "schedule", first_day="2026-01-01", last_day="2027-01-01") == []
    assert service.refused(li, "schedule", first_day="9999-12-31", last_day="9999-12-31") == "VALIDATION"
    for begin in range(3):
        entered(service, li, "每天", begin, repeat="FREQ=DAILY")
    assert service.refused(li, "schedule", first_day="2026-11-23", last_day="2027-11-22") == "LIMIT_EXCEEDED"


def test_ofc_02_an_invitee_sees_it_answers_and_changes_nothing_else(service: Alone) -> None:
    li, wang, stranger = person(service), person(service), person(service)
    made = entered(service, li, "评审", guest_ids=[str(wang.id)])

    [seen] = service.call(wang, "schedule", **WEEK)
    assert (seen["title"], seen["owner_id"], seen["answer"]) == ("评审", str(li.id), "PENDING")
    service.call(wang, "answer_invitation", id=made["id"], answer="ACCEPTED")
    assert "schedule_entry.answered" in service.events()[-2:]
    assert service.call(wang, "schedule", **WEEK)[0]["answer"] == "ACCEPTED"
    assert service.refused(wang, "update_schedule_entry", id=made["id"], version=1, title="x") == "FORBIDDEN"
    assert service.refused(wang, "delete_schedule_entry", id=made["id"]) == "FORBIDDEN"
    assert service.refused(stranger, "answer_invitation", id=made["id"], answer="ACCEPTED") == "NOT_FOUND"
    assert service.call(stranger, "schedule_entries_by_ids", ids=[made["id"]]) == [None]
    # another time asks anew; who declines has it off his schedule, and may think better of it
    service.call(li, "update_schedule_entry", id=made["id"], version=1, starts_at=at(hours=4), ends_at=at(hours=5))
    assert service.call(wang, "schedule", **WEEK)[0]["answer"] == "PENDING"
    service.call(wang, "answer_invitation", id=made["id"], answer="DECLINED")
    assert week(service, wang) == []
    assert [each["title"] for each in service.call(wang, "schedule_entries")["nodes"]] == ["评审"]
    service.call(li, "update_schedule_entry", id=made["id"], version=2, guest_ids=[])
    assert service.call(wang, "schedule_entries_by_ids", ids=[made["id"]]) == [None]


def told(service: Alone, who: Actor) -> list[str]:
    """What somebody was told, the latest first."""
    return [each["kind"] for each in service.call(who, "messages")["nodes"]]


def test_ofc_06_people_are_told_of_meetings_and_their_changes_and_answers(service: Alone) -> None:
    li, wang, zhao = (person(service) for _ in range(3))
    made = entered(service, li, "评审", guest_ids=[str(wang.id)])
    entered(service, li, "去年的会", -9000, guest_ids=[str(zhao.id)])
    update = {"id": made["id"], "guest_ids": [str(wang.id), str(zhao.id)]}

    [first] = service.call(wang, "messages")["nodes"]
    assert (first["kind"], first["title"]) == ("schedule_invited", f"{li.name}邀请您参加：评审")
    assert first["about"] == to_global("ScheduleEntry", made["id"])
    service.call(wang, "answer_invitation", id=made["id"], answer="ACCEPTED")
    assert service.call(li, "messages")["nodes"][0]["title"] == f"{wang.name}接受了邀请：评审"
    service.call(li, "update_schedule_entry", version=1, starts_at=at(hours=5), ends_at=at(hours=6), **update)
    assert (told(service, wang), told(service, zhao)) == (["schedule_moved", "schedule_invited"], ["schedule_invited"])
    service.call(li, "update_schedule_entry", version=2, body="带上样品", **update)
    service.call(li, "update_schedule_entry", version=3, id=made["id"], guest_ids=[str(wang.id)])
    assert (len(told(service, wang)), told(service, zhao)[0]) == (2, "schedule_called_off")
    service.call(li, "update_schedule_entry", version=4, id=made["id"], status="CANCELLED")
    service.call(li, "delete_schedule_entry", id=made["id"])
    assert told(service, wang) == ["schedule_called_off", "schedule_moved", "schedule_invited"]


def test_one_invites_colleagues_who_work_here_and_not_oneself(service: Alone) -> None:
    li, gone = person(service), person(service, active=False)

    for guest in (li, gone):
        given = {"title": "x", "starts_at": at(), "ends_at": at(hours=1), "guest_ids": [str(guest.id)]}
        assert service.refused(li, "create_schedule_entry", **given) == "VALIDATION"


def test_seeing_others_needs_the_right_and_the_scope_and_private_ones_show_as_busy(service: Alone) -> None:
    boss = person(service, "schedule.view_team", schedule="TEAM")
    other, keyless = person(service, "schedule.view_team", schedule="TEAM"), person(service, schedule="ALL")
    li = person(service, under=boss)
    open_one = entered(service, li, "拜访", 1)
    secret = entered(service, li, "看医生", 2, private=True, place="医院", about=to_global("Customer", uuid4()))

    assert week(service, boss, employee_id=str(li.id)) == [("23T02", "拜访"), ("23T03", None)]
    busy = service.call(boss, "schedule", **WEEK, employee_id=str(li.id))[1]
    assert (busy["busy"], [busy[each] for each in ("entry_id", "place", "kind", "about")]) == (True, [None] * 4)
    ids = [open_one["id"], secret["id"]]
    assert [each and each["title"] for each in service.call(boss, "schedule_entries_by_ids", ids=ids)] == ["拜访", None]
    assert service.refused(other, "schedule", **WEEK, employee_id=str(li.id)) == "NOT_FOUND"
    assert service.refused(keyless, "schedule", **WEEK, employee_id=str(li.id)) == "FORBIDDEN"
    assert service.refused(boss, "update_schedule_entry", id=open_one["id"], version=1, title="x") == "NOT_FOUND"
    for viewer in (other, keyless):
        assert service.call(viewer, "schedule_entries_by_ids", ids=ids) == [None, None]
    assert week(service, li)[1] == ("23T03", "看医生")
    assert service.refused(None, "schedule", **WEEK) == "UNAUTHENTICATED"


def test_the_journal_tells_of_a_private_entry_all_but_its_words(service: Alone) -> None:
    li = person(service)
    entered(service, li, "公开")
    entered(service, li, "私事", private=True, place="医院")

    rows = service.store.rows("SELECT data->'changes' FROM journal ORDER BY txid DESC, position DESC LIMIT 2")
    assert [row[0].get("title") for row in rows] == [None, [None, "公开"]]
    assert rows[0][0]["starts_at"] == [None, at(hours=1)]


def test_ofc_04_an_event_may_be_planned_or_kept_as_a_record_of_what_has_passed(service: Alone) -> None:
    li = person(service)

    planned = entered(service, li, "新品发布", 30, kind="PLAN")
    past = entered(service, li, "老客户答谢会", -50, kind="PLAN")
    assert (planned["status"], past["status"]) == ("PLANNED", "DONE")
    found = service.call(li, "schedule_entries", filter={"kind": {"eq": "PLAN"}, "status": {"eq": "DONE"}})
    assert [each["title"] for each in found["nodes"]] == ["老客户答谢会"]


def test_ofc_05_who_handles_what_now_is_seen_by_a_manager(service: Alone) -> None:
    boss = person(service, "schedule.view_team", schedule="TEAM")
    li, wang, idle = (person(service, under=boss) for _ in range(3))
    stranger = person(service)
    entered(service, li, "第一步：现场勘查", 0, guest_ids=[str(wang.id), str(idle.id)])
    entered(service, li, "第二步：报价", 1)
    entered(service, wang, "体检", 0.5, private=True)
    entered(service, stranger, "别的团队", 0)
    made = service.call(wang, "schedule_entries", filter={"title": {"contains": "勘查"}})["nodes"][0]
    service.call(wang, "answer_invitation", id=made["id"], answer="ACCEPTED")

    now = service.call(boss, "current_handlers")
    assert {(each["employee_name"], each["item"]["title"]) for each in now} == {
        (li.name, "第一步：现场勘查"), (wang.name, "第一步：现场勘查"),
    }  # fmt: skip
    later = service.call(boss, "current_handlers", at=at(hours=1.2))
    assert {(each["employee_name"], each["item"]["title"], each["item"]["busy"]) for each in later} == {
        (li.name, "第二步：报价", False), (wang.name, None, True),
    }  # fmt: skip
    assert service.refused(li, "current_handlers") == "FORBIDDEN"


def followed(service: Alone, kind: Any, owner: UUID, about: UUID, changes: dict[str, Any], of: UUID) -> None:
    """A follow-up of a customer's was written or corrected."""
    event = kind(
        follow_up_id=of, customer_id=about, customer_name="远方集团", author_id=owner, owner_id=owner, changes=changes
    )
    host = service.runtime.services["office"].scheduler.host
    with changing(host, system_context("office", correlation_id="test")) as change:
        note_follow_up(change, event)


def test_cus_50_the_next_contact_of_a_follow_up_is_a_calendar_item(service: Alone) -> None:
    li, customer, first, second = person(service), uuid4(), uuid4(), uuid4()

    followed(service, FollowUpCreated, li.id, customer, {"next_contact_at": (None, at(days=1))}, first)
    [item] = service.call(li, "schedule", **WEEK)
    assert (item["title"], item["kind"], item["starts_at"][:16]) == ("联系 远方集团", "CONTACT", "2026-11-24T01:00")
    assert item["about"] == to_global("Customer", customer)
    moved = {"next_contact_at": (at(days=1), at(days=2))}
    followed(service, FollowUpUpdated, li.id, customer, moved, first)
    followed(service, FollowUpUpdated, li.id, customer, moved, first)
    assert week(service, li) == [("25T01", "联系 远方集团")]
    # a new follow-up that names another contact replaces it
    followed(service, FollowUpCreated, li.id, customer, {"next_contact_at": (None, at(days=3))}, second)
    assert week(service, li, statuses=["PLANNED"]) == [("26T01", "联系 远方集团")]
    assert week(service, li, statuses=["CANCELLED"]) == [("25T01", "联系 远方集团")]
    followed(service, FollowUpUpdated, li.id, customer, {"next_contact_at": (at(days=3), None)}, second)
    assert week(service, li, statuses=["PLANNED"]) == []
    followed(service, FollowUpUpdated, li.id, customer, {"content": ("a", "b")}, second)
    assert week(service, li, statuses=["PLANNED"]) == []


def test_cus_26_of_an_erased_customer_nothing_stands_in_a_schedule_or_in_its_events(service: Alone) -> None:
    li, gone, other = person(service), uuid4(), uuid4()
    for about in (gone, other):
        followed(service, FollowUpCreated, li.id, about, {"next_contact_at": (None, at(days=1))}, uuid4())

    event = CustomerErased(customer_id=gone, name="", owner_id=None, holding=Holding.ERASED, changes={})
    host = service.runtime.services["office"].scheduler.host
    with changing(host, system_context("office", correlation_id="test")) as change:
        forget_customer(change, event)
    assert [each["about"] for each in service.call(li, "schedule", **WEEK)] == [to_global("Customer", other)]
    told = service.store.rows("SELECT count(*) FROM journal WHERE data::text LIKE '%%远方集团%%'")
    assert told == [(0,)]
