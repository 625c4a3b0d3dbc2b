"""The schedule, subscribed calendars and the workbench through GraphQL and HTTP (OFC-01, 02, 05; CUS-50)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import vobject

from standing.person import Person
from standing.systems import System, wait_ready
from walking.company import Company, do, refused, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

SCHEDULE = """query($from: Date!, $to: Date!, $of: ID) { schedule(firstDay: $from, lastDay: $to, employeeId: $of) {
    entryId title busy startsAt ownerName answer kind about } }"""
WORKBENCH = """{ workbench { __typename schedule { title } unreadMessages messages { nodes { title } }
    tasks { totalCount nodes { title } } customersWarned { nodes { name } }
    contacts: customersToContact(first: 5) { nodes { name nextContactAt } } } }"""


@dataclass(frozen=True)
class Office:
    """A head, two sellers below him, and somebody without rights to customers."""

    company: Company
    chief: Person
    li: Person
    wang: Person
    guard: Person
    ids: dict[str, str]


@contextmanager
def calm(system: System) -> Iterator[None]:
    """A service is away meanwhile."""
    process = system.processes["customer"]
    process.end()
    try:
        yield
    finally:
        process.start()
        wait_ready(system.url, system.processes)


def staffed(system: System) -> Office:
    """The people, known to both services."""
    company = Company(system)
    department = company.department(f"日程部 {uuid4().hex[:6]}")
    position = company.position("销售", department)
    name = uuid4().hex[:6]
    roles = {"head": "SALES_MANAGER", "li": "SALES", "wang": "SALES", "guard": "AUDITOR"}
    ids = {each: company.employee(f"{name}.{each}", position, company.preset(role)) for each, role in roles.items()}
    do(
        company.admin,
        "setDepartmentHead",
        id=department,
        version=company.version("department", department),
        headId=ids["head"],
    )
    known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s AND cardinality(line) > 0"
    for service in ("customer", "office"):
        told = until(
            lambda of=service: system.rows(known, f"{name}.%", service=of) == [(3,)],  # type: ignore[misc]
            f"the employees in {service}",
        )
        assert told
    people = {each: company.first_login(f"{name}.{each}") for each in roles}
    return Office(company, people["head"], people["li"], people["wang"], people["guard"], ids)


@pytest.fixture(scope="module")
def office(system: System) -> Office:
    return staffed(system)


def days(office: Office, person: Person, first: datetime, **asked: Any) -> list[dict[str, Any]]:
    """The schedule of a week from that day."""
    period = {"from": f"{first:%Y-%m-%d}", "to": f"{first + timedelta(days=6):%Y-%m-%d}"}
    found: list[dict[str, Any]] = person.ask(SCHEDULE, **period, **asked)
    return found


NEXT_YEAR = datetime(datetime.now(UTC).year + 1, 6, 7, 2, 0, tzinfo=UTC)


def entered(by: Person, title: str, **given: Any) -> dict[str, Any]:
    """A new entry of an hour, next year in June."""
    when = {"startsAt": NEXT_YEAR.isoformat(), "endsAt": (NEXT_YEAR + timedelta(hours=1)).isoformat()}
    made: dict[str, Any] = do(
        by, "createScheduleEntry", "entry { id version guests { answer } }", title=title, **when, **given
    )
    return made["entry"]  # type: ignore[no-any-return]


def test_ofc_02_an_invitee_sees_it_and_answers_and_a_superior_sees_what_is_not_private(office: Office) -> None:
    title = f"评审 {uuid4().hex[:6]}"
    made = entered(office.li, title, repeat="FREQ=DAILY;COUNT=3", guestIds=[office.ids["wang"]])
    entered(office.li, f"私事 {title}", private=True)

    seen = [each for each in days(office, office.wang, NEXT_YEAR) if each["title"] == title]
    assert [each["answer"] for each in seen] == ["PENDING"] * 3
    assert {each["entryId"] for each in seen} == {made["id"]}
    answered = do(
        office.wang, "answerInvitation", "entry { guests { employeeName answer } }", id=made["id"], answer="ACCEPTED"
    )
    assert [each["answer"] for each in answered["entry"]["guests"]] == ["ACCEPTED"]

    of_li = days(office, office.chief, NEXT_YEAR, of=office.ids["li"])
    assert [each["title"] for each in of_li if each["title"] in (title, None)].count(title) == 3
    assert not [each for each in of_li if "私事" in (each["title"] or "")]
    assert any(each["busy"] and each["entryId"] is None for each in of_li)
    assert any(each["title"] and "私事" in each["title"] for each in days(office, office.li, NEXT_YEAR))


def test_what_is_refused_is_refused_in_both_languages_and_changes_nothing(office: Office) -> None:
    made = entered(office.li, "晨会", repeat="FREQ=WEEKLY")
    change = {"id": made["id"], "version": made["version"], "title": "别人的"}

    not_his = refuses(office.wang, "updateScheduleEntry", **change)
    assert (not_his.code, not_his.field) == ("NOT_FOUND", "id")
    wrong = refuses(office.li, "updateScheduleEntry", id=made["id"], version=1, repeat="FREQ=SECONDLY")
    assert (wrong.code, wrong.field) == ("VALIDATION", "repeat")
    assert ("FREQ" in wrong.en, "重复规则" in wrong.zh) == (True, True)
    asked = {"from": "2026-01-01", "to": "2026-01-02", "of": office.ids["li"]}
    keyless = refused(office.wang, SCHEDULE, **asked)
    assert (keyless.code, keyless.field, "权限" in keyless.zh) == ("FORBIDDEN", None, True)
    assert refuses(office.li, "answerInvitation", id=made["id"], answer="ACCEPTED").code == "NOT_FOUND"
    found = office.li.ask("query($id: ID!) { scheduleEntry(id: $id) { version title repeat } }", id=made["id"])
    assert found == {"version": 1, "title": "晨会", "repeat": "FREQ=WEEKLY"}


def test_a_calendar_program_reads_the_schedule_by_its_address_until_it_is_revoked(
    office: Office, system: System
) -> None:
    title = f"展会 {uuid4().hex[:6]}"
    entered(office.wang, title, repeat="FREQ=WEEKLY;COUNT=2")
    made = do(office.wang, "createCalendar", "calendar { id name } path", name="手机")

    with httpx.Client(base_url=system.url, trust_env=False) as program:
        found = program.get(made["path"])
        assert (found.status_code, found.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
        [event] = [each for each in vobject.readOne(found.text).contents["vevent"] if each.summary.value == title]
        assert [each.astimezone(UTC) for each in event.getrruleset(addRDate=True)] == [
            NEXT_YEAR, NEXT_YEAR + timedelta(days=7),
        ]  # fmt: skip
        known = {"if-none-match": found.headers["etag"]}
        assert program.get(made["path"], headers=known).status_code == 304
        entered(office.wang, "新的")
        assert program.get(made["path"], headers=known).status_code == 200
        do(office.wang, "revokeCalendar", "revokedId", id=made["calendar"]["id"])
        assert program.get(made["path"], headers=known).status_code == 404


def test_cus_50_the_next_contact_stands_in_the_schedule_and_on_the_workbench(office: Office) -> None:
    name = f"远方 {uuid4().hex[:6]}"
    phone = f"137{uuid4().int % 10**8:08}"
    customer = do(office.li, "createCustomer", "customer { id }", name=name, phone=phone)["customer"]["id"]
    soon = datetime.now(UTC) + timedelta(minutes=1)
    given = {"customerId": customer, "type": "PHONE", "content": "约了时间", "nextContactAt": soon.isoformat()}
    do(office.li, "createFollowUp", "followUp { id }", **given)

    def item() -> list[dict[str, Any]]:
        return [each for each in days(office, office.li, soon) if each["about"] == customer]

    [found] = until(item, "the next contact in the schedule")
    assert (found["title"], found["kind"]) == (f"联系 {name}", "CONTACT")
    # at a minute to midnight it is due tomorrow, and stands there then
    due = [each["name"] for each in office.li.ask(WORKBENCH)["contacts"]["nodes"]]
    assert (name in due) or (soon + timedelta(hours=8)).hour == 0


def test_ofc_01_the_workbench_has_each_block_by_its_right(office: Office) -> None:
    title = f"交标书 {uuid4().hex[:6]}"
    do(office.chief, "createTask", "task { id }", title=title, assigneeId=office.ids["wang"])

    mine = office.wang.ask(WORKBENCH)
    assert title in [each["title"] for each in mine["tasks"]["nodes"]]
    assert (mine["__typename"], mine["customersWarned"]) == ("Workbench", {"nodes": []})
    assert isinstance(mine["unreadMessages"], int)
    response = office.guard.send(WORKBENCH)
    assert "errors" not in response
    of_guard = response["data"]["workbench"]
    assert (of_guard["customersWarned"], of_guard["contacts"]) == (None, None)
    assert of_guard["tasks"] == {"totalCount": 0, "nodes": []}
    assert refused(office.company.system.person(), WORKBENCH).code == "UNAUTHENTICATED"


def test_ofc_13_overtime_is_approved_from_the_workbench_and_counts_then(office: Office) -> None:
    evening = NEXT_YEAR.replace(hour=11)
    given = {"beginsAt": evening.isoformat(), "endsAt": (evening + timedelta(hours=2)).isoformat()}
    given |= {"compensation": "TIME_OFF", "reason": "发布"}
    made = do(office.li, "requestOvertime", "overtime { id state }", **given)["overtime"]
    assert made["state"] == "REQUESTED"
    again = refuses(office.li, "requestOvertime", **given)
    assert (again.code, "overtime" in again.en, "加班" in again.zh) == ("VALIDATION", True, True)

    [waiting] = office.chief.ask("{ workbench { approvals { nodes { id kind version initiatorName } } } }")[
        "approvals"
    ]["nodes"]
    assert waiting["kind"] == "overtime"
    decision = {"id": waiting["id"], "version": waiting["version"], "verdict": "APPROVE"}
    do(office.chief, "decideApproval", "approval { state }", **decision)
    state = "query($id: ID!) { overtime(id: $id) { state } }"
    until(lambda: office.li.ask(state, id=made["id"])["state"] == "APPROVED", "the approval of the overtime")
    assert office.wang.ask(state, id=made["id"]) is None


def test_ofc_16_a_check_in_is_one_s_own_and_marked_when_it_is_outside(office: Office) -> None:
    place = {"latitude": 31.2397, "longitude": 121.4998, "accuracy": 15}
    added = do(
        office.company.admin, "addCompanyOffice", "office { id }", name="总部", latitude=31.2397, longitude=121.4998
    )
    assert refuses(office.li, "addCompanyOffice", name="x", latitude=1, longitude=1).code == "FORBIDDEN"

    made = do(office.li, "checkIn", "checkIn { id outside }", kind="IN", **place)["checkIn"]
    far = do(office.li, "checkIn", "checkIn { outside }", kind="OUT", **place | {"latitude": 31.5})["checkIn"]
    assert (made["outside"], far["outside"]) == (False, True)
    wrong = refuses(office.li, "checkIn", kind="VISIT", **place)
    assert (wrong.code, wrong.field, "客户" in wrong.zh) == ("VALIDATION", "customerId", True)
    seen = "query($id: ID!) { checkIn(id: $id) { id } }"
    assert (office.wang.ask(seen, id=made["id"]), office.li.ask(seen, id=made["id"])) == (None, {"id": made["id"]})
    do(office.company.admin, "removeCompanyOffice", "removedId", id=added["office"]["id"])


def test_ofc_01_a_service_that_is_away_blanks_its_blocks_only(broker_system: System) -> None:
    away = staffed(broker_system)
    day = datetime.now(UTC) + timedelta(days=1)
    when = {"startsAt": day.isoformat(), "endsAt": (day + timedelta(hours=1)).isoformat()}
    do(away.li, "createScheduleEntry", "entry { id }", title="明天", **when)

    with calm(broker_system):
        response = away.li.send(WORKBENCH)
    assert response["data"] is not None, response
    found = response["data"]["workbench"]
    assert [each["title"] for each in found["schedule"]] == ["明天"]
    assert (found["customersWarned"], found["contacts"], found["tasks"]["nodes"]) == (None, None, [])
    told = {(*each["path"], each["extensions"]["code"]) for each in response["errors"]}
    assert told == {("workbench", "customersWarned", "UNAVAILABLE"), ("workbench", "contacts", "UNAVAILABLE")}
    until(lambda: "errors" not in away.li.send(WORKBENCH), "the service answers again")
    assert away.li.ask(WORKBENCH)["customersWarned"] == {"nodes": []}
