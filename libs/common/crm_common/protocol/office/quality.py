"""Quality of work (OFC-21): superiors score tasks and reports; the mean and how it goes from month to month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.service import office
from crm_common.protocol.office.tasks import About, Note
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, child, shown


class QualityRules(Rules):
    """Refusals of scores."""

    only_tasks_and_reports_are_scored = Rule(
        Code.VALIDATION, en="Tasks and reports are scored, nothing else.", zh="只能对任务和工作总结评分。"
    )
    work_is_scored_when_it_is_done = Rule(
        Code.BAD_STATE, en="A task is scored when it is done.", zh="任务完成后才能评分。"
    )
    a_superior_scores = Rule(Code.FORBIDDEN, en="Only a superior scores work.", zh="只有上级可以评分。")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class QualityScoreView:
    """A score; seen by whose work it is and his superiors."""

    id: UUID = shown("The id.", filterable=True)
    subject: str = shown("The global id of the task or report: ask node(id).", filterable=True)
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Whose work it is.", filterable=True)
    scorer_id: Annotated[UUID, Ref("Employee", record="scorer")] = shown("Who scored it.", filterable=True)
    scorer_name: str | None = shown("His name, as this service knows it.")
    score: int = shown("From 1, poor, to 5, excellent.", filterable=True, sortable=True)
    remark: str = shown("What was said of it.")
    scored_at: datetime = shown("When.", filterable=True, sortable=True)


@office.query(AUTHENTICATED, returns=QualityScoreView)
@dataclass(frozen=True, slots=True, kw_only=True)
class QualityScores(ListQuery):
    """Scores of one's own work and that of the people below, latest first."""


@office.query(AUTHENTICATED, returns=QualityScoreView)
@dataclass(frozen=True, slots=True, kw_only=True)
class QualityScoresByIds(GetQuery):
    """Scores by id."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class WorkQualityMonthView:
    """The scores of somebody's work in a month."""

    id: UUID = shown("The id of the row.")
    month: date = shown("The month's first day.", sortable=True)
    mean: Decimal = shown("The mean of its scores.")
    scores: int = shown("How many they are.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class WorkQualityView:
    """The quality of somebody's work; seen by himself and his superiors."""

    id: UUID = shown("The id of the row.")
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Whose work it is.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    mean: Decimal = shown("The mean of all scores.", filterable=True, sortable=True)
    scores: int = shown("How many they are.", filterable=True, sortable=True)
    months: list[WorkQualityMonthView] = child("How it goes: month by month, latest first.", limit=24)


@office.query(AUTHENTICATED, returns=WorkQualityView)
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQuality(ListQuery):
    """The quality of one's own work and that of the people below, best first."""


@office.command(AUTHENTICATED, returns={"quality_score": QualityScoreView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWork(Command):
    """Score a task that is done, or a report, of somebody below; scoring again replaces one's score."""

    subject: About = given("The global id of the task or report.")
    score: Annotated[int, Meta(ge=1, le=5)] = given("From 1, poor, to 5, excellent.")
    remark: Note = given("What is said of it.", default="")


@office.event("quality.scored", subject="score_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class QualityScored(Event):
    """Work was scored, or scored again."""

    score_id: UUID
    subject: str
    employee_id: UUID
    scorer_id: UUID
    score: int
