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


@sales.query(SEE, returns=tuple[RankedPerson, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesRanking(AskedPeriod):
    """The people in the viewer's data scope by what they sold, or by what their customers paid, most first."""

    by: RankedBy = given("By what.", default=RankedBy.AMOUNT)
    first: Annotated[int, Meta(ge=1, le=500)] = given("How many at most.", default=20)
