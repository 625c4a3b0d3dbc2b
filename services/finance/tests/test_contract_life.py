"""A contract's life (features §3.5): every step where it is due, and refused everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.finance.contract_states import ContractAudit, ContractState
from crm_common.protocol.finance.contracts import (
    AuditContract,
    ContractLine,
    CorrectContract,
    CreateContract,
    SignContract,
    UpdateContract,
)
from finance.domain import contract as domain
from finance.domain.contract import Contract, Drawn

TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 9, tzinfo=UTC)
GIVEN = Drawn(
    id=UUID(int=1), number="HT-2026-00001", owner_id=UUID(int=2), created_by=UUID(int=2), customer_name="北方集团"
)
FILE, APPROVAL, OTHER = UUID(int=7), UUID(int=8), UUID(int=2)
DRAFT = domain.drawn_up(
    GIVEN,
    CreateContract(
        customer_id=UUID(int=3), name=" 采购  合同 ", amount=Decimal(100_000),
        lines=(ContractLine(name="设备", quantity=Decimal("1.5"), price=Decimal("33.33")),),
    ),
)  # fmt: skip
ID = DRAFT.id
SIGN = SignContract(id=ID, version=1, signed_on=TODAY, signed_files=(FILE, FILE))


def registered() -> Contract:
    return domain.registered(DRAFT, TODAY, (FILE,), "DA-2026-00001", TODAY)


def returned() -> Contract:
    command = AuditContract(id=ID, version=1, confirm=False, reason="金额不符")
    return domain.audited(registered(), command, UUID(int=9), NOW)


def refusal(step: Callable[[], object]) -> tuple[Code, str, str | None]:
    with pytest.raises(CrmError) as refused:
        step()
    return refused.value.code, refused.value.rule, refused.value.field


STEPS: dict[str, tuple[Callable[[Contract], Contract], set[ContractState]]] = {
    "update": (lambda c: domain.edited(c, UpdateContract(id=ID, version=1, name="新")), {ContractState.DRAFT}),
    "delete": (lambda c: domain.deleted(c, 1), {ContractState.DRAFT}),
    "void": (lambda c: domain.voided(c, 1, "不做了"), {ContractState.DRAFT}),
    "submit": (lambda c: domain.submitted(c, 1, by=OTHER), {ContractState.DRAFT}),
    "sign": (lambda c: domain.signed(c, SIGN, "DA-2026-00001", TODAY), {ContractState.APPROVED}),
    "terminate": (lambda c: domain.terminated(c, 1, "违约"), {ContractState.SIGNED, ContractState.EXECUTING}),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", ContractState)
def test_3_5_each_step_is_refused_where_it_is_not_due(step: str, state: ContractState) -> None:
    take, due = STEPS[step]
    contract = replace(DRAFT, state=state)
    if state in due:
        take(contract)
    else:
        assert refusal(lambda: take(contract)) == (Code.BAD_STATE, "a_contract_is_not_in_that_state", "id")


@pytest.mark.parametrize("step", STEPS)
def test_each_step_asks_for_the_version_that_was_seen(step: str) -> None:
    take, due = STEPS[step]
    contract = replace(DRAFT, state=min(due), version=2)
    assert refusal(lambda: take(contract))[0] is Code.CONFLICT


def test_con_01_a_draft_takes_its_customer_as_the_other_side_and_cleans_its_name() -> None:
    assert (DRAFT.state, DRAFT.name, DRAFT.counterparty) == (ContractState.DRAFT, "采购 合同", "北方集团")
    assert domain.line_amount(DRAFT.lines[0]) == Decimal("50.00")
    assert domain.changed(None, DRAFT)["amount"] == (None, "100000.00")


def test_con_04_a_contract_is_signed_with_a_file_and_not_in_the_future() -> None:
    approved = replace(DRAFT, state=ContractState.APPROVED)
    signed = domain.signed(approved, SIGN, "DA-2026-00001", TODAY)
    assert (signed.state, signed.signed_files, signed.audit) == (ContractState.SIGNED, (FILE,), None)
    bare, late = replace(SIGN, signed_files=()), replace(SIGN, signed_on=date(2026, 11, 24))
    assert refusal(lambda: domain.signed(approved, bare, "x", TODAY)) == (
        Code.VALIDATION, "a_signed_file_is_needed", "signed_files",
    )  # fmt: skip
    assert refusal(lambda: domain.signed(approved, late, "x", TODAY)) == (
        Code.VALIDATION, "a_contract_is_not_signed_in_the_future", "signed_on",
    )  # fmt: skip


def test_con_03_only_the_approval_it_waits_for_decides() -> None:
    waiting = domain.submitted(DRAFT, 1, by=OTHER)
    assert (waiting.state, waiting.submissions) == (ContractState.IN_APPROVAL, 1)
    assert domain.approved(waiting, APPROVAL) == waiting
    known = domain.approval_begun(waiting, APPROVAL)
    assert domain.approval_begun(known, UUID(int=99)) == known
    assert domain.approved(known, UUID(int=99)) == known
    approved = domain.approved(known, APPROVAL)
    assert approved.state is ContractState.APPROVED
    assert domain.approved(approved, APPROVAL) == approved
    assert domain.refused(approved, APPROVAL, "x") == approved
    refused = domain.refused(known, APPROVAL, "条款不清")
    assert (refused.state, refused.state_reason) == (ContractState.DRAFT, "条款不清")
    assert domain.submitted(refused, 1, by=OTHER).state_reason is None


def test_fin_12_finance_confirms_or_gives_back_with_a_reason() -> None:
    contract, by = registered(), UUID(int=9)
    assert (contract.state, contract.audit, contract.is_registered) == (
        ContractState.SIGNED, ContractAudit.PENDING, True,
    )  # fmt: skip
    confirm = AuditContract(id=ID, version=1, confirm=True)
    confirmed = domain.audited(contract, confirm, by, NOW)
    assert (confirmed.audit, confirmed.audited_by, confirmed.audited_at) == (ContractAudit.CONFIRMED, by, NOW)
    assert refusal(lambda: domain.audited(confirmed, confirm, by, NOW))[0] is Code.BAD_STATE
    assert refusal(lambda: domain.audited(contract, confirm, UUID(int=2), NOW))[0] is Code.FORBIDDEN
    silent = AuditContract(id=ID, version=1, confirm=False, reason="  ")
    assert refusal(lambda: domain.audited(contract, silent, by, NOW)) == (
        Code.VALIDATION, "a_return_has_a_reason", "reason",
    )  # fmt: skip
    assert (returned().audit, returned().audit_reason) == (ContractAudit.RETURNED, "金额不符")


def test_fin_12_what_finance_gave_back_is_corrected_and_audited_again() -> None:
    correct = CorrectContract(id=ID, version=1, amount=Decimal(90_000))
    after = domain.corrected(returned(), correct, TODAY)
    assert (after.amount, after.audit, after.signed_files) == (Decimal("90000.00"), ContractAudit.PENDING, (FILE,))
    assert refusal(lambda: domain.corrected(registered(), correct, TODAY)) == (
        Code.BAD_STATE, "only_a_returned_contract_is_corrected", "id",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"name": "   "}, "a_contract_has_a_name", "name"),
        ({"amount": Decimal("-0.01")}, "a_contract_is_worth_an_amount", "amount"),
        ({"amount": Decimal("0.001")}, "a_contract_is_worth_an_amount", "amount"),
        ({"amount": Decimal("NaN")}, "a_contract_is_worth_an_amount", "amount"),
        ({"starts_on": TODAY, "ends_on": date(2026, 11, 22)}, "a_contract_ends_after_it_begins", "ends_on"),
        (
            {"lines": (ContractLine(name="x", quantity=Decimal(0), price=Decimal(1)),)},
            "a_product_line_has_a_quantity",
            "lines.0.quantity",
        ),
        (
            {"lines": (ContractLine(name="x", quantity=Decimal(1), price=Decimal("0.001")),)},
            "a_contract_is_worth_an_amount",
            "lines.0.price",
        ),
    ],
)
def test_a_contract_that_says_nonsense_is_refused(given: dict[str, object], rule: str, field: str) -> None:
    command = UpdateContract(id=ID, version=1, **given)  # type: ignore[arg-type]
    assert refusal(lambda: domain.edited(DRAFT, command)) == (Code.VALIDATION, rule, field)
