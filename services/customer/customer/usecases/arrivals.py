"""Imports of customers (CUS-19, 54): a batch of rows becomes customers, in the importer's name or in the pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.custom_fields import writing
from crm_common.custom_fields.definitions import Definitions
from crm_common.custom_fields.sheets import custom_values
from crm_common.custom_fields.values import Checked, check
from crm_common.days import today
from crm_common.errors import CrmError
from crm_common.exchange.rows import ReadRow
from crm_common.imports import Batch, Outcome, RowResult
from crm_common.protocol.customer.customers import NewCustomer
from crm_common.protocol.customer.exchange import CustomerDeleted, ExchangeOfCustomersRules
from crm_common.protocol.customer.service import CustomerKind, Holding, Sex
from crm_common.protocol.importing import DuplicatePolicy
from customer.adapters.phones import Phones, phones
from customer.domain import customer as domain
from customer.domain import phone
from customer.domain.customer import FIELDS, Beginning
from customer.domain.names import folded
from customer.store import arrivals, customers
from customer.store.custom import CUSTOM
from customer.store.customers import New, Same
from customer.usecases import access
from customer.usecases.customers import DuplicateFoundError
from customer.usecases.overwriting import overwrite

Key = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Arriving:
    """A row that may become a customer."""

    row: ReadRow
    new: New
    custom: Checked

    @property
    def key(self) -> Key:
        """What makes two customers the same."""
        return self.new.phone.index, folded(self.new.known.name)


def write_customers(change: Change, batch: Batch) -> list[RowResult]:
    """Customers in the importer's name, or in that of a named owner in his data scope."""
    change.require("customer.import")
    owners = _owners(change, batch.rows)

    def begin(row: ReadRow, mask: str) -> Beginning:
        return domain.owned_by(_owner(change, owners, row), mask, change.now)

    return _write(change, batch, begin)


def write_pool_customers(change: Change, batch: Batch) -> list[RowResult]:
    """Customers of the pool that is meant for their region."""
    change.require("pool.import")
    regions = {row.values.get("region") for row in batch.rows}
    targets = {region: customers.target_pool(change.connection, region) for region in regions}
    return _write(change, batch, lambda row, mask: domain.in_pool(targets[row.values.get("region")], mask, change.now))


def take_back(change: Change, ids: Sequence[UUID]) -> list[CrmError | None]:
    """Remove what an import brought and nobody has touched since."""
    gone = {row.id: row for row in arrivals.take_back(change.connection, ids)}
    for row in gone.values():
        told = {"customer_id": row.id, "name": row.name, "owner_id": row.owner_id, "holding": Holding(row.holding)}
        change.record(CustomerDeleted(**told, changes={"name": (row.name, None)}))
    return [None if each in gone else ExchangeOfCustomersRules.the_customer_was_worked_with() for each in ids]


def _write(change: Change, batch: Batch, begin: Callable[[ReadRow, str], Beginning]) -> list[RowResult]:
    definitions = writing.current(change, CUSTOM)
    sealing = phones(batch.host)
    results: list[RowResult] = []
    arriving: dict[Key, Arriving] = {}
    for row in batch.rows:
        try:
            each = _arriving(change, sealing, definitions, row, begin)
        except CrmError as refused:
            results.append(RowResult(row.number, Outcome.FAILED, why=refused))
            continue
        first = arriving.setdefault(each.key, each)
        if first is not each:
            twice = ExchangeOfCustomersRules.the_row_is_there_twice(field="phone", row=first.row.number)
            results.append(RowResult(row.number, Outcome.SKIPPED, why=twice))
    return results + _enter(change, batch, definitions, arriving)


def _arriving(
    change: Change, sealing: Phones, definitions: Definitions, row: ReadRow, begin: Callable[[ReadRow, str], Beginning]
) -> Arriving:
    given = {name: row.values[name] for name in FIELDS if name in row.values}
    typed: dict[str, Any] = {"kind": CustomerKind(given.pop("kind", CustomerKind.COMPANY))}
    if "sex" in given:
        typed["sex"] = Sex(given.pop("sex"))
    command = NewCustomer(**given | typed, phone=row.values["phone"])
    known = domain.profile(command, today(change))
    customer_id = change.new_id()
    sealed = sealing.sealed(phone.normalised(command.phone), "customer", customer_id)
    custom = check(definitions, custom_values(row))
    return Arriving(row, New(customer_id, known, begin(row, sealed.mask), sealed, custom.stored), custom)


def _enter(change: Change, batch: Batch, definitions: Definitions, arriving: Mapping[Key, Arriving]) -> list[RowResult]:
    if not arriving:
        return []
    by = change.context.authenticated().id
    every = [each.new for each in arriving.values()]
    added = arrivals.insert(change.connection, every, by=by, now=change.now, import_id=batch.job_id)
    new = [each for each in arriving.values() if each.new.id in added]
    writing.write(change, CUSTOM, definitions, {each.new.id: each.custom for each in new})
    for each in new:
        change.record(domain.created(each.new.id, each.new.known, each.new.begun, each.custom.changes))
    results = [RowResult(each.row.number, Outcome.CREATED, each.new.id) for each in new]
    there = [each for each in arriving.values() if each.new.id not in added]
    found = arrivals.same(change.connection, [each.key for each in there]) if there else {}
    return results + [_met(change, batch, each, found.get(each.key)) for each in there]


def _met(change: Change, batch: Batch, each: Arriving, found: Same | None) -> RowResult:
    """What becomes of a row whose customer is there already."""
    if found is None:
        # erased or renamed between the two statements
        why: CrmError = ExchangeOfCustomersRules.the_customer_was_worked_with(field="phone")
        return RowResult(each.row.number, Outcome.FAILED, why=why)
    if batch.policy is DuplicatePolicy.UPDATE:
        try:
            overwrite(change, found.id, each.row, custom_values(each.row))
        except CrmError as refused:
            return RowResult(each.row.number, Outcome.FAILED, why=refused)
        return RowResult(each.row.number, Outcome.UPDATED, found.id)
    outcome = Outcome.FAILED if batch.policy is DuplicatePolicy.FAIL else Outcome.SKIPPED
    return RowResult(each.row.number, outcome, why=DuplicateFoundError(found))


def _owners(change: Change, rows: Sequence[ReadRow]) -> dict[str, list[UUID]]:
    names = {row.values["owner"] for row in rows if "owner" in row.values}
    actor = change.context.authenticated()
    found = arrivals.named(change.connection, sorted(names)) if names else {}
    return {name: [each for each in ids if access.reaches(change, actor, each)] for name, ids in found.items()}


def _owner(change: Change, owners: Mapping[str, list[UUID]], row: ReadRow) -> UUID:
    name = row.values.get("owner")
    if name is None:
        return change.context.authenticated().id
    found = owners.get(name, [])
    if not found:
        raise ExchangeOfCustomersRules.the_owner_is_not_known(field="owner", name=name)
    if len(found) > 1:
        raise ExchangeOfCustomersRules.several_people_are_named_so(field="owner", name=name)
    return found[0]
