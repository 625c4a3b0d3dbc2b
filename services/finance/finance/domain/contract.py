"""A contract's life (features §3.5): pure functions (contract, command) → contract, refused where it is not due."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.editing import chosen, difference, expect_version
from crm_common.money import is_amount, rounded
from crm_common.protocol.declare import Changes
from crm_common.protocol.finance.contract_rules import ContractRules
from crm_common.protocol.finance.contract_states import ContractAudit, ContractState
from crm_common.protocol.finance.contracts import (
    AuditContract,
    ContractEdit,
    ContractLine,
    CorrectContract,
    NewContract,
    SignContract,
)

TEXTS = ("our_party", "counterparty", "payment_terms", "remark", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract. ``submissions`` counts how often it was sent into approval."""

    id: UUID
    number: str
    name: str
    state: ContractState
    state_reason: str | None = None
    customer_id: UUID
    owner_id: UUID
    our_party: str | None
    counterparty: str | None
    amount: Decimal
    currency: str
    starts_on: date | None
    ends_on: date | None
    payment_terms: str | None
    remark: str | None
    body: str | None
    is_registered: bool = False
    signed_on: date | None = None
    signed_files: tuple[UUID, ...] = ()
    archive_number: str | None = None
    audit: ContractAudit | None = None
    audit_reason: str | None = None
    audited_by: UUID | None = None
    audited_at: datetime | None = None
    approval_id: UUID | None = None
    revision: int = 1
    changed_amount: Decimal = Decimal("0.00")
    measured_amount: Decimal = Decimal("0.00")
    paid_amount: Decimal = Decimal("0.00")
    planned_percent: Decimal | None = None
    is_deviating: bool = False
    settled_amount: Decimal | None = None
    settled_at: datetime | None = None
    score: int | None = None
    evaluation: str | None = None
    submissions: int = 0
    submitted_by: UUID | None = None
    created_by: UUID | None
    custom: dict[str, Any] = field(default_factory=dict)
    lines: tuple[ContractLine, ...] = ()
    version: int = field(default=1, compare=False)


