"""Forecast and funnel (SAL-09, 10): what opportunities promise, what became of them, how far they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.opportunities import SEE as SEE_OPPORTUNITIES
from crm_common.protocol.sales.pipelines import PipelineId
from crm_common.protocol.sales.service import DepartmentId, EmployeeId, sales

SEE = needs("forecast.view")
MOST_DAYS = 3_660


class ForecastRules(Rules):
    """Refusals of forecasts."""

    a_period_has_a_length = Rule(
        Code.VALIDATION,
        en="A period begins before it ends and has at most ten years.",
        zh="时间段须先起后止，且最长十年。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastMonth:
    """What is expected of one salesperson in one month, beside what he won in it."""

    month: date
    """Its first day."""
    employee_id: EmployeeId
    """Whose."""
    employee_name: str | None
    """His name, as this service knows it."""
    opportunities: int
    """How many are on their way and expected in this month."""
    amount: Decimal
    """What they are worth in full."""
    expected: Decimal
    """The same, each taken by its probability."""
    won: Decimal
    """What orders approved in this month come to: the actual to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStage:
    """A stage of a pipeline, and what came so far."""

    stage: str
    """Its key; at last WON."""
    reached: int
    """How many of the period's opportunities entered it."""
    amount: Decimal
    """What these are worth."""
    rate: Decimal | None
    """The part of all opportunities of the period that came so far, in per cent; null where there are none."""
    mean_days: Decimal | None
    """How long they stayed, of those that have left."""
    bottleneck: bool
    """Whether they stay nowhere longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPeople:
    """A period, and whose records."""

    from_day: date = given("The first day.")
    to_day: date = given("The last day.")
    employee_id: EmployeeId | None = given("Only his.", default=None)
    department_id: DepartmentId | None = given("Only of people of this department and those below.", default=None)
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)


@sales.query(SEE, returns=tuple[ForecastMonth, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast(AskedPeople):
    """What opportunities promise by month and person (SAL-10): amount by probability, of those one sees."""


@sales.query(SEE_OPPORTUNITIES, returns=tuple[FunnelStage, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel(AskedPeople):
    """How far the opportunities of a period came, stage by stage (SAL-09), of those one sees."""

    pipeline_id: PipelineId | None = given("The pipeline; absent: the default one.", default=None)
