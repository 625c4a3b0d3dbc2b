"""Reports of contracts (CON-08): by state, customer, owner and the year they end, under the viewer's data scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from crm_common.protocol.declare import given
from crm_common.protocol.finance.contracts import SEE
from crm_common.protocol.finance.service import finance


class ContractTotalsBy(StrEnum):
    """What contracts are summed up by."""

    STATE = "STATE"
    """Where they stand."""
    CUSTOMER = "CUSTOMER"
    """With whom they are."""
    OWNER = "OWNER"
    """In whose name they are."""
    END = "END"
    """The year they end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTotal:
    """The sums of one group of contracts, in one currency."""

    key: str
    """The state, the year (2026; empty without a last day), or the record's key within its service."""
    name: str | None
    """The customer's or owner's name."""
    currency: str
    """In which currency."""
    count: int
    """How many there are."""
    amount: Decimal
    """What they are worth as they were agreed."""
    changed: Decimal
    """What approved changes add."""
    measured: Decimal
    """What was measured."""
    paid: Decimal
    """What was paid."""
    deviating: int
    """How many of them are off their plans."""


@finance.query(SEE, returns=tuple[ContractTotal, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTotals:
    """Sums of the contracts in the viewer's data scope, the largest first: each of the list of contracts once."""

    by: ContractTotalsBy = given("By what.", default=ContractTotalsBy.STATE)
    from_day: date | None = given("Those that were signed on this day or later.", default=None)
    to_day: date | None = given("Those that were signed on this day or earlier.", default=None)
    first: Annotated[int, Meta(ge=1, le=500)] = given("At most so many groups.", default=100)
