"""Performance (业绩, SAL-32 … 34): what each salesperson sold, record by record, and summed by day, month, person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import INTERNAL, needs
from crm_common.protocol.sales.service import DepartmentId, EmployeeId, sales
from crm_common.protocol.views import Ref, shown

OWN, TEAM = "performance.own", "performance.view_team"
SEE = needs(OWN, TEAM)
MOST_DAYS = 366
MOST_ENTRIES = 1_000

PerformanceId = Annotated[UUID, Ref("Performance")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]


class PerformanceRules(Rules):
    """Refusals of performance."""

    a_performance_is_above_zero = Rule(
        Code.VALIDATION,
        en="An amount is above zero and has at most two decimals.",
        zh="金额必须大于零，且最多两位小数。",
    )
    a_performance_says_what_it_is_for = Rule(
        Code.VALIDATION, en="Say what was sold, and to whom.", zh="请填写业绩说明。"
    )
    a_performance_is_of_a_day_that_has_come = Rule(
        Code.VALIDATION, en="This day has not come yet.", zh="业绩日期不能晚于今天。"
    )
    audited_performance_stays = Rule(
        Code.BAD_STATE, en="Finance has audited this record; it stays.", zh="该业绩已通过财务审核，不能删除。"
    )
    a_record_of_an_order_goes_with_its_order = Rule(
        Code.BAD_STATE,
        en="This record was made by an order; voiding or returning the order takes it back.",
        zh="该业绩由订单生成，只能随订单作废或退货冲回。",
    )
    a_period_begins_before_it_ends = Rule(
        Code.VALIDATION, en="The last day is not before the first.", zh="结束日期不能早于开始日期。"
    )
    a_period_is_not_longer_than = Rule(
        Code.VALIDATION, en="A period has at most {days} days.", zh="时间段最长 {days} 天。"
    )


class PerformanceSource(StrEnum):
    """Where a record comes from."""

    ORDER = "ORDER"
    """An order was approved."""
    OWN = "OWN"
    """Its salesperson added it."""
    REVERSAL = "REVERSAL"
    """An order was voided or returned: what its record said is taken back, below zero."""


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class PerformanceView:
    """A record of performance: seen by its salesperson, and with performance.view_team in the data scope."""

    id: UUID = shown("The id.", filterable=True)
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Whose it is.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    day: date = shown("The day it counts for.", filterable=True, sortable=True)
    amount: Decimal = shown("What was sold; below zero where it is taken back.", filterable=True, sortable=True)
    currency: str = shown("Its currency.", filterable=True)
    source: PerformanceSource = shown("Where it comes from.", filterable=True)
    title: str = shown("What was sold; the order's number.", filterable=True)
    order_id: Annotated[UUID, Ref("Order")] | None = shown("The order.", filterable=True)
    customer_id: Annotated[UUID, Ref("Customer", record="customer")] | None = shown("The customer.", filterable=True)
    reversed: Decimal = shown("How much of it was taken back since, by records of their own.")
    locked_at: datetime | None = shown("When finance audited it: since then it stays.", filterable=True)
    created_at: datetime = shown("When it was made.", filterable=True, sortable=True)
    version: int = shown("Counts its changes.")


@dataclass(slots=True, kw_only=True)
class PerformanceSums:
    """What sums of one person and period show."""

    id: UUID = shown("The id of the row.")
    employee_id: Annotated[UUID, Ref("Employee", record="employee")] = shown("Whose it is.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    amount: Decimal = shown("What was sold, less what was taken back.", filterable=True, sortable=True)
    currency: str = shown("Its currency; sums of two are two rows.", filterable=True)
    records: int = shown("How many records there are.", sortable=True)
    received: Decimal = shown("What customers paid: confirmed receipts of his orders.", sortable=True)


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class PerformanceDayView(PerformanceSums):
    """What one person sold on a day."""

    day: date = shown("The day.", filterable=True, sortable=True)


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class PerformanceMonthView(PerformanceSums):
    """What one person sold in a month."""

    month: date = shown("The month's first day.", filterable=True, sortable=True)


@sales.query(SEE, returns=PerformanceView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Performances(ListQuery):
    """Records of one's own, and with performance.view_team of those in the data scope; latest day first."""


