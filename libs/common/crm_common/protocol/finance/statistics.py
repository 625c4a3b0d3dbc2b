"""Finance statistics (FIN-17): what came in, went out, is owed and was spent, by day, month, department, customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import given
from crm_common.protocol.finance.service import finance
from crm_common.protocol.policy import needs

REPORT = needs("finance.report")
MOST_DAYS = 1_100


class StatisticsRules(Rules):
    """Refusals about statistics."""

    statistics_are_of_three_years_at_most = Rule(
        Code.VALIDATION,
        en="A period ends after it begins, and has {days} days at most.",
        zh="统计期间的结束日期不能早于开始日期，且最长 {days} 天。",
    )


class StatisticsBy(StrEnum):
    """What the sums are by."""

    DAY = "DAY"
    """By day: 2026-11-23 (按日)."""
    MONTH = "MONTH"
    """By month: 2026-11 (按月)."""
    DEPARTMENT = "DEPARTMENT"
    """By department, of whoever sees to it now; of claims, of when they were submitted (按部门)."""
    CUSTOMER = "CUSTOMER"
    """By customer (按客户)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceFigures:
    """The sums of a day, month, department or customer."""

    key: str | None
    """The day or month, or the record's key; null: of none."""
    name: str | None
    """What the department or customer is called, as this service knows it."""
    receipts: Decimal
    """Confirmed receipts, by the day of the payment."""
    refunds: Decimal
    """Refunds paid, by the day of the payment; they are not taken off the receipts."""
    payments: Decimal
    """What the company paid, by the day of the payment."""
    receivable: Decimal
    """What came to be owed by customers, by the day it arose; without what was voided."""
    payable: Decimal
    """What came to be owed by the company, by the day it is due; without what was voided."""
    fees: Decimal
    """Lines of approved and paid expense claims, by the day of spending."""


@finance.query(REPORT, returns=tuple[FinanceFigures, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceStatistics:
    """Sums of a period in the viewer's data scope of finance reports; those with nothing are left out."""

    from_day: date = given("The first day.")
    to_day: date = given("The last day.")
    by: StatisticsBy = given("What the sums are by.", default=StatisticsBy.MONTH)
    currency: Currency = given("Sums are of one currency.", default=HOME_CURRENCY)
