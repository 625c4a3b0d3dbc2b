"""Dictionaries, duplicate checks, sharing and the course of customers: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.customer.course import HotCustomers, SetCustomerClass, SetCustomerHot, SetCustomerStage
from crm_common.protocol.customer.dictionaries import (
    CreateDictionaryEntry,
    DictionaryEntries,
    DictionaryEntriesByIds,
    ReorderDictionaryEntries,
    UpdateDictionaryEntry,
)
from crm_common.protocol.customer.duplicates import CustomerDuplicate, DuplicateCheck
from crm_common.protocol.customer.sharing import ShareCustomer, SharedCustomers, UnshareCustomer
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering
from customer.usecases import course, dictionaries, duplicates, sharing
from customer.views import lists
from customer.views.extras import entries_of


class ExtraOperations(Offering):
    """What the service answers about dictionaries, duplicates, sharing and stages."""

    @rpc
    def dictionary_entries(self, query: DictionaryEntries) -> Raw:
        return self.views.page(query, where=entries_of(query))

    @rpc
    def dictionary_entries_by_ids(self, query: DictionaryEntriesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_dictionary_entry(self, command: CreateDictionaryEntry) -> Raw:
        return self.commands.run(dictionaries.create_dictionary_entry, command)

    @rpc
    def update_dictionary_entry(self, command: UpdateDictionaryEntry) -> Raw:
        return self.commands.run(dictionaries.update_dictionary_entry, command)

    @rpc
    def reorder_dictionary_entries(self, command: ReorderDictionaryEntries) -> Raw:
        return self.commands.run(dictionaries.reorder_dictionary_entries, command)

    @rpc
    def customer_duplicate(self, query: CustomerDuplicate) -> DuplicateCheck:
        return duplicates.customer_duplicate(self.host, self.context, query)

    @rpc
    def hot_customers(self, query: HotCustomers) -> Raw:
        return self.views.page(query, where=lists.hot(query))

    @rpc
    def shared_customers(self, query: SharedCustomers) -> Raw:
        return self.views.page(query, where=lists.shared(query))

    @rpc
    def share_customer(self, command: ShareCustomer) -> Raw:
        return self.commands.run(sharing.share_customer, command)

    @rpc
    def unshare_customer(self, command: UnshareCustomer) -> Raw:
        return self.commands.run(sharing.unshare_customer, command)

    @rpc
    def set_customer_stage(self, command: SetCustomerStage) -> Raw:
        return self.commands.run(course.set_customer_stage, command)

    @rpc
    def set_customer_class(self, command: SetCustomerClass) -> Raw:
        return self.commands.run(course.set_customer_class, command)

    @rpc
    def set_customer_hot(self, command: SetCustomerHot) -> Raw:
        return self.commands.run(course.set_customer_hot, command)
