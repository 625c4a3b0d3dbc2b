"""Leave, return from leave, overtime (OFC-12, 13): asked for by flows, counted when approved."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from approving.company import Company
from crm_common import codec
from crm_common.changes import changing
from crm_common.context import system_context
from crm_common.protocol.office.approvals_events import ApprovalApproved, ApprovalRejected, ApprovalWithdrawn
from office.store.attendance_days import overtime_hours
from office.usecases.leave import note_decision

pytestmark = pytest.mark.infra

ENDS: dict[str, Any] = {
    "approval.approved": ApprovalApproved,
    "approval.rejected": ApprovalRejected,
    "approval.withdrawn": ApprovalWithdrawn,
}
WEEK = {"kind": "PERSONAL", "first_day": "2027-03-01", "last_day": "2027-03-07", "reason": "搬家"}
"""Monday to Sunday, of which five days are days of work."""


@pytest.fixture(autouse=True)
def empty(firm: Company) -> None:
    """No leave and no overtime of an earlier test."""
    with firm.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM leave")
        connection.exec_driver_sql("DELETE FROM overtime")


def asked(firm: Company, **given: Any) -> dict[str, Any]:
    """A leave that sun asks for."""
    found: dict[str, Any] = firm.call("sun", "request_leave", **(WEEK | given))["leave"]
    return found


def settled(firm: Company, record: dict[str, Any], verdict: str = "APPROVE") -> None:
    """Everybody who is asked says so; the ends of flows are heard, twice as may happen."""
    [(identifier,)] = firm.store.rows(
        "SELECT id FROM approval WHERE record_id = %s AND state = 'PENDING'", (record["id"],)
    )
    approval = {"id": str(identifier)}
    while people := firm.asked(approval):
        firm.decide(people[0], approval, verdict, **({} if verdict == "APPROVE" else {"comment": "不行"}))
        if verdict != "APPROVE":
            break
    for kind, data in firm.events(approval):
        if kind in ENDS:
            event = codec.from_builtins(data, ENDS[kind])
            for _ in range(2):
                with changing(firm.host, system_context("office", correlation_id="test")) as change:
                    note_decision(change, event, approved=kind == "approval.approved")


def now(firm: Company, record: dict[str, Any], query: str = "leaves_by_ids", by: str = "sun") -> dict[str, Any]:
    """The record as it stands."""
    [found] = firm.call(by, query, ids=[record["id"]])
    return dict(found)


def told(firm: Company, record: dict[str, Any]) -> list[str]:
    """The types of the record's events."""
    rows = firm.store.rows("SELECT type FROM journal WHERE subject LIKE %s ORDER BY seq", (f"%/{record['id']}",))
    return [row[0] for row in rows]


def test_ofc_12_a_leave_passes_its_flow_and_takes_days_of_work_only(firm: Company) -> None:
    made = asked(firm)
    assert (Decimal(made["days"]), made["state"]) == (Decimal(5), "REQUESTED")

    settled(firm, made)
    assert now(firm, made)["state"] == "APPROVED"
    assert told(firm, made) == ["leave.requested", "leave.approved"]
    half = asked(firm, first_day="2027-03-08", first_half="AFTERNOON", last_day="2027-03-09", last_half="MORNING")
    assert Decimal(half["days"]) == 1
    settled(firm, half, "REJECT")
    assert now(firm, half)["state"] == "REFUSED"
    assert firm.call("mei", "leaves_by_ids", ids=[made["id"]]) == [None]


def test_ofc_12_a_leave_is_refused_that_overlaps_ends_before_it_begins_or_takes_no_day(firm: Company) -> None:
    made = asked(firm, first_day="2027-03-03", last_day="2027-03-04", last_half="MORNING")

    for given, rule in (
        ({}, "leaves_do_not_overlap"),
        ({"first_day": "2027-03-04", "last_day": "2027-03-04"}, "leaves_do_not_overlap"),
        ({"first_day": "2027-03-06"}, "a_leave_takes_a_day_of_work"),
        ({"last_day": "2027-02-28"}, "a_leave_ends_after_it_begins"),
        ({"last_day": "2029-03-01"}, "a_leave_ends_after_it_begins"),
        ({"first_half": "AFTERNOON", "last_day": "2027-03-01", "last_half": "MORNING"}, "a_leave_ends_after_it_begins"),
    ):
        assert firm.refused("sun", "request_leave", **(WEEK | given)) == ("VALIDATION", rule), given
    # the other half of the day is free, and so is the whole time for somebody else
    asked(firm, first_day="2027-03-04", first_half="AFTERNOON", last_day="2027-03-04")
    assert firm.call("fu", "request_leave", **WEEK)["leave"]["state"] == "REQUESTED"
    settled(firm, made, "REJECT")
    asked(firm, first_day="2027-03-03", last_day="2027-03-04", last_half="MORNING")


