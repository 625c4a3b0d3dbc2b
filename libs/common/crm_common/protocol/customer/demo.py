"""Customers to try the product with."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.protocol.customer.service import EmployeeId, customer
from crm_common.protocol.declare import Command, given
from crm_common.protocol.policy import INTERNAL


@customer.command(INTERNAL, returns={"loaded": int}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoCustomers(Command):
    """Give the salespeople of a demo company a few hundred customers, some in the pool, if there is none yet."""

    owner_ids: tuple[EmployeeId, ...] = given("Salespeople, who share the customers evenly.")
