"""Performance audit (FIN-13): what is said to be sold against what was received, for each person. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from crm_common.protocol.finance.performance_audits import MOST_DAYS, AuditPerformance, PerformanceAuditRules
from crm_common.protocol.sales.performance import PerformanceEntry

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found of somebody's period."""

    id: UUID
    employee_id: UUID
    from_day: date
    to_day: date
    currency: str
    performance: Decimal
    received: Decimal
    difference: Decimal
    consistent: bool
    performance_ids: tuple[UUID, ...]
    audited_by: UUID
    audited_at: datetime

    def says_the_same(self, other: Audit) -> bool:
        """Whether another audit of the same period found the same."""
        return replace(self, id=other.id, audited_by=other.audited_by, audited_at=other.audited_at) == other


@dataclass(frozen=True, slots=True)
class Compared:
    """Somebody's sums."""

    employee_id: UUID
    performance: Decimal
    received: Decimal
    performance_ids: tuple[UUID, ...]


def expect_period(command: AuditPerformance) -> None:
    """Refuse a period that ends before it begins, or is longer than a year."""
    if not 0 <= (command.to_day - command.from_day).days < MOST_DAYS:
        raise PerformanceAuditRules.an_audit_is_of_a_year_at_most(field="to_day", days=MOST_DAYS)


def compared(entries: Iterable[PerformanceEntry], received: Mapping[UUID, Decimal], currency: str) -> list[Compared]:
    """Everybody's sums, who has either."""
    sold: defaultdict[UUID, list[PerformanceEntry]] = defaultdict(list)
    for each in entries:
        if each.currency == currency:
            sold[each.employee_id].append(each)
    return [
        Compared(
            employee_id=person,
            performance=sum((each.amount for each in sold[person]), NOTHING),
            received=received.get(person, NOTHING),
            performance_ids=tuple(sorted(each.performance_id for each in sold[person])),
        )
        for person in sorted({*sold, *received})
    ]


def audited(identifier: UUID, found: Compared, command: AuditPerformance, by: UUID, now: datetime) -> Audit:
    """What was found of somebody."""
    difference = found.performance - found.received
    return Audit(
        id=identifier, employee_id=found.employee_id, from_day=command.from_day, to_day=command.to_day,
        currency=command.currency, performance=found.performance, received=found.received, difference=difference,
        consistent=not difference, performance_ids=found.performance_ids, audited_by=by, audited_at=now,
    )  # fmt: skip
