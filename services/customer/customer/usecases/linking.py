"""Records of other systems (CUS-47): found by their id, by phone and name, or new; what is empty is filled."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change, Usecase
from crm_common.custom_fields import writing
from crm_common.custom_fields.values import check
from crm_common.days import today
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.customer.customers import CustomerUpdated
from crm_common.protocol.customer.linking import (
    CustomerLinked,
    CustomerUnlinked,
    LinkCustomer,
    LinkOutcome,
    LinkRules,
    UnlinkCustomer,
    UpsertCustomer,
)
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.declare import Changes
from customer.adapters.phones import Phones
from customer.domain import customer as domain
from customer.domain import phone
from customer.domain.customer import Held, Profile
from customer.domain.dictionary import values
from customer.domain.merging import custom_filled, filled
from customer.store import custom as store_custom
from customer.store import customers, held, linking
from customer.store.custom import CUSTOM
from customer.store.customers import Same
from customer.store.linking import Link
from customer.usecases import access
from customer.usecases.customers import DuplicateFoundError, create, owner_of
from customer.usecases.dictionaries import expect_entries

E = TypeVar("E", CustomerLinked, CustomerUnlinked)


def link_customer(change: Change, command: LinkCustomer) -> dict[str, Any]:
    """A customer is known to another system."""
    customer = access.owned(change, command.id)
    link = Link(command.system, command.external_id)
    known = linking.find(change.connection, link)
    if known is not None and known != customer.id:
        raise LinkRules.an_external_id_is_of_one_customer(
            field="external_id", system=link.system, external_id=link.external_id
        )
    if known is None:
        _link(change, customer, link)
    return {"customer": customer.id}


def unlink_customer(change: Change, command: UnlinkCustomer) -> dict[str, Any]:
    """Another system knows it no longer."""
    customer = access.owned(change, command.id)
    link = Link(command.system, command.external_id)
    if linking.find(change.connection, link) != customer.id:
        raise CommonRules.the_record_was_not_found(field="external_id")
    before = linking.of(change.connection, customer.id, link.system)
    linking.delete(change.connection, link)
    change.record(_told(CustomerUnlinked, customer, link, (before, [each for each in before if each != link[1]])))
    return {"customer": customer.id}


def upsert_customer(phones: Phones) -> Usecase:
    """A record that another system sends."""

    def run(change: Change, command: UpsertCustomer) -> dict[str, Any]:
        link = Link(command.system, command.external_id)
        by_id = linking.find(change.connection, link)
        if by_id is not None:
            customer = access.visible(change, by_id, field="external_id")
            _fill(change, customer, command)
            return {"customer": customer.id, "outcome": LinkOutcome.KNOWN}
        same = customers.same(change.connection, phones.index(phone.normalised(command.phone)), command.name)
        if same is None:
            try:
                return _new(change, phones, command, link)
            except DuplicateFoundError as faster:
                same = faster.found
        return _matched(change, command, link, same)

    return run


def _matched(change: Change, command: UpsertCustomer, link: Link, same: Same) -> dict[str, Any]:
    """The customer with the phone and name; whoever sent it at the same time may have linked it meanwhile."""
    [customer] = held.locked(change.connection, [same.id])
    if not access.sees(change, customer):
        raise DuplicateFoundError(same)
    _fill(change, customer, command)
    if linking.find(change.connection, link) is not None:
        return {"customer": customer.id, "outcome": LinkOutcome.KNOWN}
    _link(change, customer, link)
    return {"customer": customer.id, "outcome": LinkOutcome.LINKED}


def _new(change: Change, phones: Phones, command: UpsertCustomer, link: Link) -> dict[str, Any]:
    actor = change.context.authenticated()
    if command.owner_id is not None:
        owner = owner_of(change, actor, command.owner_id)
        made = create(change, phones, command, lambda mask: domain.owned_by(owner, mask, change.now))
    else:
        change.require("pool.import", "pool.create")
        pool = customers.target_pool(change.connection, command.region)
        made = create(change, phones, command, lambda mask: domain.in_pool(pool, mask, change.now))
    customer_id: UUID = made["customer"]
    [customer] = held.locked(change.connection, [customer_id])
    _link(change, customer, link)
    return {"customer": customer_id, "outcome": LinkOutcome.CREATED}


def _fill(change: Change, customer: Held, command: UpsertCustomer) -> None:
    """Give a customer in somebody's name what it lacks."""
    if customer.holding is not Holding.OWNED:
        return
    found = customers.locked(change.connection, customer.id)
    assert found is not None  # it is locked
    sent = domain.profile(command, today(change))
    after: Profile = filled(found[1], sent)
    changes: Changes = difference(found[1], after)
    expect_entries(change, values(after, changes))
    given = {} if command.custom is UNSET else command.custom
    before = store_custom.values(change.connection, customer.id)
    lacking = custom_filled(before, given)
    if lacking:
        definitions = writing.current(change, CUSTOM)
        custom = check(definitions, lacking, before=before)
        store_custom.save(change.connection, customer.id, custom.stored)
        writing.write(change, CUSTOM, definitions, {customer.id: custom})
        changes |= custom.changes
    if changes:
        customers.save(change.connection, customer.id, after, change.now)
        change.record(CustomerUpdated(**domain.told(customer), changes=changes))


def _link(change: Change, customer: Held, link: Link) -> None:
    before = linking.of(change.connection, customer.id, link.system)
    linking.insert(change.connection, change.new_id(), customer.id, link, change.now)
    change.record(_told(CustomerLinked, customer, link, (before, sorted([*before, link.external_id]))))


def _told(kind: type[E], customer: Held, link: Link, changed: tuple[list[str], list[str]]) -> E:
    changes: Changes = {f"external_ids.{link.system}": changed}
    told = domain.told(customer)
    return kind(**told, changes=changes, system=link.system, external_id=link.external_id)
