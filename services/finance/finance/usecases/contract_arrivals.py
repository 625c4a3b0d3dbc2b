"""Imports of contracts (IOX-01): a batch of rows becomes drafts in the importer's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.changes import Change
from crm_common.custom_fields import writing
from crm_common.custom_fields.sheets import custom_values, plain_values
from crm_common.errors import CrmError
from crm_common.exchange.rows import ReadRow
from crm_common.imports import Batch, Outcome, RowResult
from crm_common.protocol.finance import contracts_events as told
from crm_common.protocol.finance.contract_states import ContractState
from crm_common.protocol.finance.contracts import CreateContract, UpdateContract
from crm_common.protocol.finance.exchange import ExchangeOfContractsRules
from crm_common.protocol.importing import DuplicatePolicy
from finance.adapters.customers import KnownCustomer
from finance.store import contract_arrivals, contracts, reach
from finance.store.contract_arrivals import Named
from finance.store.contract_custom import CONTRACT_CUSTOM
from finance.usecases import contract_told as write
from finance.usecases.contracts import create_contract, update_contract


def write_contracts(change: Change, batch: Batch) -> list[RowResult]:
    """Drafts, one by one: a customer has a contract of a name once."""
    change.require("contract.import")
    contract_arrivals.alone(change.connection)
    named = contract_arrivals.customers_named(change.connection, {str(row.values["customer"]) for row in batch.rows})
    return [_entered(change, batch, named, row) for row in batch.rows]


def take_back(change: Change, ids: Sequence[UUID]) -> list[CrmError | None]:
    """Delete the drafts that an import brought and nobody has changed or submitted since."""
    return [_taken_back(change, each) for each in ids]


def _taken_back(change: Change, contract_id: UUID) -> CrmError | None:
    found = contracts.get(change.connection, contract_id)
    if found is None or found.version != 1 or found.state is not ContractState.DRAFT:
        return ExchangeOfContractsRules.the_contract_was_worked_with()
    contracts.delete(change.connection, found.id, change.now)
    writing.forget(change, writing.current(change, CONTRACT_CUSTOM), [found.id])
    change.record(write.event(told.ContractDeleted, found, found))
    return None


def _entered(change: Change, batch: Batch, named: Mapping[str, list[Named]], row: ReadRow) -> RowResult:
    customer = _customer(change, named, str(row.values["customer"]))
    there = contract_arrivals.same(change.connection, customer.id, " ".join(str(row.values["name"]).split()))
    if there is not None:
        return _met(change, batch, row, there)
    command = codec.from_builtins(_told(row) | {"customer_id": str(customer.id)}, CreateContract)
    made: UUID = create_contract(KnownCustomer(customer.id, customer.name, customer.owner_id), change, command)[
        "contract"
    ]
    return RowResult(row.number, Outcome.CREATED, made)


def _customer(change: Change, named: Mapping[str, list[Named]], name: str) -> Named:
    """The customer that the row names, in the importer's data scope of customers.

    A batch is one open transaction, in which no neighbour can be asked: who is called so is looked up in the
    projection. A customer whose owner is out of the importer's scope, or who is in nobody's name, is as if he were
    not there.
    """
    actor = change.context.authenticated()
    seen = [each for each in named.get(name, ()) if reach.in_reach(change.connection, actor, "customer", each.owner_id)]
    if not seen:
        raise ExchangeOfContractsRules.no_customer_of_a_contract_is_named_so(field="customer", name=name)
    if len(seen) > 1:
        raise ExchangeOfContractsRules.several_customers_of_a_contract_are_named_so(field="customer", name=name)
    return seen[0]


def _met(change: Change, batch: Batch, row: ReadRow, there: contract_arrivals.Same) -> RowResult:
    """What becomes of a row whose contract is there already; blanks overwrite nothing."""
    if batch.policy is not DuplicatePolicy.UPDATE:
        outcome = Outcome.FAILED if batch.policy is DuplicatePolicy.FAIL else Outcome.SKIPPED
        why = ExchangeOfContractsRules.the_contract_is_there_already(field="name", number=there.number)
        return RowResult(row.number, outcome, why=why)
    command = codec.from_builtins(_told(row) | {"id": str(there.id), "version": there.version}, UpdateContract)
    update_contract(change, command)
    return RowResult(row.number, Outcome.UPDATED, there.id)


def _told(row: ReadRow) -> dict[str, Any]:
    plain = {name: value for name, value in plain_values(row).items() if name != "customer"}
    custom = custom_values(row)
    return plain | ({"custom": custom} if custom else {})
