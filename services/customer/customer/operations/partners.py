"""Partners: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.customer.partners import CreatePartner, Partners, PartnersByIds, UpdatePartner
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import partners


class PartnerOperations(Offering):
    """Partners, suppliers, agents."""

    @rpc
    def partners(self, query: Partners) -> Raw:
        return self.views.page(query)

    @rpc
    def partners_by_ids(self, query: PartnersByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_partner(self, command: CreatePartner) -> Raw:
        return self.commands.run(partners.create_partner(phones(self.host)), command)

    @rpc
    def update_partner(self, command: UpdatePartner) -> Raw:
        return self.commands.run(partners.update_partner, command)
