"""Who sells most (SAL-41), and the board of salespeople (SAL-40)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from crm_common.protocol.declare import given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.performance import TEAM, AskedPeriod
from crm_common.protocol.sales.service import EmployeeId, sales

SEE = needs(TEAM)


class RankedBy(StrEnum):
    """What people are ranked by."""

    AMOUNT = "AMOUNT"
    """What they sold: their performance."""
    RECEIPTS = "RECEIPTS"
    """What their customers paid: confirmed receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPerson:
    """Somebody's place."""

    place: int
    """From 1; who comes to the same shares a place."""
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
    closed: int
    """How many of his opportunities were won, lost or abandoned in the period."""
    won: int
    """How many of these were won."""
    win_rate: Decimal | None
    """The won part of the closed, in per cent; null where none was closed."""
    mean_days: Decimal | None
    """How long the won ones took from the day they were written down to the approval of their order."""


@sales.query(SEE, returns=tuple[RankedPerson, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesRanking(AskedPeriod):
    """The people in the viewer's data scope by what they sold, or by what their customers paid, most first."""

    by: RankedBy = given("By what.", default=RankedBy.AMOUNT)
    first: Annotated[int, Meta(ge=1, le=500)] = given("How many at most.", default=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPerson:
    """What a salesperson has in hand today, and what he did in a period."""

    employee_id: EmployeeId
    """Who."""
    employee_name: str | None
    """His name, as this service knows it."""
    department_name: str | None
    """His department, as this service knows it."""
    deals: int
    """How many of his opportunities are on their way now, in whatever currency."""
    deals_amount: Decimal
    """What those of the asked currency are worth."""
    overdue: int
    """How many of them have a step in their plan whose day has passed."""
    sold: Decimal
    """What he sold in the period, less what was taken back (流水)."""
    records: int
    """How many records that is."""
    follow_ups: int
    """How often he spoke to customers in the period."""
    opportunity_follow_ups: int
    """What he noted about opportunities in the period."""


@sales.query(SEE, returns=tuple[BoardPerson, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesBoard(AskedPeriod):
    """The salespeople with anything to show, who sold most first (SAL-40).

    Each number is that of its list: of opportunities in the viewer's scope of opportunities, of performance in that of
    performance.
    """

    first: Annotated[int, Meta(ge=1, le=500)] = given("How many at most.", default=100)
