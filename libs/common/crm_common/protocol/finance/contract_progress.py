"""Carrying contracts out (CON-05, 07, 08): measured, paid, compared with the plan, settled, looked back upon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Command, Setting, given
from crm_common.protocol.finance.contracts import CARRY_OUT, SEE, ContractView
from crm_common.protocol.finance.service import VERSION_DOC, ContractId, EmployeeId, Line, Reason, Version, finance
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown

DEVIATION_PERCENT = finance.setting(
    Setting(
        "contract.deviation_percent", int, 10,
        "How many percent a contract may be off its plan before it is flagged (CON-07).", minimum=1, maximum=100,
    )
)  # fmt: skip


class ContractEntryKind(StrEnum):
    """What an entry of a contract's execution tells."""

    MEASUREMENT = "MEASUREMENT"
    """Work that was done and measured (计量)."""
    PAYMENT = "PAYMENT"
    """Money that was paid (付款)."""


@finance.view(SEE)
@dataclass(slots=True, kw_only=True)
class ContractEntryView:
    """An entry of a contract's execution; entries are only added."""

    id: UUID = shown("The id.")
    kind: ContractEntryKind = shown("What it tells.")
    day: date = shown("The day it is about.")
    amount: Decimal = shown("How much.")
    remark: str | None = shown("What was said.")
    created_by: EmployeeId | None = shown("Who entered it.")
    created_at: datetime = shown("When.")


@finance.view(SEE)
@dataclass(slots=True, kw_only=True)
class ContractMilestoneView:
    """How far a contract is to be by a day."""

    day: date = shown("The day.")
    percent: Decimal = shown("How many percent of the contract are to be done and paid by then.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractMilestone:
    """How far a contract is to be by a day."""

    day: date
    """The day."""
    percent: Decimal
    """How many percent of the contract are to be done and paid by then."""


@finance.command(needs(*CARRY_OUT.permissions, "contract.audit"), returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContractProgress(Command):
    """Enter what was measured or paid: as an amount, or in percent of what the contract is worth.

    The first entry begins the execution. Measured in all is at most what the contract is worth; paid in all at most
    that with its approved changes.
    """

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    kind: ContractEntryKind = given("What it tells.")
    day: date = given("The day it is about; not in the future.")
    amount: Decimal | None = given("How much; this or percent.", default=None)
    percent: Decimal | None = given("How much, in percent of the contract's amount.", default=None)
    remark: Line | None = given("What is said of it.", default=None)


@finance.command(CARRY_OUT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContract(Command):
    """Say how far a contract is to be by which day; it is flagged when it is off that plan (CON-07)."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    milestones: Annotated[tuple[ContractMilestone, ...], Meta(max_length=100)] = given(
        "All of them, in the order of their days; none: no plan."
    )


@finance.command(CARRY_OUT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class SettleContract(Command):
    """Close the final account (决算): the amount is what was measured with the approved changes."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    settled_amount: Decimal = given("The final account; it must be what was measured and changed.")


@finance.command(CARRY_OUT, returns={"contract": ContractView})
@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateContract(Command):
    """Look back upon a settled contract (评价): its end."""

    id: ContractId = given("The contract.")
    version: Version = given(VERSION_DOC)
    score: Annotated[int, Meta(ge=1, le=5)] = given("From 1, poor, to 5, excellent.")
    evaluation: Reason = given("What is to be learned from it.")
