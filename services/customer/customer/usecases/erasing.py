"""Erasing a person, at his own request or because his time in the trash is over (CUS-26)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.journal.sealing import ERASED
from crm_common.protocol.customer.holding import CustomerErased, EraseCustomer
from crm_common.protocol.customer.leads import LeadErased, LeadStatus
from crm_common.protocol.customer.pool_rules import HoldingRules
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.protocol.customer.service import Holding
from customer.domain.customer import Held
from customer.domain.names import folded
from customer.store import erasure, held, pool
from customer.usecases import access


def erase_customer(change: Change, command: EraseCustomer) -> dict[str, Any]:
    """Whatever hands it is in → ERASED, unless somebody's open record depends on it."""
    found = _found(change, command.id)
    if found.holding in (Holding.ERASED, Holding.MERGED):
        raise CustomerRules.a_customer_is_gone(field="id")
    if reasons := pool.holds(change.connection, [found.id]).get(found.id):
        raise HoldingRules.something_of_the_customer_is_open(field="id", reasons=", ".join(sorted(set(reasons))))
    if folded(command.name) != folded(found.name):
        raise HoldingRules.the_name_typed_is_not_the_customer_s(field="name")
    merged = erasure.merged_into(change.connection, found.id)
    erase(change, [found.id, *(each.id for each in held.locked(change.connection, merged))])
    return {"customer": found.id}


def erase(change: Change, ids: Sequence[UUID]) -> None:
    """Erase locked customers and tell of it; what was known of them is in no event any more, nor is it in these."""
    erased = erasure.erase(change.connection, ids, now=change.now)
    change.record(*(CustomerErased(**each.told()) for each in erased.customers))
    for lead in erased.leads:
        status = LeadStatus(lead.status)
        change.record(LeadErased(lead_id=lead.id, name=ERASED, status=status, owner_id=lead.owner_id, changes={}))


def _found(change: Change, customer_id: UUID) -> Held:
    rows = held.locked(change.connection, [customer_id])
    # whoever sees everything also answers for what is in nobody's name
    everything = change.context.authenticated().scope(access.SECTION) == "ALL"
    if not rows or not (everything or access.sees(change, rows[0])):
        raise CommonRules.the_record_was_not_found(field="id")
    return rows[0]
