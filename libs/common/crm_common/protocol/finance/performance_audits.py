"""Performance audit (业绩审核, FIN-13): what people are said to have sold against what was received for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.finance.service import EmployeeId, finance
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

AUDIT = needs("performance.audit")
MOST_DAYS = 366
PerformanceAuditId = Annotated[UUID, Ref("PerformanceAudit")]


class PerformanceAuditRules(Rules):
    """Refusals about audits of performance."""

    an_audit_is_of_a_year_at_most = Rule(
        Code.VALIDATION,
        en="An audit ends after it begins, and is of {days} days at most.",
        zh="审核期间的结束日期不能早于开始日期，且最长 {days} 天。",
    )


@finance.view(AUDIT)
@dataclass(slots=True, kw_only=True)
class PerformanceAuditView:
    """What the last audit of somebody's period found; seen by one's data scope of performance."""

    id: UUID = shown("The id.")
    employee_id: EmployeeId = shown("Whose performance it is.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    from_day: date = shown("The first day.", filterable=True, sortable=True)
    to_day: date = shown("The last day.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    performance: Decimal = shown("What he is said to have sold.", sortable=True)
    received: Decimal = shown("What was confirmed as received of his customers, less refunds.", sortable=True)
    difference: Decimal = shown("How much more was said to be sold.", filterable=True, sortable=True)
    consistent: bool = shown("Whether both are the same: then the records of performance stay.", filterable=True)
    audited_by: EmployeeId = shown("Who audited it last.", filterable=True)
    audited_at: datetime = shown("When.", filterable=True, sortable=True)


@finance.query(AUDIT, returns=PerformanceAuditView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceAudits(ListQuery):
    """What audits found, the latest period first."""


@finance.query(AUDIT, returns=PerformanceAuditView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceAuditsByIds(GetQuery):
    """Audits by id."""


@finance.command(AUDIT, returns={"audits": list[PerformanceAuditView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPerformance(Command):
    """Compare everybody's performance of a day or period with confirmed receipts; what is consistent is locked.

    It may be repeated as often as one likes: what was found before is replaced by what is found now.
    """

    from_day: date = given("The first day.")
    to_day: date = given("The last day.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    employee_id: EmployeeId | None = given("Only his; absent: of everybody in one's data scope.", default=None)


@finance.event("performance.audited", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceAudited(Event):
    """What somebody sold in a period was compared with what his customers paid: confirmed receipts."""

    employee_id: UUID
    from_day: date
    to_day: date
    consistent: bool
    """Whether both come to the same."""
    difference: Decimal
    """Performance less receipts."""
    performance_ids: tuple[UUID, ...]
    """The records that were compared."""