def test_ofc_12_a_kind_has_so_many_days_a_year(firm: Company) -> None:
    annual = {"kind": "ANNUAL", "last_day": "2027-03-03"}
    first = asked(firm, **annual)

    found = {each["kind"]: each for each in firm.call("sun", "leave_balances", year=2027)}
    annual_ones = [Decimal(found["ANNUAL"][name]) for name in ("days_a_year", "taken", "left")]
    assert annual_ones == [5, 3, 2]
    assert (found["SICK"]["days_a_year"], found["SICK"]["left"]) == (None, None)
    more = {"kind": "ANNUAL", "first_day": "2027-03-08", "last_day": "2027-03-10", "reason": "x"}
    assert firm.refused("sun", "request_leave", **more) == ("LIMIT_EXCEEDED", "there_are_not_so_many_days_left")
    settled(firm, first, "REJECT")
    assert asked(firm, **more)["state"] == "REQUESTED"
    assert firm.refused("sun", "set_leave_allowance", kind="ANNUAL", days_a_year=50)[0] == "FORBIDDEN"


def test_ofc_12_whoever_returns_early_has_his_days_corrected_after_confirmation(firm: Company) -> None:
    made = asked(firm)
    back = {"id": made["id"], "last_day": "2027-03-03", "last_half": "MORNING"}
    assert firm.refused("sun", "return_from_leave", version=1, **back) == ("BAD_STATE", "a_leave_is_not_in_this_state")
    settled(firm, made)

    assert firm.refused("sun", "return_from_leave", version=1, **back)[0] == "CONFLICT"
    assert firm.refused("mei", "return_from_leave", version=2, **back)[0] == "NOT_FOUND"
    for day in ("2027-02-28", "2027-03-07", "2027-03-08"):
        refused = firm.refused("sun", "return_from_leave", id=made["id"], version=2, last_day=day)
        assert refused == ("VALIDATION", "one_returns_within_the_leave")
    waiting = firm.call("sun", "return_from_leave", version=2, **back)["leave"]
    assert (waiting["state"], waiting["days"], waiting["last_day"]) == ("RETURN_REQUESTED", "5.0", "2027-03-07")
    settled(firm, made)
    found = now(firm, made)
    assert (found["state"], Decimal(found["days"]), found["last_day"], found["last_half"]) == (
        "RETURNED", Decimal("2.5"), "2027-03-03", "MORNING",
    )  # fmt: skip
    assert told(firm, made)[2:] == ["leave.return_requested", "leave.returned"]
    # the days that were not taken are free again
    asked(firm, first_day="2027-03-04", last_day="2027-03-05")


def test_an_unconfirmed_return_leaves_the_leave_as_it_was(firm: Company) -> None:
    made = asked(firm)
    settled(firm, made)
    firm.call("sun", "return_from_leave", id=made["id"], version=2, last_day="2027-03-02")

    settled(firm, made, "REJECT")
    found = now(firm, made)
    assert (found["state"], found["days"], found["last_day"]) == ("APPROVED", "5.0", "2027-03-07")
    assert told(firm, made)[-1] == "leave.return_refused"


def hours(firm: Company, name: str) -> Decimal:
    """Overtime of March as a closed month counts it."""
    person: UUID = firm[name].id
    return overtime_hours(firm.store.rows, [person], "2027-03", ZoneInfo("Asia/Shanghai")).get(person, Decimal(0))


def test_ofc_13_overtime_counts_when_it_is_approved_and_not_before(firm: Company) -> None:
    evening = {
        "begins_at": "2027-03-01T10:30:00Z",
        "ends_at": "2027-03-01T13:00:00Z",
        "compensation": "PAY",
        "reason": "上线",
    }
    made = firm.call("sun", "request_overtime", **evening)["overtime"]

    assert (made["state"], hours(firm, "sun")) == ("REQUESTED", Decimal(0))
    assert firm.refused("sun", "request_overtime", **evening) == ("VALIDATION", "overtimes_do_not_overlap")
    settled(firm, made)
    assert (now(firm, made, "overtimes_by_ids")["state"], hours(firm, "sun")) == ("APPROVED", Decimal("2.5"))
    other = evening | {"begins_at": "2027-03-02T10:30:00Z", "ends_at": "2027-03-02T13:00:00Z"}
    refused = firm.call("sun", "request_overtime", **other)["overtime"]
    settled(firm, refused, "REJECT")
    assert (now(firm, refused, "overtimes_by_ids")["state"], hours(firm, "sun")) == ("REFUSED", Decimal("2.5"))
    assert told(firm, made) == ["overtime.requested", "overtime.approved"]
    for ends in ("2027-03-01T10:30:00Z", "2027-03-03T10:30:00Z"):
        given = evening | {"begins_at": "2027-03-01T14:00:00Z", "ends_at": ends}
        assert firm.refused("sun", "request_overtime", **given) == ("VALIDATION", "overtime_ends_after_it_begins")


def test_ofc_15_a_day_of_leave_is_no_absence(firm: Company) -> None:
    firm.clock.moment = datetime(2027, 3, 20, tzinfo=UTC)
    made = asked(firm, first_day="2027-03-02", first_half="AFTERNOON", last_day="2027-03-03")
    settled(firm, made)

    days = {each["day"][8:]: each for each in firm.call("sun", "attendance_days", month="2027-03")}
    assert [days[day]["state"] for day in ("01", "02", "03", "04")] == ["ABSENT", "ABSENT", "LEAVE", "ABSENT"]
    assert [Decimal(days[day]["leave_days"]) for day in ("01", "02", "03")] == [0, Decimal("0.5"), 1]
