"""Customers to try the product with."""

from __future__ import annotations

from crm_common.protocol.customer.demo import LoadDemoCustomers
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer import demo
from customer.adapters.phones import phones
from customer.operations.offering import Offering


class DemoOperations(Offering):
    """Loading them."""

    @rpc
    def load_demo_customers(self, command: LoadDemoCustomers) -> Raw:
        return self.commands.run(demo.load(phones(self.host)), command)
