"""Receipt plans (FIN-05): instalments that together are at most what is owed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import expect_version
from crm_common.ids import Ids
from crm_common.protocol.finance import receipt_plans as protocol
from crm_common.protocol.finance.receipt_plans import ReceiptPlanRules
from crm_common.protocol.finance.spending import expect_amount
from finance.domain.receivable import NOTHING, UNPAID, Receivable


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """An instalment; ``planned_before`` is what those before it come to."""

    id: UUID
    number: int
    due_on: date
    amount: Decimal
    planned_before: Decimal
    remark: str | None


def planned(of: Receivable, version: int, given: Sequence[protocol.Instalment], new_id: Ids) -> list[Instalment]:
    """The instalments in the order of their days."""
    if of.state not in UNPAID:
        raise ReceiptPlanRules.a_plan_is_for_what_is_open(field="receivable_id", state=of.state.value)
    expect_version(of.version, version)
    for place, each in enumerate(given):
        expect_amount(each.amount, f"instalments.{place}.amount")
    total = sum((each.amount for each in given), NOTHING)
    if total > of.amount:
        raise ReceiptPlanRules.a_plan_is_at_most_what_is_owed(
            field="instalments", sum=str(total), amount=str(of.amount)
        )
    plan: list[Instalment] = []
    before = NOTHING
    for number, each in enumerate(sorted(given, key=lambda one: one.due_on), start=1):
        plan.append(
            Instalment(
                id=new_id(), number=number, due_on=each.due_on, amount=each.amount, planned_before=before,
                remark=each.remark,
            )
        )  # fmt: skip
        before += each.amount
    return plan


def told(plan: Sequence[Instalment]) -> list[dict[str, Any]]:
    """The instalments as the event tells them."""
    return [{"due_on": each.due_on.isoformat(), "amount": str(each.amount)} for each in plan]