COLUMNS = tuple(each.name for each in fields(Contract) if each.name not in ("lines", "version"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a new contract is given beside its command."""

    id: UUID
    number: str
    owner_id: UUID
    created_by: UUID | None
    customer_name: str


def drawn_up(given: Drawn, command: NewContract) -> Contract:
    """A new draft."""
    texts: dict[str, Any] = {name: getattr(command, name) for name in TEXTS}
    texts["counterparty"] = texts["counterparty"] or given.customer_name
    return _checked(
        Contract(
            id=given.id,
            number=given.number,
            name=command.name,
            state=ContractState.DRAFT,
            customer_id=command.customer_id,
            owner_id=given.owner_id,
            amount=command.amount,
            currency=command.currency,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            created_by=given.created_by,
            lines=command.lines,
            **texts,
        )
    )


def numbered(contract: Contract, number: str) -> Contract:
    """The contract under its number."""
    return replace(contract, number=number)


def edited(contract: Contract, command: ContractEdit) -> Contract:
    """A draft in other words."""
    expect_version(contract.version, command.version)
    expect_state(contract, ContractState.DRAFT)
    return _said(contract, command)


def deleted(contract: Contract, version: int) -> Contract:
    """A draft that may be deleted."""
    expect_version(contract.version, version)
    expect_state(contract, ContractState.DRAFT)
    return contract


def voided(contract: Contract, version: int, reason: str) -> Contract:
    """A draft that came to nothing."""
    expect_version(contract.version, version)
    expect_state(contract, ContractState.DRAFT)
    return replace(contract, state=ContractState.VOID, state_reason=reason.strip())


def submitted(contract: Contract, version: int, *, by: UUID, resumed: UUID | None = None) -> Contract:
    """A draft that waits for its approval; ``resumed`` is the one that was returned and goes on."""
    expect_version(contract.version, version)
    expect_state(contract, ContractState.DRAFT)
    return replace(
        contract,
        state=ContractState.IN_APPROVAL,
        state_reason=None,
        approval_id=resumed,
        submissions=contract.submissions + 1,
        submitted_by=by,
    )


def approval_begun(contract: Contract, approval_id: UUID) -> Contract:
    """The contract knows which approval it waits for; as it was where it waits for none, or another."""
    if contract.state is not ContractState.IN_APPROVAL or contract.approval_id is not None:
        return contract
    return replace(contract, approval_id=approval_id)


def approved(contract: Contract, approval_id: UUID) -> Contract:
    """The contract after its approval; as it was where it does not wait for this one."""
    if not waits_for(contract, approval_id):
        return contract
    return replace(contract, state=ContractState.APPROVED)


def refused(contract: Contract, approval_id: UUID | None, reason: str | None) -> Contract:
    """A draft again; as it was where it does not wait for this approval (None: for one that could not begin)."""
    if not waits_for(contract, approval_id):
        return contract
    return replace(contract, state=ContractState.DRAFT, state_reason=reason)


def waits_for(contract: Contract, approval_id: UUID | None) -> bool:
    """Whether it is in this approval."""
    return contract.state is ContractState.IN_APPROVAL and contract.approval_id == approval_id


def signed(contract: Contract, command: SignContract, archive_number: str, today: date) -> Contract:
    """An approved contract that was signed."""
    expect_version(contract.version, command.version)
    expect_state(contract, ContractState.APPROVED)
    return _archived(contract, command.signed_on, command.signed_files, archive_number, today)


def registered(
    contract: Contract, signed_on: date, files: tuple[UUID, ...], archive_number: str, today: date
) -> Contract:
    """A contract that was signed offline: finance audits it (FIN-12)."""
    archived = _archived(contract, signed_on, files, archive_number, today)
    return replace(archived, is_registered=True, audit=ContractAudit.PENDING)


def corrected(contract: Contract, command: CorrectContract, today: date) -> Contract:
    """A registered contract in other words, after finance gave it back."""
    expect_version(contract.version, command.version)
    if contract.state is not ContractState.SIGNED or contract.audit is not ContractAudit.RETURNED:
        raise ContractRules.only_a_returned_contract_is_corrected(field="id")
    assert contract.signed_on is not None  # it is signed
    after = _said(contract, command)
    signed_on = chosen(command.signed_on, contract.signed_on)
    files = chosen(command.signed_files, contract.signed_files)
    _check_signature(signed_on, files, today)
    audit, revision = ContractAudit.PENDING, contract.revision + 1
    return replace(after, signed_on=signed_on, signed_files=_once(files), audit=audit, revision=revision)


def audited(contract: Contract, command: AuditContract, by: UUID, now: datetime) -> Contract:
    """What finance says of a registered contract; whoever registered it is not asked."""
    expect_version(contract.version, command.version)
    if contract.audit is not ContractAudit.PENDING:
        raise ContractRules.only_a_registered_contract_is_audited(field="id")
    if by in (contract.created_by, contract.owner_id):
        raise ContractRules.who_registered_a_contract_does_not_audit_it(field="id")
    reason = (command.reason or "").strip() or None
    if not command.confirm and reason is None:
        raise ContractRules.a_return_has_a_reason(field="reason")
    audit = ContractAudit.CONFIRMED if command.confirm else ContractAudit.RETURNED
    return replace(contract, audit=audit, audit_reason=reason, audited_by=by, audited_at=now)


def terminated(contract: Contract, version: int, reason: str) -> Contract:
    """A signed contract that was ended before its time."""
    expect_version(contract.version, version)
    expect_state(contract, ContractState.SIGNED, ContractState.EXECUTING)
    return replace(contract, state=ContractState.TERMINATED, state_reason=reason.strip())


def handed_over(contract: Contract, owner_id: UUID) -> Contract:
    """The contract in another name."""
    return replace(contract, owner_id=owner_id)


def changed(before: Contract | None, after: Contract) -> Changes:
    """What the event tells, complete."""
    changes = difference(before, after, without=("id", "lines", "custom", "version", "submissions"))
    told = {name: tuple(str(each) if isinstance(each, Decimal) else each for each in pair)
            for name, pair in changes.items()}  # fmt: skip
    products = [None if each is None else [_line(line) for line in each.lines] for each in (before, after)]
    if (products[0] or []) != products[1]:
        told["lines"] = (products[0], products[1])
    return told  # type: ignore[return-value]


def line_amount(line: ContractLine) -> Decimal:
    """Quantity times price, to the cent."""
    return rounded(line.quantity * line.price)


def expect_state(contract: Contract, *states: ContractState) -> None:
    """``BAD_STATE`` for a contract that stands elsewhere."""
    if contract.state not in states:
        raise ContractRules.a_contract_is_not_in_that_state(field="id", state=contract.state.value)


def _said(contract: Contract, command: ContractEdit) -> Contract:
    names = ("name", "amount", "currency", "starts_on", "ends_on", *TEXTS)
    said: dict[str, Any] = {name: chosen(getattr(command, name), getattr(contract, name)) for name in names}
    lines = contract.lines if command.lines is UNSET else command.lines
    return _checked(replace(contract, lines=lines, **said))


def _archived(
    contract: Contract, signed_on: date, files: tuple[UUID, ...], archive_number: str, today: date
) -> Contract:
    _check_signature(signed_on, files, today)
    return replace(
        contract,
        state=ContractState.SIGNED,
        state_reason=None,
        signed_on=signed_on,
        signed_files=_once(files),
        archive_number=archive_number,
    )


def _check_signature(signed_on: date, files: tuple[UUID, ...], today: date) -> None:
    if not files:
        raise ContractRules.a_signed_file_is_needed(field="signed_files")
    if signed_on > today:
        raise ContractRules.a_contract_is_not_signed_in_the_future(field="signed_on")


def _once(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


def _checked(contract: Contract) -> Contract:
    texts: dict[str, Any] = {name: (getattr(contract, name) or "").strip() or None for name in TEXTS}
    name = " ".join(contract.name.split())
    if not name:
        raise ContractRules.a_contract_has_a_name(field="name")
    if not is_amount(contract.amount):
        raise ContractRules.a_contract_is_worth_an_amount(field="amount")
    if contract.starts_on and contract.ends_on and contract.ends_on < contract.starts_on:
        raise ContractRules.a_contract_ends_after_it_begins(field="ends_on")
    for place, line in enumerate(contract.lines):
        _check_line(line, f"lines.{place}")
    return replace(contract, name=name, amount=rounded(contract.amount), **texts)


def _check_line(line: ContractLine, field_name: str) -> None:
    if (
        not line.quantity.is_finite()
        or line.quantity <= 0
        or line.quantity != line.quantity.quantize(Decimal("0.0001"))
    ):
        raise ContractRules.a_product_line_has_a_quantity(field=f"{field_name}.quantity")
    if not is_amount(line.price) or not is_amount(line_amount(line)):
        raise ContractRules.a_contract_is_worth_an_amount(field=f"{field_name}.price")


def _line(line: ContractLine) -> dict[str, Any]:
    kept = asdict(line)
    kept |= {"product_id": str(line.product_id) if line.product_id else None}
    return kept | {"quantity": str(line.quantity), "price": str(line.price)}
