"""Work logs (OFC-20): what somebody did on a day, for himself and his superiors; set in stone after seven days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, Setting, given
from crm_common.protocol.office.service import VERSION_DOC, Version, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

WorkLogId = Annotated[UUID, Ref("WorkLog")]
Written = Annotated[str, Meta(min_length=1, max_length=20_000)]
EDIT_DAYS = office.setting(
    Setting("worklog.edit_days", int, 7, "Days for which a work log can be changed.", minimum=0, maximum=365)
)


class WorkLogRules(Rules):
    """Refusals of logs."""

    a_log_says_something = Rule(Code.VALIDATION, en="Say what was done.", zh="请填写日志内容。")
    a_log_is_of_a_day_that_has_come = Rule(Code.VALIDATION, en="This day has not come.", zh="日志日期不能晚于今天。")
    a_log_is_changed_within_days = Rule(
        Code.BAD_STATE, en="A log can be changed for {days} days.", zh="日志只能在提交后 {days} 天内修改。"
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class WorkLogView:
    """A log; read by its author and his superiors."""

    id: UUID = shown("The id.", filterable=True)
    author_id: Annotated[UUID, Ref("Employee", record="author")] = shown("Who wrote it.", filterable=True)
    author_name: str | None = shown("His name, as this service knows it.")
    day: date = shown("The day it is of.", filterable=True, sortable=True)
    body: str = shown("What was done.", filterable=True)
    created_at: datetime = shown("When it was written.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")


@office.query(AUTHENTICATED, returns=WorkLogView)
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLogs(ListQuery):
    """One's own logs and those of the people below, latest day first."""


@office.query(AUTHENTICATED, returns=WorkLogView)
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLogsByIds(GetQuery):
    """Logs by id."""


@office.command(AUTHENTICATED, returns={"work_log": WorkLogView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateWorkLog(Command):
    """Write down what one did on a day."""

    day: date = given("The day; today or before.")
    body: Written = given("What was done.")


@office.command(AUTHENTICATED, returns={"work_log": WorkLogView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWorkLog(Command):
    """Change one's own log, within seven days of writing it."""

    id: WorkLogId = given("The log.")
    version: Version = given(VERSION_DOC)
    body: Written = given("What was done.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLogEvent(Event):
    """What every event of a log tells; not what it says."""

    log_id: UUID
    author_id: UUID
    day: date


@office.event("worklog.created", subject="log_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLogCreated(WorkLogEvent):
    """A log was written."""


@office.event("worklog.updated", subject="log_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLogUpdated(WorkLogEvent):
    """A log was changed."""
