"""Contacts: what is asked and told of them (CUS-27)."""

from __future__ import annotations

from crm_common.protocol.customer.contacts import (
    Contacts,
    ContactsByIds,
    CreateContact,
    DeleteContact,
    UpdateContact,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import contacts
from customer.views.contacts import contacts_in


class ContactOperations(Offering):
    """Contacts."""

    @rpc
    def contacts(self, query: Contacts) -> Raw:
        return self.views.page(query, where=contacts_in(query, phones(self.host)))

    @rpc
    def contacts_by_ids(self, query: ContactsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_contact(self, command: CreateContact) -> Raw:
        return self.commands.run(contacts.create_contact(phones(self.host)), command)

    @rpc
    def update_contact(self, command: UpdateContact) -> Raw:
        return self.commands.run(contacts.update_contact(phones(self.host)), command)

    @rpc
    def delete_contact(self, command: DeleteContact) -> Raw:
        return self.commands.run(contacts.delete_contact, command)
