"""The check before entry (CUS-03): whether a customer exists, in what state, and whose it is."""

from __future__ import annotations

from crm_common.changes import changing
from crm_common.context import Context
from crm_common.protocol.customer.duplicates import (
    CHECKS_PER_HOUR,
    CustomerDuplicate,
    DuplicateCheck,
    DuplicateRules,
)
from crm_common.runtime.host import ServiceHost
from customer.adapters.phones import phones
from customer.domain import phone
from customer.domain.names import cleaned
from customer.store import checks, customers


def customer_duplicate(host: ServiceHost, context: Context, query: CustomerDuplicate) -> DuplicateCheck:
    """Count the check, then answer it; a malformed number is refused before it counts."""
    name, index = cleaned(query.name), phones(host).index(phone.normalised(query.phone))
    limit = host.settings.get(CHECKS_PER_HOUR)
    with changing(host, context) as change:
        if not checks.count(change.connection, context.authenticated().id, change.now, limit):
            raise DuplicateRules.duplicate_checks_are_limited(limit=limit)
        found = customers.same(change.connection, index, name)
    if found is None:
        return DuplicateCheck(exists=False, state=None, owner_name=None)
    return DuplicateCheck(exists=True, state=found.holding, owner_name=found.owner_name)
