"""Summary reports (OFC-19): of a day, week or month, to one's superiors; and who owes one when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import VERSION_DOC, Text, Version, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

WorkReportId = Annotated[UUID, Ref("WorkReport")]
Done = Annotated[str, Meta(min_length=1, max_length=20_000)]
DEADLINE_HOURS = office.setting(
    Setting(
        "workreport.deadline_hours", int, 12, "Hours after the end of a period in which its report is expected.",
        minimum=0, maximum=240,
    )
)  # fmt: skip
EXPECTED = office.setting(
    Setting(
        "workreport.expected", str, "NONE", "Of which periods everybody who has a superior reports.",
        choices=("NONE", "DAY", "WEEK", "MONTH"),
    )
)  # fmt: skip


class ReportPeriod(StrEnum):
    """What a report is of."""

    DAY = "DAY"
    """A day."""
    WEEK = "WEEK"
    """A week, from Monday."""
    MONTH = "MONTH"
    """A month."""


class WorkReportRules(Rules):
    """Refusals of reports."""

    a_report_says_what_was_done = Rule(Code.VALIDATION, en="Say what was done.", zh="请填写完成的工作。")
    a_period_is_reported_once = Rule(
        Code.DUPLICATE, en="You have reported this period already.", zh="该时段的总结已提交。"
    )
    a_period_is_reported_when_it_has_begun = Rule(
        Code.VALIDATION, en="This period has not begun.", zh="该时段尚未开始。"
    )


class WorkReportMessages(MessageKinds):
    """What people are told of reports."""

    work_report_arrived = MessageKind(
        label=Words("Reports of my people", "下属提交的工作总结"),
        title=Words("{author} has reported", "{author}提交了工作总结"),
    )
    work_reports_missing = MessageKind(
        label=Words("Reports I still owe", "我尚未提交的工作总结"),
        title=Words("Your report from {begins_on} is missing", "您还没有提交 {begins_on} 起的工作总结"),
    )
    work_reports_owed = MessageKind(
        label=Words("Reports my people still owe", "下属尚未提交的工作总结"),
        title=Words(
            "{missing} reports from {begins_on} are missing", "{begins_on} 起的工作总结还有 {missing} 人未提交"
        ),
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class WorkReportView:
    """A report; read by its author and his superiors, who comment on it: comments(subject)."""

    id: UUID = shown("The id.", filterable=True)
    author_id: Annotated[UUID, Ref("Employee", record="author")] = shown("Whose work it is.", filterable=True)
    author_name: str | None = shown("His name, as this service knows it.")
    period: ReportPeriod = shown("What it is of.", filterable=True)
    begins_on: date = shown("The first day.", filterable=True, sortable=True)
    done: str = shown("What was done.", filterable=True)
    plan: str = shown("What comes next.")
    problems: str = shown("What stands in the way.")
    submitted_at: datetime = shown("When it was handed in.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")


@office.query(AUTHENTICATED, returns=WorkReportView)
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReports(ListQuery):
    """One's own reports and those of the people below, latest first."""


@office.query(AUTHENTICATED, returns=WorkReportView)
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReportsByIds(GetQuery):
    """Reports by id."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class MissingWorkReportView:
    """Somebody below the viewer, or himself, who has not reported."""

    id: UUID = shown("The id of the entry.")
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Who.")
    employee_name: str = shown("His name, as this service knows it.")
    department_name: str = shown("His department, as this service knows it.")


@office.query(AUTHENTICATED, returns=MissingWorkReportView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MissingWorkReports(ListQuery):
    """Who below the viewer has not reported a period, by name."""

    period: ReportPeriod = given("What the report is of.")
    day: date = given("Any day of the period.")


@office.command(AUTHENTICATED, returns={"work_report": WorkReportView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitWorkReport(Command):
    """Report a day, week or month to one's superiors."""

    period: ReportPeriod = given("What it is of.")
    day: date = given("Any day of the period.")
    done: Done = given("What was done.")
    plan: Text = given("What comes next.", default="")
    problems: Text = given("What stands in the way.", default="")


@office.command(AUTHENTICATED, returns={"work_report": WorkReportView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWorkReport(Command):
    """Change one's own report. Fields that are left out stay as they are."""

    id: WorkReportId = given("The report.")
    version: Version = given(VERSION_DOC)
    done: Done | UnsetType = given("What was done.", default=UNSET)
    plan: Text | UnsetType = given("What comes next.", default=UNSET)
    problems: Text | UnsetType = given("What stands in the way.", default=UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReportEvent(Event):
    """What every event of a report tells; not what it says."""

    report_id: UUID
    author_id: UUID
    period: ReportPeriod
    begins_on: date


@office.event("workreport.submitted", subject="report_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReportSubmitted(WorkReportEvent):
    """A report was handed in."""


@office.event("workreport.updated", subject="report_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReportUpdated(WorkReportEvent):
    """A report was changed."""


@office.event("workreport.missing", subject="author_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReportMissing(Event):
    """Somebody did not report in time; told once."""

    author_id: UUID
    period: ReportPeriod
    begins_on: date
