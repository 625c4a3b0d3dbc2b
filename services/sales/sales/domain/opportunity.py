"""Opportunities: where they may go, and what that takes (features §3.3). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import difference
from crm_common.errors import Rule
from crm_common.money import is_amount
from crm_common.protocol.declare import Changes
from crm_common.protocol.sales.opportunities import Heat, LossReason, OpportunityEnd, OpportunityRules
from crm_common.protocol.sales.pipelines import StageNeed, StageSpec

WON, LOST, ABANDONED, SUSPENDED = (each.value for each in OpportunityEnd)
ENDS = frozenset({WON, LOST, ABANDONED, SUSPENDED})
Course = Mapping[str, StageSpec]
"""A pipeline's stages by their keys, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """An opportunity without its lists."""

    id: UUID
    name: str
    customer_id: UUID
    owner_id: UUID
    pipeline_id: UUID
    stage: str
    stage_before: str | None = None
    probability: int
    stage_since: datetime
    source: str | None = None
    origin: str | None = None
    heat: Heat | None = None
    amount: Decimal = Decimal(0)
    currency: str
    expected_on: date | None = None
    competitors: tuple[str, ...] = ()
    value: int | None = None
    feasibility: int | None = None
    next_on: date | None = None
    loss_reason: LossReason | None = None
    loss_note: str | None = None
    competitor: str | None = None
    order_id: UUID | None = None
    big_told: bool = False
    stalled_told: bool = False
    version: int = field(default=1, compare=False)


COLUMNS = tuple(each.name for each in fields(Opportunity))
_UNTOLD = ("id", "stage_before", "stage_since", "big_told", "stalled_told", "version")
_MISSING: dict[StageNeed, Rule] = {
    StageNeed.SOURCE: OpportunityRules.a_stage_needs_a_source,
    StageNeed.EVALUATION: OpportunityRules.a_stage_needs_an_evaluation,
    StageNeed.NEXT_STEP: OpportunityRules.a_stage_needs_a_next_step,
    StageNeed.LINES: OpportunityRules.a_stage_needs_a_quote_or_product,
}


def changed(before: Opportunity, **values: Any) -> Opportunity:
    """The opportunity with these values and a further version, in the form in which it is kept."""
    after = replace(before, version=before.version + 1, **values)
    if not after.name.strip():
        raise OpportunityRules.an_opportunity_has_a_name(field="name")
    if not is_amount(after.amount):
        raise OpportunityRules.an_opportunity_is_worth_an_amount(field="amount")
    return replace(after, name=after.name.strip())


def changes(before: Opportunity | None, after: Opportunity) -> Changes:
    """What an event tells of the difference."""
    found = difference(before, after, without=_UNTOLD)
    if "amount" in found:
        was, now = found["amount"]
        found["amount"] = (None if was is None else str(was), str(now))
    return found


def expect_on_its_way(known: Opportunity) -> None:
    """``BAD_STATE`` for an opportunity that came to an end, or that is suspended."""
    if known.stage in ENDS:
        raise OpportunityRules.an_ended_opportunity_stays(field="id", stage=known.stage)


def begun(known: Opportunity, course: Course, has: frozenset[StageNeed], now: datetime) -> Opportunity:
    """A new opportunity in the first stage of its pipeline."""
    first = next(iter(course.values()))
    _expect(first, has)
    return replace(changed(known), stage=first.key, probability=first.probability, stage_since=now, version=1)


def moved(before: Opportunity, to: str, course: Course, has: frozenset[StageNeed], now: datetime) -> Opportunity:
    """The opportunity in another stage, which its own leads to, and whose needs it meets."""
    expect_on_its_way(before)
    present = course.get(before.stage)
    if to not in course or present is None or to not in present.next:
        raise OpportunityRules.a_stage_does_not_lead_there(field="stage", before=before.stage, after=to)
    _expect(course[to], has)
    return _entered(before, to, course[to].probability, now)


def won(before: Opportunity, order_id: UUID, now: datetime) -> Opportunity:
    """Its order was approved: → WON, wherever it was on its way."""
    return replace(_entered(before, WON, 100, now), stage_before=before.stage, order_id=order_id)


def not_won(before: Opportunity, course: Course, now: datetime) -> Opportunity:
    """The approval was undone, or the order void: back where it was."""
    return replace(_back(before, course, now), order_id=None)


def ended(
    before: Opportunity,
    *,
    abandoned: bool,
    reason: LossReason | None,
    note: str | None,
    competitor: str | None,
    now: datetime,
) -> Opportunity:
    """→ LOST or ABANDONED, with a reason; who lost it to a competitor names him."""
    expect_on_its_way(before)
    rival = (competitor or "").strip() or None
    if reason is None:
        raise OpportunityRules.a_lost_opportunity_says_why(field="reason")
    if not abandoned and reason is LossReason.COMPETITOR and rival is None:
        raise OpportunityRules.a_competitor_is_named(field="competitor")
    after = _entered(before, ABANDONED if abandoned else LOST, 0, now)
    said: dict[str, Any] = {"loss_reason": reason, "loss_note": (note or "").strip() or None, "competitor": rival}
    return replace(after, stage_before=before.stage, **said)


def reopened(before: Opportunity, course: Course, now: datetime) -> Opportunity:
    """LOST or ABANDONED → FOLLOWING, or where it was where the pipeline has no such stage."""
    if before.stage not in (LOST, ABANDONED):
        raise OpportunityRules.only_a_lost_opportunity_is_reopened(field="id")
    again: dict[str, Any] = dict.fromkeys(("loss_reason", "loss_note", "competitor"))
    return replace(_back(before, course, now, prefer="FOLLOWING"), **again)


def suspended(before: Opportunity, now: datetime) -> Opportunity:
    """Its customer is in nobody's name."""
    return replace(_entered(before, SUSPENDED, 0, now), stage_before=before.stage)


def resumed(before: Opportunity, owner_id: UUID, course: Course, now: datetime) -> Opportunity:
    """Its customer has an owner, who goes on where it was."""
    return replace(_back(before, course, now), owner_id=owner_id)


def _entered(before: Opportunity, stage: str, probability: int, now: datetime) -> Opportunity:
    return changed(before, stage=stage, probability=probability, stage_since=now, stalled_told=False)


def _back(before: Opportunity, course: Course, now: datetime, *, prefer: str | None = None) -> Opportunity:
    names = (prefer, before.stage_before, next(iter(course)))
    stage = next(each for each in names if each is not None and each in course)
    return replace(_entered(before, stage, course[stage].probability, now), stage_before=None)


def _expect(stage: StageSpec, has: frozenset[StageNeed]) -> None:
    for need in stage.needs:
        if need not in has:
            raise _MISSING[need](field="stage")
