"""Targets (销售目标, SAL-31): what is to be sold in a year, quarter or month, split down to people and products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.service import VERSION_DOC, DepartmentId, EmployeeId, Version, sales
from crm_common.protocol.views import Ref, child, shown

SEE = needs("target.view", "target.set")
SET = needs("target.set")

TargetId = Annotated[UUID, Ref("Target")]
ProductId = Annotated[UUID, Ref("Product")]


class TargetRules(Rules):
    """Refusals of targets."""

    a_target_is_an_amount = Rule(
        Code.VALIDATION,
        en="A target has at most two decimals and is not below zero.",
        zh="目标金额不能为负，且最多两位小数。",
    )
    a_target_is_of_one_department_or_person = Rule(
        Code.VALIDATION, en="Name a department or a person, not both.", zh="部门和人员只能选择其一。"
    )
    there_is_such_a_target = Rule(Code.DUPLICATE, en="There is a target for this already.", zh="该目标已存在。")
    a_part_is_narrower_in_one_way = Rule(
        Code.VALIDATION,
        en="A part is a shorter period of the same target, or one step narrower for the same period:"
        " department, person or product.",
        zh="下级目标只能是同一对象的更短周期，或同一周期内更细的部门、人员或产品。",
    )
    a_target_is_split_in_one_way = Rule(
        Code.VALIDATION,
        en="The other parts split this target by {way}; go on with that.",
        zh="该目标已按{way}分解，请保持一致。",
    )
    a_target_with_parts_stays = Rule(
        Code.BAD_STATE, en="Delete the parts of the target first.", zh="请先删除下级目标。"
    )
    the_target_is_beyond_the_data_scope = Rule(
        Code.FORBIDDEN,
        en="You set targets of the people in your data scope and of their departments.",
        zh="您只能设定数据范围内人员和部门的目标。",
    )


class TargetPeriod(StrEnum):
    """For how long a target is."""

    YEAR = "YEAR"
    """A year."""
    QUARTER = "QUARTER"
    """A quarter."""
    MONTH = "MONTH"
    """A month."""


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class TargetView:
    """A target, of the company, a department, a person or a product; a person's is seen in the data scope."""

    id: UUID = shown("The id.", filterable=True)
    parent_id: TargetId | None = shown("Of which it is a part.", filterable=True)
    period: TargetPeriod = shown("For how long it is.", filterable=True)
    begins_on: date = shown("Its first day.", filterable=True, sortable=True)
    ends_on: date = shown("Its last day.", filterable=True)
    department_id: DepartmentId | None = shown("Whose: a department with those below.", filterable=True)
    department_name: str | None = shown("Its name, as this service knows it.")
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] | None = shown("Whose: a person.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    product_id: ProductId | None = shown("Of one product only.", filterable=True)
    amount: Decimal = shown("What is to be sold.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    split: Decimal | None = shown("What its parts add up to; null without parts.")
    gap: Decimal | None = shown("What they lack of it; below zero where they are more.")
    attained: Decimal = shown("What was sold so far; of a product what its lines came to.")
    attainment: Decimal | None = shown("The same in per cent of the target; null of a target of nothing.")
    version: int = shown("Counts its changes; send it back when editing.")
    parts: list[TargetView] = child("Its parts, as far as seen.", limit=100)


@sales.query(SEE, returns=TargetView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Targets(ListQuery):
    """Targets of the company, of departments, and of people in the data scope; latest period first."""


@sales.query(SEE, returns=TargetView)
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsByIds(GetQuery):
    """Targets by id."""


@sales.command(SET, returns={"target": TargetView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTarget(Command):
    """Set a target, or a part of one: of a shorter period, or narrower by department, person or product."""

    parent_id: TargetId | None = given("Of which it is a part; what is left out is as there.", default=None)
    period: TargetPeriod | None = given("For how long; of a part absent: as its parent.", default=None)
    day: date | None = given("Any day of the period; of a part absent: as its parent.", default=None)
    department_id: DepartmentId | None = given("Whose: a department with those below.", default=None)
    employee_id: EmployeeId | None = given("Whose: a person.", default=None)
    product_id: ProductId | None = given("Of one product only.", default=None)
    amount: Decimal = given("What is to be sold.")
    currency: Currency = given("In which currency; of a part: as its parent.", default=HOME_CURRENCY)


@sales.command(SET, returns={"target": TargetView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTarget(Command):
    """Set a target anew; its parts stay, and the gap shows."""

    id: TargetId = given("The target.")
    version: Version = given(VERSION_DOC)
    amount: Decimal = given("What is to be sold.")


@sales.command(SET, returns={"deleted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTarget(Command):
    """Delete a target without parts."""

    id: TargetId = given("The target.")


@sales.event("target.changed", subject="target_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChanged(Event):
    """A target was set, set anew, or (``amount`` null) deleted."""

    target_id: UUID
    parent_id: UUID | None
    department_id: UUID | None
    employee_id: UUID | None
    product_id: UUID | None
    begins_on: date
    ends_on: date
    amount: Decimal | None
    currency: str
    changes: Changes
