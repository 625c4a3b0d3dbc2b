"""Receipt plans (FIN-05)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.protocol.finance.receipt_plans import ReceiptPlanChanged, SetReceiptPlan
from finance.domain import receipt_plan as domain
from finance.store import receivables as store
from finance.usecases import money_access, periods


def set_receipt_plan(change: Change, command: SetReceiptPlan) -> dict[str, Any]:
    """In these instalments something is to be paid."""
    actor = change.context.authenticated()
    section = "receivable" if actor.may("receivable.edit") else "receipt"
    of = money_access.receivable(change, command.receivable_id, section, field="receivable_id")
    plan = domain.planned(of, command.version, command.instalments, change.new_id)
    periods.expect_open(change, of.arose_on)
    before = store.plan(change.connection, of.id)
    store.set_plan(change.connection, of.id, plan, change.now)
    changes = {"instalments": (domain.told(before), domain.told(plan))}
    change.record(
        ReceiptPlanChanged(receivable_id=of.id, customer_id=of.customer_id, owner_id=of.owner_id, changes=changes)
    )
    return {"receipt_plans": [each.id for each in plan], "receivable": of.id}
