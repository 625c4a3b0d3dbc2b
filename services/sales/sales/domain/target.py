"""Targets (SAL-31): their periods, and what may be a part of what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.money import is_amount
from crm_common.protocol.sales.targets import CreateTarget, TargetChanged, TargetPeriod, TargetRules

MONTHS = {TargetPeriod.YEAR: 12, TargetPeriod.QUARTER: 3, TargetPeriod.MONTH: 1}
_ASSIGNED = ("department_id", "employee_id", "product_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target as its row keeps it."""

    id: UUID
    period: TargetPeriod
    begins_on: date
    ends_on: date
    amount: Decimal
    currency: str
    parent_id: UUID | None = None
    department_id: UUID | None = None
    employee_id: UUID | None = None
    product_id: UUID | None = None
    version: int = 1


def span(period: TargetPeriod, day: date) -> tuple[date, date]:
    """The first and last day of the period that the day is in."""
    months = MONTHS[period]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def expect_amount(amount: Decimal) -> Decimal:
    """Refuse what is no amount."""
    if not is_amount(amount):
        raise TargetRules.a_target_is_an_amount(field="amount")
    return amount


def created(command: CreateTarget, new_id: UUID) -> Target:
    """A target that is no part of another."""
    if command.period is None or command.day is None:
        missing = "period" if command.period is None else "day"
        raise CommonRules.a_value_has_the_wrong_shape(field=missing, problem="needed")
    if command.department_id is not None and command.employee_id is not None:
        raise TargetRules.a_target_is_of_one_department_or_person(field="employee_id")
    first, last = span(command.period, command.day)
    return Target(
        id=new_id,
        period=command.period,
        begins_on=first,
        ends_on=last,
        amount=expect_amount(command.amount),
        currency=command.currency,
        department_id=command.department_id,
        employee_id=command.employee_id,
        product_id=command.product_id,
    )


def part(command: CreateTarget, parent: Target, new_id: UUID) -> Target:
    """A part of a target: what the command leaves out is as there."""
    period, day = command.period or parent.period, command.day or parent.begins_on
    first, last = span(period, day)
    made = replace(
        parent,
        id=new_id,
        parent_id=parent.id,
        period=period,
        begins_on=first,
        ends_on=last,
        amount=expect_amount(command.amount),
        version=1,
        **{name: getattr(command, name) for name in _ASSIGNED if getattr(command, name) is not None},
    )
    # who is named is of the department above
    return replace(made, department_id=None) if command.employee_id is not None else made


def way_of(parent: Target, made: Target) -> str:
    """By what a part is narrower: period, department, person or product; refuses what is not, or in two ways."""
    ways = []
    if (made.period, made.begins_on) != (parent.period, parent.begins_on):
        inside = parent.begins_on <= made.begins_on and made.ends_on <= parent.ends_on
        ways.append("period" if inside and MONTHS[made.period] < MONTHS[parent.period] else "")
    if made.employee_id != parent.employee_id:
        ways.append("person" if parent.employee_id is None else "")
    elif made.department_id != parent.department_id:
        ways.append("department" if parent.employee_id is None else "")
    if made.product_id != parent.product_id:
        ways.append("product" if parent.product_id is None else "")
    if len(ways) != 1 or not ways[0]:
        raise TargetRules.a_part_is_narrower_in_one_way(field="parent_id")
    return ways[0]


def told(before: Target | None, after: Target | None) -> TargetChanged:
    """The event."""
    of = after or before
    assert of is not None
    return TargetChanged(
        target_id=of.id,
        parent_id=of.parent_id,
        department_id=of.department_id,
        employee_id=of.employee_id,
        product_id=of.product_id,
        begins_on=of.begins_on,
        ends_on=of.ends_on,
        amount=None if after is None else after.amount,
        currency=of.currency,
        changes={name: (_said(old), _said(new)) for name, (old, new) in difference(before, after).items()},
    )


def _said(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value
