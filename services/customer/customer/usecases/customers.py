"""Commands about customers' records (CUS-01, 02, 06)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change, Usecase, changing
from crm_common.context import Actor, ActorKind, Context
from crm_common.custom_fields import writing
from crm_common.custom_fields.definitions import Definitions
from crm_common.custom_fields.values import Checked, check
from crm_common.days import today
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.customer.customers import (
    CreateCustomer,
    CreatePoolCustomer,
    DuplicateRejected,
    NewCustomer,
    UpdateCustomer,
)
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.protocol.declare import Changes
from crm_common.runtime.host import ServiceHost
from customer.adapters.phones import Phones
from customer.domain import customer as domain
from customer.domain import phone
from customer.domain.customer import Beginning, Held, Profile
from customer.domain.dictionary import values
from customer.store import custom as store_custom
from customer.store import customers, held
from customer.store.custom import CUSTOM
from customer.store.customers import Same
from customer.usecases import access
from customer.usecases.dictionaries import expect_entries


class DuplicateFoundError(CrmError):
    """The refusal of CUS-02: it tells the caller the state and the owner's name, and the service which one it is."""

    def __init__(self, found: Same, *, field: str = "phone") -> None:
        rule = CustomerRules.a_customer_with_this_phone_and_name_exists
        details = {"state": found.holding.value, "owner": found.owner_name}
        super().__init__(rule.code, rule.name, field=field, details=details)
        self.found = found


def create_customer(phones: Phones) -> Usecase:
    """A new customer in the caller's name, or in that of somebody in his data scope."""

    def run(change: Change, command: CreateCustomer) -> dict[str, Any]:
        owner_id = owner_of(change, change.context.authenticated(), command.owner_id)
        return create(change, phones, command, lambda mask: domain.owned_by(owner_id, mask, change.now))

    return run


def create_pool_customer(phones: Phones) -> Usecase:
    """A new customer in the pool that is meant for its region."""

    def run(change: Change, command: CreatePoolCustomer) -> dict[str, Any]:
        pool_id = customers.target_pool(change.connection, command.region)
        return create(change, phones, command, lambda mask: domain.in_pool(pool_id, mask, change.now))

    return run


def update_customer(change: Change, command: UpdateCustomer) -> dict[str, Any]:
    """Other data of a customer: by its owner, or by somebody whose data scope holds the owner."""
    found = customers.locked(change.connection, command.id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    access.expect_in_scope(change, found[0])
    access.refuse_unless_owned(found[0])
    edit(change, found, command)
    return {"customer": command.id}


def edit(change: Change, found: tuple[Held, Profile], command: UpdateCustomer) -> None:
    """Give a locked customer, which the caller may change, other data."""
    customer, known = found
    custom = _custom(change, command, customer.id)
    after, event = domain.updated(customer, known, command, today(change), custom.changes if custom else {})
    if event is None:
        return
    if "name" in event.changes and (twin := customers.namesake(change.connection, customer.id, after.name)):
        raise DuplicateFoundError(twin, field="name")
    expect_entries(change, values(after, event.changes))
    customers.save(change.connection, customer.id, after, change.now)
    if custom:
        store_custom.save(change.connection, customer.id, custom.values.stored)
        writing.write(change, CUSTOM, custom.definitions, {customer.id: custom.values})
    change.record(event)


@contextmanager
def noting_duplicates(host: ServiceHost, context: Context) -> Iterator[None]:
    """Write down each duplicate that is refused within the block: the refused command itself leaves nothing."""
    try:
        yield
    except DuplicateFoundError as refusal:
        found = refusal.found
        with changing(host, context) as change:
            change.record(DuplicateRejected(customer_id=found.id, holding=found.holding, owner_id=found.owner_id))
        raise


def create(change: Change, phones: Phones, command: NewCustomer, begin: Callable[[str], Beginning]) -> dict[str, Any]:
    """A new customer in the hands that ``begin`` says, given the mask of its phone."""
    number = phone.normalised(command.phone)
    known = domain.profile(command, today(change))
    expect_entries(change, values(known))
    customer_id, by = change.new_id(), change.context.authenticated().id
    sealed = phones.sealed(number, "customer", customer_id)
    begun = begin(sealed.mask)
    definitions, custom = writing.checked(change, CUSTOM, command.custom)
    row = customers.New(customer_id, known, begun, sealed, custom.stored)
    if change.hasty:
        # a duplicate fails, and is found when the change is repeated
        customers.add(change.connection, row, by=by, now=change.now)
    elif not customers.insert(change.connection, row, by=by, now=change.now):
        _refuse_duplicate(change, sealed.index, known.name)
    writing.write(change, CUSTOM, definitions, {customer_id: custom})
    change.record(domain.created(customer_id, known, begun, custom.changes))
    return {"customer": customer_id}


class _Custom(NamedTuple):
    """Custom values that an edit gives, and the definitions they were checked against."""

    definitions: Definitions
    values: Checked

    @property
    def changes(self) -> Changes:
        """What the event tells."""
        return self.values.changes


def _custom(change: Change, command: UpdateCustomer, customer_id: UUID) -> _Custom | None:
    if command.custom is UNSET:
        return None
    definitions = writing.current(change, CUSTOM)
    before = store_custom.values(change.connection, customer_id)
    return _Custom(definitions, check(definitions, command.custom, before=before))


def owner_of(change: Change, actor: Actor, wanted: UUID | None) -> UUID:
    """In whose name the caller may put a customer: himself, or somebody in his data scope."""
    if wanted is None and actor.kind is ActorKind.EMPLOYEE:
        return actor.id
    # programs have no customers of their own
    if wanted is None or (actor.kind is not ActorKind.SYSTEM and not access.reaches(change, actor, wanted)):
        raise CustomerRules.an_employee_cannot_own_customers(field="owner_id")
    if wanted != actor.id and not held.active(change.connection, [wanted]):
        raise CustomerRules.an_employee_cannot_own_customers(field="owner_id")
    return wanted


def _refuse_duplicate(change: Change, index: bytes, name: str) -> None:
    found = customers.same(change.connection, index, name)
    if found is None:
        # erased or renamed between the two statements: the caller tries again
        raise CommonRules.the_record_was_changed_meanwhile(field="phone", current=0)
    raise DuplicateFoundError(found)
