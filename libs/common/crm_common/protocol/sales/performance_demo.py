"""Targets, performance and journals to try the product with."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.protocol.declare import Command, given
from crm_common.protocol.policy import INTERNAL
from crm_common.protocol.sales.service import EmployeeId, sales


@sales.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoPerformance(Command):
    """Give the salespeople of a demo company targets, some performance and journals, if there is no target yet."""

    employee_ids: tuple[EmployeeId, ...] = given("The salespeople, in an order that stays.")
