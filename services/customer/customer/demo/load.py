"""Enters the invented customers in one transaction: with salespeople at every point of the ninety days, or pooled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.days import today
from crm_common.protocol.customer.customers import NewCustomer
from crm_common.protocol.customer.demo import LoadDemoCustomers
from customer.adapters.phones import Phones
from customer.demo.invented import TOTAL, TWIN_OF, Invented, customers, twin
from customer.demo.worked import work
from customer.domain import customer as domain
from customer.domain import phone
from customer.store import customers as store

# Every sixth one waits in the pool.
_POOLED = 6


def load(phones: Phones) -> Usecase:
    """The use case that enters them."""

    def run(change: Change, command: LoadDemoCustomers) -> dict[str, Any]:
        if not command.owner_ids or store.exists(change.connection):
            return {"loaded": 0}
        loaded = {place: _enter(change, phones, command, place, each) for place, each in enumerate(customers())}
        loaded[TOTAL] = _enter(change, phones, command, TWIN_OF, twin())
        entered = {place: each for place, each in loaded.items() if each is not None}
        work(change, [each for place, each in entered.items() if place % _POOLED][:2], command.owner_ids)
        return {"loaded": len(entered)}

    return run


def _enter(change: Change, phones: Phones, command: LoadDemoCustomers, place: int, each: Invented) -> UUID | None:
    given = NewCustomer(**each.data)
    known = domain.profile(given, today(change))
    customer_id = change.new_id()
    sealed = phones.sealed(phone.normalised(given.phone), "customer", customer_id)
    # an hour off the hour of the job, so that nobody waits for midnight to see who is due
    since = change.now - timedelta(days=each.days_ago, hours=place % 11)
    owner = command.owner_ids[place % len(command.owner_ids)]
    if place % _POOLED == 0:
        begun = domain.in_pool(store.target_pool(change.connection, known.region), sealed.mask, since)
    else:
        begun = domain.owned_by(owner, sealed.mask, since)
    if not store.insert(change.connection, store.New(customer_id, known, begun, sealed, {}), by=owner, now=since):
        return None
    change.record(domain.created(customer_id, known, begun))
    return customer_id
