"""The customer service: who buys, and what decides on his prices."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.selection import names
from crm_common.runtime.client import PeerClient
from sales.domain.pricing import Buyer


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as the caller sees it now."""

    id: UUID
    name: str
    holding: Holding
    owner_id: UUID | None
    buyer: Buyer


def known_customer(
    client: PeerClient, context: Context, customer_id: UUID, *, field: str = "customer_id"
) -> KnownCustomer:
    """The customer, asked in the caller's own name; ``NOT_FOUND`` where he does not see it."""
    shown = names("id", "name", "holding", "owner_id", "level", "region")
    asked = {"ids": [str(customer_id)], "select": shown}
    [found] = codec.decode_json(client.call("customer", "customers_by_ids", asked, context))
    if found is None:
        raise CommonRules.the_record_was_not_found(field=field)
    return KnownCustomer(
        id=customer_id,
        name=found["name"],
        holding=Holding(found["holding"]),
        owner_id=UUID(found["owner_id"]) if found["owner_id"] else None,
        buyer=Buyer(level=found["level"], region=found["region"]),
    )
