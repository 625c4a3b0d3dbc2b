"""Closed months (FIN-21): once finance has closed a month, nothing that falls in it is changed any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.finance.service import EmployeeId, finance
from crm_common.protocol.finance.spending import Why
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

CLOSE_PERIODS = needs("finance.close")
SEE_PERIODS = needs("finance.close", "finance.report", "receivable.view", "receivable.edit")

PeriodId = Annotated[UUID, Ref("ClosedPeriod")]
Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class PeriodRules(Rules):
    """What is refused about closed months."""

    a_closed_period_is_not_changed = Rule(
        Code.BAD_STATE, en="{month} is closed: nothing in it is changed.", zh="{month} 已结账，不能再修改。"
    )
    a_period_is_closed_once = Rule(Code.BAD_STATE, en="{month} is closed already.", zh="{month} 已经结账。")
    a_month_is_closed_once_it_has_begun = Rule(
        Code.VALIDATION, en="{month} has not begun yet.", zh="{month} 尚未开始，不能结账。"
    )
    money_waits_to_be_confirmed = Rule(
        Code.BAD_STATE,
        en="{count} receipts of {month} wait to be confirmed; decide about them first.",
        zh="{month} 还有 {count} 张回款单待确认，请先处理。",
    )


@finance.view(SEE_PERIODS)
@dataclass(slots=True, kw_only=True)
class ClosedPeriodView:
    """A closed month."""

    id: UUID = shown("The id.")
    month: str = shown("The month: 2026-11.", filterable=True, sortable=True)
    closed_by: EmployeeId = shown("Who closed it.")
    closed_by_name: str | None = shown("His name.")
    closed_at: datetime = shown("When.", sortable=True)


@finance.query(SEE_PERIODS, returns=ClosedPeriodView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriods(ListQuery):
    """Closed months, latest first."""


@finance.query(SEE_PERIODS, returns=ClosedPeriodView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriodsByIds(GetQuery):
    """Closed months by id."""


@finance.command(CLOSE_PERIODS, returns={"closed_period": ClosedPeriodView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePeriod(Command):
    """Close a month in which no receipt waits to be confirmed."""

    month: Month = given("The month: 2026-11.")


@finance.command(CLOSE_PERIODS, returns={"reopened": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenPeriod(Command):
    """Open a closed month again; false when it was not closed."""

    month: Month = given("The month: 2026-11.")
    reason: Why = given("Why; kept in the history.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEvent(Event):
    """What every event of a month tells."""

    period_id: UUID
    month: str
    first_day: date
    changes: Changes = field(default_factory=dict)


@finance.event("period.closed", subject="period_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClosed(PeriodEvent):
    """A month was closed."""

    closed_by: UUID


@finance.event("period.reopened", subject="period_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReopened(PeriodEvent):
    """A closed month was opened again."""

    reason: str
