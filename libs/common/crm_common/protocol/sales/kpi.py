"""Key figures and incentives (绩效, SAL-36): what is measured against what, and what follows from the grade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.performance import OWN, TEAM
from crm_common.protocol.sales.service import DepartmentId, sales
from crm_common.protocol.sales.targets import TargetPeriod
from crm_common.protocol.views import Ref, child, shown

EDIT = needs("kpi.edit")
SEE = needs(OWN, TEAM)
MOST_PERCENT = 150
"""No key figure counts for more than that, or one of them would hide all others."""

KpiSchemeId = Annotated[UUID, Ref("KpiScheme")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]


class KpiRules(Rules):
    """Refusals of key figures."""

    a_scheme_has_a_name_of_its_own = Rule(
        Code.DUPLICATE, en="There is a scheme of this name.", zh="同名的绩效方案已存在。"
    )
    a_goal_is_above_zero = Rule(
        Code.VALIDATION,
        en="A goal and a weight are above zero; only the amount may leave its goal to the person's target.",
        zh="目标值和权重必须大于零；只有业绩金额可以不填目标值，以个人销售目标为准。",
    )
    a_key_figure_stands_once = Rule(Code.VALIDATION, en="Name each key figure once.", zh="每个指标只能出现一次。")
    grades_go_down_to_zero = Rule(
        Code.VALIDATION,
        en="Every grade begins at a score of its own, one of them at 0; no bonus is below zero.",
        zh="各等级的起始分不能重复，且必须有从 0 分开始的等级；奖金不能为负。",
    )


class KeyFigure(StrEnum):
    """What is measured of a person in a period."""

    AMOUNT = "AMOUNT"
    """What he sold: his performance."""
    RECEIPTS = "RECEIPTS"
    """What his customers paid."""
    FOLLOW_UPS = "FOLLOW_UPS"
    """How often he spoke to customers, by whatever way."""
    CALLS = "CALLS"
    """How often on the phone."""
    VISITS = "VISITS"
    """How often at a visit."""
    NEW_CUSTOMERS = "NEW_CUSTOMERS"
    """How many customers were created in his name."""


class Proposal(StrEnum):
    """What a grade suggests beside the bonus."""

    NONE = "NONE"
    """Nothing."""
    PROMOTION = "PROMOTION"
    """A promotion."""
    TRAINING = "TRAINING"
    """A training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigureInput:
    """A key figure of a scheme."""

    figure: KeyFigure
    """What is measured."""
    weight: Decimal
    """How much it counts beside the others."""
    goal: Decimal | None = None
    """What makes 100 per cent; of the amount absent: the person's target of the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeInput:
    """A grade of a scheme."""

    from_score: Decimal
    """The least score for it."""
    grade: Name
    """What it is called."""
    bonus_percent: Decimal = Decimal(0)
    """The bonus, in per cent of what was sold …"""
    bonus_amount: Decimal = Decimal(0)
    """… and as an amount."""
    proposal: Proposal = Proposal.NONE
    """What it suggests beside that."""


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class KpiFigureView:
    """A key figure of a scheme."""

    id: UUID = shown("The id of the row.")
    figure: KeyFigure = shown("What is measured.")
    weight: Decimal = shown("How much it counts beside the others.")
    goal: Decimal | None = shown("What makes 100 per cent; null: the person's target.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class KpiGradeView:
    """A grade of a scheme."""

    id: UUID = shown("The id of the row.")
    from_score: Decimal = shown("The least score for it.", sortable=True)
    grade: str = shown("What it is called.")
    bonus_percent: Decimal = shown("The bonus in per cent of what was sold …")
    bonus_amount: Decimal = shown("… and as an amount.")
    proposal: Proposal = shown("What it suggests beside that.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class KpiSchemeView:
    """How people are assessed: key figures with goals, and grades with what follows from them."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    period: TargetPeriod = shown("How long is assessed.", filterable=True)
    department_id: DepartmentId | None = shown("Of which department with those below; null: of all.", filterable=True)
    created_at: datetime = shown("When it was made.", sortable=True)
    figures: list[KpiFigureView] = child("What is measured.", limit=20)
    grades: list[KpiGradeView] = child("What follows, best grade first.", limit=20)


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class KpiResultView:
    """What one key figure came to."""

    id: UUID = shown("The id of the row.")
    figure: KeyFigure = shown("What was measured.")
    value: Decimal = shown("What it came to.")
    goal: Decimal = shown("What would have been 100 per cent.")
    percent: Decimal = shown(f"The one in per cent of the other, {MOST_PERCENT} at most.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class KpiEvaluationView:
    """An assessment: seen by whom it is of, and with performance.view_team in the data scope of performance."""

    id: UUID = shown("The id.", filterable=True)
    scheme_id: KpiSchemeId = shown("By which scheme.", filterable=True)
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Of whom.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    begins_on: date = shown("The first day that was assessed.", filterable=True, sortable=True)
    ends_on: date = shown("The last one.")
    score: Decimal = shown("The weighted mean of its key figures in per cent.", filterable=True, sortable=True)
    grade: str = shown("The grade by the scheme's rule.", filterable=True)
    bonus: Decimal = shown("The bonus by the grade's rule.", filterable=True, sortable=True)
    currency: str = shown("In which currency.")
    proposal: Proposal = shown("What the grade suggests.", filterable=True)
    evaluated_at: datetime = shown("When it was computed last.", sortable=True)
    results: list[KpiResultView] = child("Key figure by key figure.", limit=20)


@sales.query(SEE, returns=KpiSchemeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class KpiSchemes(ListQuery):
    """Schemes, by name."""


@sales.query(SEE, returns=KpiSchemeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class KpiSchemesByIds(GetQuery):
    """Schemes by id."""


@sales.query(SEE, returns=KpiEvaluationView)
@dataclass(frozen=True, slots=True, kw_only=True)
class KpiEvaluations(ListQuery):
    """Assessments of oneself, and with performance.view_team of those in the data scope; latest period first."""


@sales.command(EDIT, returns={"scheme": KpiSchemeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKpiScheme(Command):
    """Say how people are assessed. A scheme is not changed: what was assessed by it stays explained; make another."""

    name: Name = given("What it is called.")
    period: TargetPeriod = given("How long is assessed.", default=TargetPeriod.MONTH)
    department_id: DepartmentId | None = given("Of which department with those below; absent: all.", default=None)
    figures: Annotated[tuple[KeyFigureInput, ...], Meta(min_length=1, max_length=20)] = given("What is measured.")
    grades: Annotated[tuple[GradeInput, ...], Meta(min_length=1, max_length=20)] = given("What follows from scores.")


@sales.command(EDIT, returns={"evaluated": int})
@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateKpis(Command):
    """Assess a period by a scheme: everybody who had a target or did something. Again: computed anew."""

    scheme_id: KpiSchemeId = given("By which scheme.")
    day: date = given("Any day of the period.")


@sales.event("kpi_scheme.created", subject="scheme_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class KpiSchemeCreated(Event):
    """There is another way to assess people."""

    scheme_id: UUID
    name: str
    period: TargetPeriod
    figures: tuple[KeyFigureInput, ...]
    grades: tuple[GradeInput, ...]


@sales.event("kpi.evaluated", subject="evaluation_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class KpiEvaluated(Event):
    """Somebody was assessed, or assessed anew."""

    evaluation_id: UUID
    scheme_id: UUID
    employee_id: UUID
    begins_on: date
    ends_on: date
    score: Decimal
    grade: str
    bonus: Decimal
    currency: str
    proposal: Proposal
