"""Receipt plans (回款计划, FIN-05): in which instalments something owed is to be paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.finance.receivables import OrderId, ReceivableId, ReceivableView
from crm_common.protocol.finance.service import VERSION_DOC, EmployeeId, Version, finance
from crm_common.protocol.finance.spending import Remark
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

SEE_PLANS = needs("receivable.view", "receivable.edit", "receipt.create")


class ReceiptPlanRules(Rules):
    """What is refused about plans."""

    a_plan_is_at_most_what_is_owed = Rule(
        Code.VALIDATION,
        en="The instalments come to {sum}, but only {amount} is owed.",
        zh="回款计划合计 {sum}，超过应收金额 {amount}。",
    )
    a_plan_is_for_what_is_open = Rule(
        Code.BAD_STATE,
        en="Nothing of this is open any more ({state}).",
        zh="该应收款已关闭（{state}），不能制定回款计划。",
    )


@finance.view(SEE_PLANS)
@dataclass(slots=True, kw_only=True)
class ReceiptPlanView:
    """An instalment; seen by whose data scope of receipts holds the owner of what it is of."""

    id: UUID = shown("The id.", filterable=True)
    receivable_id: ReceivableId = shown("Of what.", filterable=True)
    order_id: OrderId | None = shown("Of which order.", filterable=True)
    customer_id: Annotated[UUID, Ref("Customer", record="customer")] = shown("Who is to pay.", filterable=True)
    customer_name: str | None = shown("His name, as this service knows it.")
    owner_id: EmployeeId = shown("Who sees to it.", filterable=True)
    number: int = shown("Counts the instalments from 1.")
    due_on: date = shown("Until when.", filterable=True, sortable=True)
    amount: Decimal = shown("How much.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    is_paid: bool = shown("Whether what was received covers it and those before it.", filterable=True)
    remark: str | None = shown("A remark.")
    created_at: datetime = shown("When it was planned.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """An instalment to come."""

    due_on: date = given("Until when.")
    amount: Decimal = given("How much, in the currency of what is owed.")
    remark: Remark | None = given("A remark.", default=None)


@finance.query(SEE_PLANS, returns=ReceiptPlanView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPlans(ListQuery):
    """Instalments in the viewer's data scope, first what is due first."""


@finance.query(SEE_PLANS, returns=ReceiptPlanView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPlansByIds(GetQuery):
    """Instalments by id."""


@finance.query(SEE_PLANS, returns=ReceiptPlanView)
@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingReceiptPlans(ListQuery):
    """Instalments in the viewer's data scope that are not paid and due within a week, or were before."""


@finance.command(
    needs("receivable.edit", "receipt.create"),
    returns={"receipt_plans": list[ReceiptPlanView], "receivable": ReceivableView},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SetReceiptPlan(Command):
    """Say, as a whole, in which instalments something is to be paid; none: no plan. By finance or the owner."""

    receivable_id: ReceivableId = given("What is owed.")
    version: Version = given(VERSION_DOC)
    instalments: Annotated[tuple[Instalment, ...], Meta(max_length=60)] = given(
        "The instalments; together at most what is owed."
    )


@finance.event("receipt_plan.changed", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPlanChanged(Event):
    """Something owed is to be paid in other instalments."""

    receivable_id: UUID
    customer_id: UUID
    owner_id: UUID
    changes: Changes = field(default_factory=dict)
