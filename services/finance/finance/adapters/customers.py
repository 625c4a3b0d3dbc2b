"""What the customer service says of customers now: asked in the caller's name, before a transaction opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common.errors import CommonRules
from crm_common.protocol.selection import names
from crm_common.runtime.providers import BoundPeer


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer that the caller sees."""

    id: UUID
    name: str
    owner_id: UUID | None
    """In whose name it is; nobody's in pool, queue and trash."""


def customer_in_scope(peer: BoundPeer, customer_id: UUID, *, field: str = "customer_id") -> KnownCustomer:
    """The customer; ``NOT_FOUND`` for whoever does not see it."""
    asked: dict[str, Any] = {"ids": [str(customer_id)], "select": names("id", "name", "owner_id")}
    [found] = peer.call("customers_by_ids", asked)
    if found is None:
        raise CommonRules.the_record_was_not_found(field=field)
    owner_id = UUID(found["owner_id"]) if found["owner_id"] else None
    return KnownCustomer(customer_id, found["name"], owner_id)
