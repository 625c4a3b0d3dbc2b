"""What other systems call customers, and what they send of them (CUS-47)."""

from __future__ import annotations

from crm_common.protocol.customer.linking import LinkCustomer, UnlinkCustomer, UpsertCustomer
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import linking
from customer.usecases.customers import noting_duplicates


class LinkOperations(Offering):
    """Links."""

    @rpc
    def link_customer(self, command: LinkCustomer) -> Raw:
        return self.commands.run(linking.link_customer, command)

    @rpc
    def unlink_customer(self, command: UnlinkCustomer) -> Raw:
        return self.commands.run(linking.unlink_customer, command)

    @rpc
    def upsert_customer(self, command: UpsertCustomer) -> Raw:
        with noting_duplicates(self.host, self.context):
            return self.commands.run(linking.upsert_customer(phones(self.host)), command)
