"""Reports, logs and scores of work (OFC-19 … 21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.ids import to_global
from crm_common.protocol.office.work_reports import ReportPeriod
from office.domain.work_report import first_day, period_before
from officing import heard, run_job, works
from serving.alone import Alone

TODAY = datetime.now(UTC).date()
MONDAY = TODAY - timedelta(days=TODAY.weekday())
LAST_WEEK = MONDAY - timedelta(days=7)


@dataclass(frozen=True)
class Team:
    """zhao leads wang and li; qian stands apart."""

    service: Alone
    zhao: Actor
    wang: Actor
    li: Actor
    qian: Actor

    def report(self, author: Actor, **more: Any) -> dict[str, Any]:
        given = {"period": "WEEK", "day": LAST_WEEK + timedelta(days=2), "done": "拜访三家客户"} | more
        return dict(self.service.call(author, "submit_work_report", **given)["work_report"])


@pytest.fixture
def team(service: Alone) -> Team:
    mark = uuid4().hex[:6]
    zhao = works(service, f"zhao {mark}")
    wang, li = (works(service, f"{name} {mark}", below=(zhao,)) for name in ("wang", "li"))
    return Team(service, zhao, wang, li, works(service, f"qian {mark}"))


@pytest.mark.parametrize(
    ("period", "day", "first", "before"),
    [
        ("DAY", date(2026, 3, 1), date(2026, 3, 1), date(2026, 2, 28)),
        ("WEEK", date(2026, 1, 1), date(2025, 12, 29), date(2025, 12, 22)),
        ("MONTH", date(2026, 3, 31), date(2026, 3, 1), date(2026, 2, 1)),
    ],
)
def test_ofc_19_a_period_begins_on_its_first_day(period: str, day: date, first: date, before: date) -> None:
    assert first_day(ReportPeriod(period), day) == first
    assert period_before(ReportPeriod(period), first) == before


def test_ofc_19_a_report_goes_to_the_superior_and_is_read_by_nobody_else(team: Team) -> None:
    made = team.report(team.wang)
    assert (made["begins_on"], made["version"]) == (LAST_WEEK.isoformat(), 1)
    assert heard(team.service, team.zhao) == ["work_report_arrived"]
    for viewer, seen in ((team.wang, True), (team.zhao, True), (team.li, False), (team.qian, False)):
        assert bool(team.service.call(viewer, "work_reports")["nodes"]) is seen
    subject = to_global("WorkReport", made["id"])
    team.service.call(team.zhao, "add_comment", subject=subject, body="继续跟进")
    assert team.service.refused(team.li, "add_comment", subject=subject, body="x") == "NOT_FOUND"
    changed = team.service.call(team.wang, "update_work_report", id=made["id"], version=1, plan="签合同")["work_report"]
    assert (changed["done"], changed["plan"], changed["version"]) == ("拜访三家客户", "签合同", 2)
    assert team.service.refused(team.zhao, "update_work_report", id=made["id"], version=2, done="x") == "NOT_FOUND"
    assert team.service.refused(team.wang, "update_work_report", id=made["id"], version=1, done="x") == "CONFLICT"


def test_ofc_19_a_period_is_reported_once_and_not_before_it_begins(team: Team) -> None:
    team.report(team.wang)
    given = {"period": "WEEK", "done": "x"}
    refused = team.service.refused
    assert refused(team.wang, "submit_work_report", **given, day=LAST_WEEK + timedelta(days=6)) == "DUPLICATE"
    assert refused(team.wang, "submit_work_report", **given, day=TODAY + timedelta(days=9)) == "VALIDATION"
    assert refused(team.wang, "submit_work_report", **given | {"done": " "}, day=TODAY) == "VALIDATION"
    assert refused(None, "submit_work_report", **given, day=TODAY) == "UNAUTHENTICATED"


def test_ofc_19_who_is_missing_at_the_deadline_is_listed_and_told_once(team: Team) -> None:
    team.report(team.wang)
    asked = {"period": "WEEK", "day": LAST_WEEK + timedelta(days=4)}
    missing = team.service.call(team.zhao, "missing_work_reports", **asked)["nodes"]
    assert [each["employee_name"] for each in missing] == [team.li.name]
    assert team.service.call(team.li, "missing_work_reports", **asked)["nodes"] == []
    values = team.service.runtime.services["office"].host.settings.values  # type: ignore[attr-defined]
    values["workreport.expected"] = "WEEK"
    # Monday noon in Shanghai
    deadline = datetime.combine(MONDAY, time(4), UTC)
    of_week = "SELECT begins_on FROM work_report_missed WHERE author_id = %s ORDER BY 1 DESC LIMIT 1"
    run_job(team.service, "office.work_reports_missing", deadline - timedelta(minutes=1))
    assert team.service.store.rows(of_week, (team.li.id,)) == [(LAST_WEEK - timedelta(days=7),)]
    before = heard(team.service, team.zhao).count("work_reports_owed")
    for _ in range(2):
        run_job(team.service, "office.work_reports_missing", deadline)
    values["workreport.expected"] = "NONE"
    assert heard(team.service, team.zhao).count("work_reports_owed") == before + 1
    assert team.service.store.rows(of_week, (team.li.id,)) == [(LAST_WEEK,)]
    assert team.service.store.rows(of_week, (team.wang.id,)) == [(LAST_WEEK - timedelta(days=7),)]
    assert heard(team.service, team.li).count("work_reports_missing") == 2


def test_ofc_20_a_log_is_changed_for_seven_days_and_read_by_superiors(team: Team) -> None:
    call, refused = team.service.call, team.service.refused
    made = call(team.wang, "create_work_log", day=TODAY - timedelta(days=1), body=" 整理资料 ")["work_log"]
    assert made["body"] == "整理资料"
    assert call(team.wang, "update_work_log", id=made["id"], version=1, body="整理合同")["work_log"]["version"] == 2
    shown = [bool(call(each, "work_logs")["nodes"]) for each in (team.wang, team.zhao, team.li)]
    assert shown == [True, True, False]
    assert refused(team.zhao, "update_work_log", id=made["id"], version=2, body="x") == "NOT_FOUND"
    with team.service.store.transaction() as connection:
        older = "UPDATE work_log SET created_at = now() - interval '7 days 1 second' WHERE id = %s"
        connection.exec_driver_sql(older, (made["id"],))
    assert refused(team.wang, "update_work_log", id=made["id"], version=2, body="x") == "BAD_STATE"
    assert refused(team.wang, "create_work_log", day=TODAY + timedelta(days=2), body="x") == "VALIDATION"
    assert refused(team.wang, "create_work_log", day=TODAY, body=" ") == "VALIDATION"


def test_ofc_21_superiors_score_tasks_and_reports_and_the_mean_is_shown(team: Team) -> None:
    call, refused = team.service.call, team.service.refused
    report = to_global("WorkReport", team.report(team.wang)["id"])
    made = call(team.zhao, "create_task", title="报价", assignee_id=team.wang.id)["task"]
    task = to_global("Task", made["id"])
    assert refused(team.zhao, "score_work", subject=task, score=4) == "BAD_STATE"
    call(team.wang, "accept_task", id=made["id"], version=1)
    call(team.wang, "complete_task", id=made["id"], version=2)
    assert refused(team.wang, "score_work", subject=task, score=5) == "FORBIDDEN"
    assert refused(team.qian, "score_work", subject=task, score=5) == "NOT_FOUND"
    assert refused(team.zhao, "score_work", subject=task, score=6) == "VALIDATION"
    call(team.zhao, "score_work", subject=task, score=2)
    call(team.zhao, "score_work", subject=task, score=4, remark="改好了")
    call(team.zhao, "score_work", subject=report, score=5)
    [shown] = call(team.zhao, "work_quality", filter={"employee_id": {"eq": team.wang.id}})["nodes"]
    assert (shown["mean"], shown["scores"], shown["employee_name"]) == ("4.50", 2, team.wang.name)
    months = "SELECT month::text, mean, scores FROM work_quality_month WHERE employee_id = %s"
    [(_, mean, scores)] = team.service.store.rows(months, (team.wang.id,))
    assert (str(mean), scores) == ("4.50", 2)
    assert [each["score"] for each in call(team.wang, "quality_scores")["nodes"]] == [5, 4]
    assert call(team.li, "work_quality")["nodes"] == []
    assert team.service.events().count("quality.scored") >= 3
