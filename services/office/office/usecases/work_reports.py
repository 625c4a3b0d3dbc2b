"""Reports and logs of work, and what superiors think of it (OFC-19 … 21)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol import platform
from crm_common.protocol.office.message_kinds import Subject
from crm_common.protocol.office.quality import QualityRules, QualityScored, ScoreWork
from crm_common.protocol.office.tasks import TaskStatus
from crm_common.protocol.office.work_logs import (
    EDIT_DAYS,
    CreateWorkLog,
    UpdateWorkLog,
    WorkLogCreated,
    WorkLogEvent,
    WorkLogUpdated,
)
from crm_common.protocol.office.work_reports import (
    DEADLINE_HOURS,
    EXPECTED,
    ReportPeriod,
    SubmitWorkReport,
    UpdateWorkReport,
    WorkReportEvent,
    WorkReportMessages,
    WorkReportMissing,
    WorkReportRules,
    WorkReportSubmitted,
    WorkReportUpdated,
)
from crm_common.sight import global_id
from office.domain import work_report as domain
from office.domain.work_report import WorkLog, WorkReport
from office.store import people, tasks
from office.store import work_reports as store
from office.usecases.messages import tell

_DONE = frozenset({TaskStatus.DONE, TaskStatus.VERIFIED})


def submit_work_report(change: Change, command: SubmitWorkReport) -> dict[str, Any]:
    """A report to one's superiors; the nearest is told."""
    me = change.context.authenticated().id
    begins_on = domain.begun(command.period, command.day, _today(change))
    if store.reported(change.connection, me, command.period, begins_on):
        raise WorkReportRules.a_period_is_reported_once(field="day")
    made = WorkReport(
        id=change.new_id(),
        author_id=me,
        period=command.period,
        begins_on=begins_on,
        done=domain.said(command.done),
        plan=command.plan,
        problems=command.problems,
    )
    store.insert_report(change.connection, made, change.now)
    change.record(_of_report(WorkReportSubmitted, made))
    superior = store.superior_of(change.connection, me)
    if superior is not None:
        name, about = people.name_of(change.connection, me), Subject("WorkReport", made.id)
        kind = WorkReportMessages.work_report_arrived
        tell(change, to=[superior], kind=kind, about=about, key=str(made.id), author=name)
    return {"work_report": made.id}


def update_work_report(change: Change, command: UpdateWorkReport) -> dict[str, Any]:
    """Other words."""
    before = store.report(change.connection, command.id)
    if before is None or before.author_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.updated(before, command)
    if after != before:
        store.save_report(change.connection, after, change.now)
        change.record(_of_report(WorkReportUpdated, after))
    return {"work_report": after.id}


def tell_who_did_not_report(run: JobRun) -> None:
    """Whoever has not reported the last period by its deadline is told once, and his superior how many did not."""
    run.report["missing"] = 0
    with run.change() as change:
        expected = change.settings.get(EXPECTED)
        if expected == "NONE":
            return
        period = ReportPeriod(expected)
        begins_on = _last_due(change, period)
        late = store.missed(change.connection, period, begins_on)
        change.record(*(WorkReportMissing(author_id=each, period=period, begins_on=begins_on) for each in late))
        key, kinds = f"{period}/{begins_on}", WorkReportMessages
        tell(change, to=late, kind=kinds.work_reports_missing, about=None, key=key, begins_on=begins_on)
        for superior, count in store.superiors(change.connection, late).items():
            kind = kinds.work_reports_owed
            tell(change, to=[superior], kind=kind, about=None, key=key, begins_on=begins_on, missing=count)
        run.report["missing"] = len(late)


def create_work_log(change: Change, command: CreateWorkLog) -> dict[str, Any]:
    """What one did on a day."""
    made = WorkLog(
        id=change.new_id(),
        author_id=change.context.authenticated().id,
        day=domain.day_of_log(command.day, _today(change)),
        body=domain.logged(command.body),
        created_at=change.now,
    )
    store.insert_log(change.connection, made)
    change.record(_of_log(WorkLogCreated, made))
    return {"work_log": made.id}


def update_work_log(change: Change, command: UpdateWorkLog) -> dict[str, Any]:
    """Another text, within days."""
    before = store.log(change.connection, command.id)
    if before is None or before.author_id != change.context.authenticated().id:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.relogged(before, command, change.now, change.settings.get(EDIT_DAYS))
    if after != before:
        store.save_log(change.connection, after, change.now)
        change.record(_of_log(WorkLogUpdated, after))
    return {"work_log": after.id}


def score_work(subject: Subject) -> Usecase:
    """A superior's score of a task or report that he was found to see."""

    def run(change: Change, command: ScoreWork) -> dict[str, Any]:
        me = change.context.authenticated().id
        employee = _whose(change, subject)
        if not people.leads(change.connection, me, employee):
            raise QualityRules.a_superior_scores(field="subject")
        about = global_id(subject)
        given = (change.new_id(), about, employee, me, command.score, command.remark, change.now, _today(change))
        score_id = store.score(change.connection, given)
        change.record(
            QualityScored(score_id=score_id, subject=about, employee_id=employee, scorer_id=me, score=command.score)
        )
        return {"quality_score": score_id}

    return run


def _whose(change: Change, subject: Subject) -> UUID:
    """Whose work a task that is done, or a report, is."""
    if subject.type_name == "WorkReport":
        report = store.report(change.connection, subject.id)
        if report is not None:
            return report.author_id
    elif subject.type_name == "Task":
        task = tasks.locked(change.connection, subject.id)
        if task is not None and task.status not in _DONE:
            raise QualityRules.work_is_scored_when_it_is_done(field="subject")
        if task is not None:
            return task.assignee_id
    raise QualityRules.only_tasks_and_reports_are_scored(field="subject")


def _last_due(change: Change, period: ReportPeriod) -> date:
    """The first day of the last period whose deadline has passed."""
    zone = ZoneInfo(change.settings.get(platform.TIMEZONE))
    after = domain.first_day(period, _today(change))
    deadline = datetime.combine(after, time(), zone) + timedelta(hours=change.settings.get(DEADLINE_HOURS))
    last = domain.period_before(period, after)
    return last if deadline <= change.now else domain.period_before(period, last)


def _today(change: Change) -> date:
    return change.now.astimezone(ZoneInfo(change.settings.get(platform.TIMEZONE))).date()


def _of_report(kind: type[WorkReportEvent], each: WorkReport) -> WorkReportEvent:
    return kind(report_id=each.id, author_id=each.author_id, period=each.period, begins_on=each.begins_on)


def _of_log(kind: type[WorkLogEvent], each: WorkLog) -> WorkLogEvent:
    return kind(log_id=each.id, author_id=each.author_id, day=each.day)
