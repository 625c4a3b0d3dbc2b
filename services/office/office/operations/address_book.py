"""The address book: what is asked and told of it (OFC-10)."""

from __future__ import annotations

from crm_common.protocol.office.address_book import (
    AddressBook,
    AddressBookEntry,
    AddressContacts,
    AddressContactsByIds,
    CreateAddressContact,
    DeleteAddressContact,
    UpdateAddressContact,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from office.operations.offering import Offering
from office.usecases import address_book
from office.views import address_book as views


class AddressBookOperations(Offering):
    """The address book."""

    identity = Peer("identity")

    @rpc
    def address_book(self, query: AddressBook) -> list[AddressBookEntry]:
        return views.address_book(self.host, self.identity, self.context, query)

    @rpc
    def address_contacts(self, query: AddressContacts) -> Raw:
        return self.views.page(query)

    @rpc
    def address_contacts_by_ids(self, query: AddressContactsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_address_contact(self, command: CreateAddressContact) -> Raw:
        return self.commands.run(address_book.create_address_contact, command)

    @rpc
    def update_address_contact(self, command: UpdateAddressContact) -> Raw:
        return self.commands.run(address_book.update_address_contact, command)

    @rpc
    def delete_address_contact(self, command: DeleteAddressContact) -> Raw:
        return self.commands.run(address_book.delete_address_contact, command)
