"""Customers: what is asked and told of them."""

from __future__ import annotations

from crm_common.journal.past import get_as_of
from crm_common.journal.told import history_page
from crm_common.protocol.customer.customers import (
    CreateCustomer,
    CreatePoolCustomer,
    Customers,
    CustomersByIds,
    MyCustomers,
    UpdateCustomer,
)
from crm_common.protocol.customer.past import CustomerHistory, RevertCustomer
from crm_common.runtime.entrypoints import prompt, rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import customers, reverting
from customer.views import lists
from customer.views.past import PAST, TOLD


class CustomerOperations(Offering):
    """Customers."""

    @rpc
    def customers(self, query: Customers) -> Raw:
        return self.views.page(query, where=lists.in_hands(query))

    @rpc
    def my_customers(self, query: MyCustomers) -> Raw:
        return self.views.page(query, where=lists.mine(query))

    @rpc
    def customers_by_ids(self, query: CustomersByIds) -> Raw:
        if query.as_of is None:
            return self.views.get(query)
        store, reader = self.host.store, self.views.reader
        return Raw(get_as_of(PAST, query, query.as_of, store=store, reader=reader, context=self.context))

    @rpc
    def customer_history(self, query: CustomerHistory) -> Raw:
        return Raw(history_page(TOLD, query.id, query, self.views.reader, self.context))

    @rpc
    def revert_customer(self, command: RevertCustomer) -> Raw:
        past = reverting.Past.read(self.host.store, command)
        with customers.noting_duplicates(self.host, self.context):
            return self.commands.run(reverting.revert_customer(past), command)

    @rpc
    @prompt
    def create_customer(self, command: CreateCustomer) -> Raw:
        with customers.noting_duplicates(self.host, self.context):
            return self.commands.run(customers.create_customer(phones(self.host)), command)

    @rpc
    def create_pool_customer(self, command: CreatePoolCustomer) -> Raw:
        with customers.noting_duplicates(self.host, self.context):
            return self.commands.run(customers.create_pool_customer(phones(self.host)), command)

    @rpc
    def update_customer(self, command: UpdateCustomer) -> Raw:
        with customers.noting_duplicates(self.host, self.context):
            return self.commands.run(customers.update_customer, command)
