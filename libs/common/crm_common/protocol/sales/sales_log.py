"""The sales journal (销售日志, SAL-35): what a salesperson did on a day; his superiors read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.performance import OWN, TEAM
from crm_common.protocol.sales.service import VERSION_DOC, Version, sales
from crm_common.protocol.views import Ref, shown

SEE = needs(OWN, TEAM)
WRITE = needs(OWN)
SalesLogId = Annotated[UUID, Ref("SalesLog")]
Body = Annotated[str, Meta(min_length=1, max_length=20_000)]
Plan = Annotated[str, Meta(max_length=20_000)]


class SalesLogRules(Rules):
    """Refusals of journals."""

    a_journal_says_what_was_done = Rule(Code.VALIDATION, en="Say what was done.", zh="请填写当日工作内容。")
    a_journal_is_of_a_day_that_has_come = Rule(
        Code.VALIDATION, en="This day has not come yet.", zh="日志日期不能晚于今天。"
    )
    a_day_has_one_journal = Rule(
        Code.DUPLICATE, en="You have a journal of this day; change it.", zh="当天的销售日志已存在，请直接修改。"
    )
    only_its_author_changes_a_journal = Rule(
        Code.FORBIDDEN, en="Only its author changes a journal.", zh="只有本人可以修改销售日志。"
    )


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class SalesLogView:
    """A day of somebody's journal: read by himself and his superiors, changed by himself."""

    id: UUID = shown("The id.", filterable=True)
    author_id: Annotated[UUID, Ref("Employee", record="author")] = shown("Whose it is.", filterable=True)
    author_name: str | None = shown("His name, as this service knows it.")
    day: date = shown("The day.", filterable=True, sortable=True)
    body: str = shown("What was done.", filterable=True)
    plan: str = shown("What comes next.")
    created_at: datetime = shown("When it was written.", sortable=True)
    updated_at: datetime = shown("When it was changed last.")
    version: int = shown("Counts its changes; send it back when editing.")


@sales.query(SEE, returns=SalesLogView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLogs(ListQuery):
    """One's own journal, and those of the people below, latest day first."""


@sales.query(SEE, returns=SalesLogView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLogsByIds(GetQuery):
    """Days of journals by id."""


@sales.command(WRITE, returns={"sales_log": SalesLogView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSalesLog(Command):
    """Write the journal of a day."""

    day: date = given("The day; not one to come.")
    body: Body = given("What was done.")
    plan: Plan = given("What comes next.", default="")


@sales.command(WRITE, returns={"sales_log": SalesLogView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSalesLog(Command):
    """Change one's own journal. Fields that are left out stay as they are."""

    id: SalesLogId = given("The journal.")
    version: Version = given(VERSION_DOC)
    body: Body | UnsetType = given("What was done.", default=UNSET)
    plan: Plan | UnsetType = given("What comes next.", default=UNSET)


@sales.command(WRITE, returns={"deleted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSalesLog(Command):
    """Delete a day of one's own journal."""

    id: SalesLogId = given("The journal.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLogEvent(Event):
    """What every event of a journal tells; not what it says."""

    log_id: UUID
    author_id: UUID
    day: date
    changes: Changes


@sales.event("saleslog.created", subject="log_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLogCreated(SalesLogEvent):
    """Somebody wrote his journal of a day."""


@sales.event("saleslog.updated", subject="log_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLogUpdated(SalesLogEvent):
    """Its author changed a journal."""


@sales.event("saleslog.deleted", subject="log_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLogDeleted(SalesLogEvent):
    """Its author deleted a journal."""
