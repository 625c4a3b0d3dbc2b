"""Reports and logs of work (OFC-19, 20): the days of a period, when it is over, until when a log can be changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.office.work_logs import UpdateWorkLog, WorkLogRules
from crm_common.protocol.office.work_reports import ReportPeriod, UpdateWorkReport, WorkReportRules


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReport:
    """A report as its row keeps it."""

    id: UUID
    author_id: UUID
    period: ReportPeriod
    begins_on: date
    done: str
    plan: str
    problems: str
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLog:
    """A log as its row keeps it."""

    id: UUID
    author_id: UUID
    day: date
    body: str
    created_at: datetime
    version: int = 1


def first_day(period: ReportPeriod, day: date) -> date:
    """The first day of the period that the day is in."""
    if period is ReportPeriod.DAY:
        return day
    return day - timedelta(days=day.weekday()) if period is ReportPeriod.WEEK else day.replace(day=1)


def period_before(period: ReportPeriod, begins_on: date) -> date:
    """The first day of the period before the one that begins on this day."""
    return first_day(period, begins_on - timedelta(days=1))


def said(done: str) -> str:
    """What was done without outer blanks; a report of blanks only is refused."""
    if not done.strip():
        raise WorkReportRules.a_report_says_what_was_done(field="done")
    return done.strip()


def begun(period: ReportPeriod, day: date, today: date) -> date:
    """The first day of a period that has begun."""
    begins_on = first_day(period, day)
    if begins_on > today:
        raise WorkReportRules.a_period_is_reported_when_it_has_begun(field="day")
    return begins_on


def updated(before: WorkReport, command: UpdateWorkReport) -> WorkReport:
    """The report after the command; the same one where nothing changes."""
    expect_version(before.version, command.version)
    after = replace(
        before,
        done=said(chosen(command.done, before.done)),
        plan=chosen(command.plan, before.plan),
        problems=chosen(command.problems, before.problems),
    )
    return before if after == before else replace(after, version=before.version + 1)


def logged(body: str) -> str:
    """The text without outer blanks; one of blanks only is refused."""
    if not body.strip():
        raise WorkLogRules.a_log_says_something(field="body")
    return body.strip()


def day_of_log(day: date, today: date) -> date:
    """The day, which has come."""
    if day > today:
        raise WorkLogRules.a_log_is_of_a_day_that_has_come(field="day")
    return day


def relogged(before: WorkLog, command: UpdateWorkLog, now: datetime, days: int) -> WorkLog:
    """The log with another text; ``BAD_STATE`` when it has stood for too long."""
    if now - before.created_at > timedelta(days=days):
        raise WorkLogRules.a_log_is_changed_within_days(field="id", days=days)
    expect_version(before.version, command.version)
    body = logged(command.body)
    return before if body == before.body else replace(before, body=body, version=before.version + 1)
