"""People who spend, review and pay, and claims as they begin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from crm_common.context import Actor
from serving.alone import Alone, employee

SALES = UUID("0193a000-0000-7000-8000-000000000001")


def spender(name: str, department: UUID | None = SALES) -> Actor:
    """Somebody without any key: everybody claims what he spent."""
    return replace(employee(name), department_id=department)


FU = employee("fu", "expense.review", "expense.view", "payable.view", "payable.edit", "budget.edit",
              payable="ALL", expense="ALL")  # fmt: skip
CASHIER = employee("kai", "expense.pay", "expense.view", "payable.view", "payment.register",
                   expense="ALL", payable="ALL")  # fmt: skip


def line(amount: str = "100.00", **more: Any) -> dict[str, Any]:
    """What was spent for one thing."""
    return {"item": "TRAVEL", "spent_on": "2026-11-02", "amount": amount} | more


def claim(service: Alone, by: Actor, *amounts: str, **more: Any) -> dict[str, Any]:
    """A draft with a line for each amount."""
    given = {"title": "上海出差", "lines": [line(each) for each in amounts or ("100.00",)]} | more
    made: dict[str, Any] = service.call(by, "create_expense_claim", **given)["claim"]
    return made


def submitted(service: Alone, by: Actor, *amounts: str, **more: Any) -> dict[str, Any]:
    """A claim that waits for its review."""
    made = claim(service, by, *amounts, **more)
    found: dict[str, Any] = service.call(by, "submit_expense_claim", id=made["id"], version=1)["claim"]
    return found


def approved(service: Alone, by: Actor, *amounts: str, **more: Any) -> dict[str, Any]:
    """A claim that is to be paid."""
    made = submitted(service, by, *amounts, **more)
    given = {"id": made["id"], "version": made["version"], "verdict": "APPROVE"}
    found: dict[str, Any] = service.call(FU, "review_expense_claim", **given)["claim"]
    return found


def payable(service: Alone, amount: str = "1000.00", **more: Any) -> dict[str, Any]:
    """Something owed for a purchase, in the hands of Fu."""
    given = {"title": f"采购 {uuid4().hex[:4]}", "payee": "华东机电", "amount": amount, "due_on": "2026-12-20"} | more
    made: dict[str, Any] = service.call(FU, "create_payable", **given)["payable"]
    return made