@sales.query(SEE, returns=PerformanceView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformancesByIds(GetQuery):
    """Records by id."""


@sales.query(SEE, returns=PerformanceDayView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceDays(ListQuery):
    """Sums by person and day of whom one sees, latest day first."""


@sales.query(SEE, returns=PerformanceMonthView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceMonths(ListQuery):
    """Sums by person and month of whom one sees, latest month first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySum:
    """What was sold on a day."""

    day: date
    """The day."""
    amount: Decimal
    """What was sold, less what was taken back."""
    records: int
    """How many records there are."""
    received: Decimal
    """What customers paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSum:
    """What was sold in a month."""

    month: date
    """Its first day."""
    amount: Decimal
    """What was sold, less what was taken back."""
    records: int
    """How many records there are."""
    received: Decimal
    """What customers paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSum:
    """What one person sold."""

    employee_id: EmployeeId
    """Who."""
    employee_name: str | None
    """His name, as this service knows it."""
    department_name: str | None
    """His department, as this service knows it."""
    amount: Decimal
    """What he sold, less what was taken back."""
    records: int
    """How many records there are."""
    received: Decimal
    """What his customers paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPeriod:
    """Which days and whose are summed."""

    from_day: date = given("The first day.")
    to_day: date = given(f"The last day; at most {MOST_DAYS} days in all.")
    employee_id: EmployeeId | None = given("Only his.", default=None)
    department_id: DepartmentId | None = given("Only of this department and those below.", default=None)
    currency: Currency = given("Sums are of one currency.", default=HOME_CURRENCY)


@sales.query(SEE, returns=tuple[DaySum, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceByDay(AskedPeriod):
    """Sums by day of whom one sees, for a bar chart too: days on which nothing was sold are left out (SAL-32, 33)."""


@sales.query(SEE, returns=tuple[MonthSum, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceByMonth(AskedPeriod):
    """Sums by month of whom one sees, for a bar chart too (SAL-32, 33)."""


@sales.query(SEE, returns=tuple[PersonSum, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceByPerson(AskedPeriod):
    """Sums by person of whom one sees, most first; their sum is that of the days (SAL-33)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPerformance:
    """What all salespeople sold in a month."""

    month: date
    """Its first day."""
    currency: str
    """Sums are of one currency."""
    amount: Decimal
    """What all sold, less what was taken back."""
    own: Decimal | None
    """What the viewer sold; null without performance.own."""


@sales.query(needs("performance.month_view"), returns=MonthPerformance)
@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyPerformance:
    """What all salespeople together sold in a month; needs a right of its own (SAL-34)."""

    day: date | None = given("Any day of the month; absent: this month.", default=None)
    currency: Currency = given("Sums are of one currency.", default=HOME_CURRENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceEntry:
    """A record as finance compares it with receipts."""

    performance_id: UUID
    employee_id: UUID
    order_id: UUID | None
    day: date
    amount: Decimal
    currency: str
    locked: bool


@sales.query(INTERNAL, returns=tuple[PerformanceEntry, ...], public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceLedger:
    """Records of a period by id, for audits (FIN-13) and `crm finance verify`; go on behind the last one's id."""

    from_day: date = given("The first day.")
    to_day: date = given("The last day.")
    employee_id: UUID | None = given("Only his.", default=None)
    after: UUID | None = given("Go on behind this one.", default=None)
    first: Annotated[int, Meta(ge=1, le=MOST_ENTRIES)] = given("How many.", default=MOST_ENTRIES)


@sales.command(needs(OWN), returns={"performance": PerformanceView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerformance(Command):
    """Add a record of one's own that no order made."""

    day: date = given("The day it counts for; not one to come.")
    amount: Decimal = given("What was sold, above zero.")
    currency: Currency = given("Its currency.", default=HOME_CURRENCY)
    title: Title = given("What was sold, and to whom.")


@sales.command(needs(OWN, "performance.delete_team"), returns={"deleted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePerformance(Command):
    """Delete an entry before finance audits it: one's own, with performance.delete_team those of others too."""

    id: PerformanceId = given("The record.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceEvent(Event):
    """What every event of a record tells."""

    performance_id: UUID
    employee_id: UUID
    order_id: UUID | None
    day: date
    amount: Decimal
    currency: str
    changes: Changes = field(default_factory=dict)


@sales.event("performance.created", subject="performance_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceCreated(PerformanceEvent):
    """There is a new record: of an approved order, or by hand."""


@sales.event("performance.deleted", subject="performance_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceDeleted(PerformanceEvent):
    """A record that was added by hand is deleted."""


@sales.event("performance.reversed", subject="performance_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceReversed(PerformanceEvent):
    """A record of an order was taken back, by a record of its own on this ``day``; ``amount`` is how much of it."""

    reversal_id: UUID


@sales.event("performance.locked", subject="performance_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceLocked(PerformanceEvent):
    """Finance found a record consistent with what was received: it stays as it is."""
