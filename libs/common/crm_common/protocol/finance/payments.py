"""Payments and payment plans (付款管理、付款计划, FIN-09): what is to be paid when, and what the cashier paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.finance.payables import EDIT_PAYABLES, SEE_PAYABLES, PayableId, PayableView
from crm_common.protocol.finance.service import VERSION_DOC, DocumentId, EmployeeId, Version, finance
from crm_common.protocol.finance.spending import Documents, PaymentMethod, Reference
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

REGISTER_PAYMENT = needs("payment.register")
MOST_INSTALMENTS = 60


class PaymentRules(Rules):
    """Refusals about payments and their plans."""

    no_more_is_paid_than_owed = Rule(
        Code.VALIDATION, en="Only {open} are still owed.", zh="付款金额超过未付余额 {open}。"
    )
    a_payment_plan_stays_within_what_is_owed = Rule(
        Code.VALIDATION, en="The plan adds up to more than the {amount} owed.", zh="付款计划合计超过应付金额 {amount}。"
    )


@finance.view(SEE_PAYABLES)
@dataclass(slots=True, kw_only=True)
class PaymentView:
    """Money that was paid. It is never changed."""

    id: UUID = shown("The id.")
    payable_id: PayableId = shown("What it was paid for.", filterable=True)
    payable: PayableView | None = child("The same, as a record.")
    amount: Decimal = shown("How much.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    paid_on: date = shown("On which day.", filterable=True, sortable=True)
    method: PaymentMethod = shown("How.", filterable=True)
    reference: str | None = shown("The number of the transfer or cheque.", filterable=True)
    document_ids: list[DocumentId] = shown("The vouchers' files.")
    owner_id: EmployeeId = shown("Who is in charge of what it was paid for.", filterable=True)
    registered_by: EmployeeId = shown("Who registered it.", filterable=True)
    created_at: datetime = shown("When it was registered.", filterable=True, sortable=True)


@finance.view(SEE_PAYABLES)
@dataclass(slots=True, kw_only=True)
class PaymentPlanView:
    """An instalment: how much of a payable is to be paid by when."""

    id: UUID = shown("The id.")
    payable_id: PayableId = shown("What is to be paid.", filterable=True)
    payable: PayableView | None = child("The same, as a record.")
    place: int = shown("Its place among the payable's instalments, from 1.")
    due_on: date = shown("By which day.", filterable=True, sortable=True)
    amount: Decimal = shown("How much.", filterable=True, sortable=True)
    open_amount: Decimal = shown("How much of it is still to be paid; payments count to the earliest first.",
                                 filterable=True)  # fmt: skip
    currency: str = shown("In which currency.", filterable=True)
    owner_id: EmployeeId = shown("Who is in charge of what is to be paid.", filterable=True)


@finance.query(SEE_PAYABLES, returns=PaymentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Payments(ListQuery):
    """Payments in the viewer's data scope of payables, latest first."""


@finance.query(SEE_PAYABLES, returns=PaymentView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsByIds(GetQuery):
    """Payments by id."""


@finance.query(SEE_PAYABLES, returns=PaymentPlanView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPlans(ListQuery):
    """Instalments to be paid, in the viewer's data scope of payables, the earliest first."""


@finance.query(SEE_PAYABLES, returns=PaymentPlanView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPlansByIds(GetQuery):
    """Instalments by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentGiven:
    """How much is to be paid by when."""

    due_on: date
    """By which day."""
    amount: Decimal
    """How much."""


@finance.command(EDIT_PAYABLES, returns={"payable": PayableView, "plan": list[PaymentPlanView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetPaymentPlan(Command):
    """Say in which instalments a payable is to be paid, instead of any plan before."""

    payable_id: PayableId = given("The payable.")
    version: Version = given("The version of the payable that the editor saw; else CONFLICT.")
    instalments: Annotated[tuple[InstalmentGiven, ...], Meta(max_length=MOST_INSTALMENTS)] = given("The instalments.")


@finance.command(REGISTER_PAYMENT, returns={"payment": PaymentView, "payable": PayableView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPayment(Command):
    """Register that some or all of a payable was paid."""

    payable_id: PayableId = given("The payable.")
    version: Version | None = given(VERSION_DOC, default=None)
    amount: Decimal = given("How much; at most what is still owed.")
    paid_on: date = given("On which day.")
    method: PaymentMethod = given("How.", default=PaymentMethod.BANK)
    reference: Reference | None = given("The number of the transfer or cheque.", default=None)
    document_ids: Documents = given("The vouchers' files.", default=())


@finance.event("payment.registered", subject="payment_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRegistered(Event):
    """Money was paid."""

    payment_id: UUID
    payable_id: UUID
    claim_id: UUID | None
    owner_id: UUID
    amount: Decimal
    currency: str
    paid_on: date
    method: PaymentMethod
    registered_by: UUID


@finance.event("payment_plan.set", subject="payable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPlanSet(Event):
    """It was said in which instalments something is to be paid."""

    payable_id: UUID
    owner_id: UUID
    changes: Changes
