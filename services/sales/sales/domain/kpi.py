"""Key figures (SAL-36): scores, grades and bonuses, exact to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from crm_common.money import rounded
from crm_common.protocol.sales.kpi import (
    MOST_PERCENT,
    CreateKpiScheme,
    GradeInput,
    KeyFigure,
    KeyFigureInput,
    KpiRules,
    Proposal,
)

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a key figure came to."""

    figure: KeyFigure
    value: Decimal
    goal: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An assessment."""

    score: Decimal
    grade: str
    bonus: Decimal
    proposal: Proposal
    results: tuple[Result, ...]


def expect_scheme(command: CreateKpiScheme) -> None:
    """Refuse key figures and grades that mean nothing."""
    figures, grades = command.figures, command.grades
    if len({each.figure for each in figures}) < len(figures):
        raise KpiRules.a_key_figure_stands_once(field="figures")
    for number, each in enumerate(figures):
        missing = each.goal is None and each.figure is not KeyFigure.AMOUNT
        if missing or each.weight <= 0 or (each.goal is not None and each.goal <= 0):
            raise KpiRules.a_goal_is_above_zero(field=f"figures.{number}")
    scores = {each.from_score for each in grades}
    below = any(min(each.bonus_percent, each.bonus_amount, each.from_score) < 0 for each in grades)
    if len(scores) < len(grades) or 0 not in scores or below:
        raise KpiRules.grades_go_down_to_zero(field="grades")


def assessed(
    figures: Sequence[KeyFigureInput],
    grades: Sequence[GradeInput],
    values: Mapping[KeyFigure, Decimal],
    target: Decimal | None,
) -> Assessed | None:
    """Score, grade and bonus of somebody; None where nothing can be measured, as he has no target."""
    results, weights, total = [], Decimal(0), Decimal(0)
    for each in figures:
        goal = each.goal if each.goal is not None else target
        if not goal:
            continue
        percent = min(values[each.figure] * 100 / goal, Decimal(MOST_PERCENT)).quantize(_CENT, ROUND_HALF_UP)
        results.append(Result(figure=each.figure, value=values[each.figure], goal=goal, percent=percent))
        weights, total = weights + each.weight, total + each.weight * percent
    if not results:
        return None
    score = (total / weights).quantize(_CENT, ROUND_HALF_UP)
    # what was sold may be below zero, where more was taken back than sold; nobody's score is
    reached = [each for each in grades if each.from_score <= max(score, Decimal(0))]
    grade = max(reached, key=lambda each: each.from_score)
    sold = max(values[KeyFigure.AMOUNT], Decimal(0))
    bonus = rounded(grade.bonus_amount + sold * grade.bonus_percent / 100)
    return Assessed(score=score, grade=grade.grade, bonus=bonus, proposal=grade.proposal, results=tuple(results))
