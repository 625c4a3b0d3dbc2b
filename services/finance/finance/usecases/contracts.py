"""Commands about contracts (CON-01, 04; FIN-12)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.protocol.declare import Changes
from crm_common.protocol.finance import contracts_events as told
from crm_common.protocol.finance.contract_rules import ContractRules
from crm_common.protocol.finance.contracts import (
    AuditContract,
    CorrectContract,
    CreateContract,
    DeleteContract,
    NewContract,
    RegisterSignedContract,
    SignContract,
    TerminateContract,
    UpdateContract,
    VoidContract,
)
from finance.adapters.customers import KnownCustomer
from finance.domain import contract as domain
from finance.domain.contract import Contract, Drawn
from finance.store import contract_execution as execution
from finance.store import contracts
from finance.usecases import contract_access as access
from finance.usecases import contract_custom
from finance.usecases import contract_told as write
from finance.usecases.contract_custom import Custom

NUMBERS, ARCHIVE = "HT", "DA"
"""What the numbers of contracts (合同) and of the archive (档案) begin with."""


def create_contract(customer: KnownCustomer, change: Change, command: CreateContract) -> dict[str, Any]:
    """A new draft."""
    made, custom = _drawn_up(customer, change, command, change.new_id())
    contracts.insert(change.connection, made, change.now)
    custom.index(change, made.id)
    change.record(write.sales_record(change, told.ContractCreated, None, made, custom=custom.changes))
    return {"contract": made.id}


def register_signed_contract(
    customer: KnownCustomer, contract_id: UUID, change: Change, command: RegisterSignedContract
) -> dict[str, Any]:
    """A contract that was signed offline: in the archive at once."""
    drawn, custom = _drawn_up(customer, change, command, contract_id)
    day = today(change)
    signed = partial(domain.registered, drawn, command.signed_on, command.signed_files, today=day)
    made = signed(archive_number=contracts.next_number(change.connection, ARCHIVE, day.year))
    contracts.insert(change.connection, made, change.now)
    custom.index(change, made.id)
    _archive(change, None, made, custom=custom.changes)
    return {"contract": made.id}


def update_contract(change: Change, command: UpdateContract) -> dict[str, Any]:
    """A draft in other words."""
    before = access.visible(change, command.id)
    custom = contract_custom.edited(change, before, command.custom)
    after = custom.kept_in(domain.edited(before, command))
    if after != before:
        write.save(change, before, after, told.ContractUpdated, custom=custom.changes)
        custom.index(change, after.id)
    return {"contract": after.id}


def delete_contract(change: Change, command: DeleteContract) -> dict[str, Any]:
    """A draft is gone."""
    found = domain.deleted(access.visible(change, command.id), command.version)
    contracts.delete(change.connection, found.id, change.now)
    change.record(write.event(told.ContractDeleted, found, found))
    return {"deleted": True}


def void_contract(change: Change, command: VoidContract) -> dict[str, Any]:
    """A draft came to nothing."""
    before = access.own(change, command.id)
    after = domain.voided(before, command.version, command.reason)
    write.save(change, before, after, told.ContractVoided, reason=command.reason)
    return {"contract": after.id}


def sign_contract(change: Change, command: SignContract) -> dict[str, Any]:
    """An approved contract was signed: in the archive at once."""
    before, day = access.own(change, command.id, "contract.archive"), today(change)
    number = contracts.next_number(change.connection, ARCHIVE, day.year)
    after = domain.signed(before, command, number, day)
    contracts.save(change.connection, after, change.now)
    _archive(change, before, after)
    return {"contract": after.id}


def correct_contract(change: Change, command: CorrectContract) -> dict[str, Any]:
    """A registered contract that finance gave back, in other words."""
    before = access.own(change, command.id)
    custom = contract_custom.edited(change, before, command.custom)
    after = custom.kept_in(domain.corrected(before, command, today(change)))
    write.save(change, before, after, told.ContractCorrected, custom=custom.changes)
    custom.index(change, after.id)
    execution.add_version(change.connection, after, change_id=None, now=change.now)
    return {"contract": after.id}


def audit_contract(change: Change, command: AuditContract) -> dict[str, Any]:
    """What finance says of a registered contract (FIN-12)."""
    before = access.visible(change, command.id)
    after = domain.audited(before, command, change.context.authenticated().id, change.now)
    assert after.audit is not None
    said = {"audit": after.audit, "reason": after.audit_reason, "created_by": after.created_by}
    write.save(change, before, after, told.ContractAudited, **said)
    return {"contract": after.id}


def terminate_contract(change: Change, command: TerminateContract) -> dict[str, Any]:
    """A signed contract ends before its time."""
    before = access.visible(change, command.id)
    after = domain.terminated(before, command.version, command.reason)
    write.save(change, before, after, told.ContractTerminated, reason=command.reason)
    return {"contract": after.id}


def _drawn_up(
    customer: KnownCustomer, change: Change, command: NewContract, contract_id: UUID
) -> tuple[Contract, Custom]:
    if customer.owner_id is None:
        raise ContractRules.a_contract_is_made_with_an_owned_customer(field="customer_id")
    given = Drawn(
        id=contract_id,
        number="",
        owner_id=access.owner_of(change, command.owner_id),
        created_by=_by(change),
        customer_name=customer.name,
    )
    custom = contract_custom.given(change, command.custom)
    checked = custom.kept_in(domain.drawn_up(given, command))
    number = contracts.next_number(change.connection, NUMBERS, today(change).year)
    return domain.numbered(checked, number), custom


def _by(change: Change) -> UUID:
    return change.context.authenticated().id


def _archive(change: Change, before: Contract | None, after: Contract, *, custom: Changes | None = None) -> None:
    assert after.archive_number is not None
    contracts.archive(change.connection, change.new_id(), after, by=_by(change), now=change.now)
    execution.add_version(change.connection, after, change_id=None, now=change.now)
    signature = {"signed_on": after.signed_on, "signed_files": after.signed_files}
    change.record(
        write.sales_record(
            change, told.ContractSigned, before, after, is_registered=after.is_registered, custom=custom, **signature
        ),
        write.event(told.ContractArchived, after, after, archive_number=after.archive_number),
    )
