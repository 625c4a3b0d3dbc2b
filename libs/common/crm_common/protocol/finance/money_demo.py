"""Money to try the product with: what customers of a demo company owe and have paid."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.declare import Command, given
from crm_common.protocol.finance.service import EmployeeId, finance
from crm_common.protocol.policy import INTERNAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDebtor:
    """A customer of the demo company, and whose it is."""

    customer_id: UUID
    owner_id: UUID


@finance.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoMoney(Command):
    """Let customers owe fees and pay some of them, unless somebody owes something without an order already."""

    debtors: tuple[DemoDebtor, ...] = given("Who owes money, one after the other.")
    clerk_id: EmployeeId = given("Who confirms it.")
