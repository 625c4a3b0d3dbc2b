"""Commands about payments and payment plans (FIN-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.editing import difference, expect_version
from crm_common.protocol.finance.payables import PayablePaid
from crm_common.protocol.finance.payments import PaymentPlanSet, PaymentRegistered, RegisterPayment, SetPaymentPlan
from crm_common.protocol.finance.spending import PaymentMethod
from finance.domain import payable as domain
from finance.domain.payable import Payable, Payment
from finance.store import payables as store
from finance.store.payables import PAYABLES, PAYMENTS
from finance.usecases import periods
from finance.usecases.payables import reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a cashier says of a payment."""

    amount: Decimal
    paid_on: date
    method: PaymentMethod
    reference: str | None
    document_ids: tuple[UUID, ...] = ()


def register_payment(change: Change, command: RegisterPayment) -> dict[str, Any]:
    """Some or all of a payable was paid."""
    owed = reached(change, command.payable_id, field="payable_id")
    domain.expect_own(owed, field="payable_id")
    if command.version is not None:
        expect_version(owed.version, command.version)
    paid = Paid(
        amount=command.amount, paid_on=command.paid_on, method=command.method, reference=command.reference,
        document_ids=command.document_ids,
    )  # fmt: skip
    return {"payment": pay(change, owed, paid).id, "payable": owed.id}


def pay(change: Change, owed: Payable, paid: Paid) -> Payment:
    """The payment of a payable that is locked, in the caller's name."""
    payment = Payment(
        id=change.new_id(), payable_id=owed.id, amount=paid.amount, currency=owed.currency, paid_on=paid.paid_on,
        method=paid.method, reference=paid.reference, document_ids=paid.document_ids, owner_id=owed.owner_id,
        registered_by=change.context.authenticated().id,
    )  # fmt: skip
    after = domain.paid(owed, payment, today(change))
    periods.expect_open(change, payment.paid_on, field="paid_on")
    PAYABLES.save(change.connection, after, change.now)
    PAYMENTS.insert(change.connection, payment, change.now)
    names = ("payable_id", "owner_id", "amount", "currency", "paid_on", "method", "registered_by")
    told: dict[str, Any] = {name: getattr(payment, name) for name in names}
    change.record(PaymentRegistered(payment_id=payment.id, claim_id=owed.claim_id, **told))
    change.record(PayablePaid(**domain.told(after), changes=difference(owed, after)))
    return payment


def set_payment_plan(change: Change, command: SetPaymentPlan) -> dict[str, Any]:
    """The instalments of a payable."""
    owed = reached(change, command.payable_id, field="payable_id")
    domain.expect_own(owed, field="payable_id")
    domain.expect_plan(owed, command.version, command.instalments)
    before = store.plan(change.connection, owed.id)
    wanted = sorted((each.due_on, each.amount) for each in command.instalments)
    ids = store.replace_plan(change.connection, owed, wanted, change.new_id)
    after = store.plan(change.connection, owed.id)
    change.record(PaymentPlanSet(payable_id=owed.id, owner_id=owed.owner_id, changes={"instalments": (before, after)}))
    return {"payable": owed.id, "plan": ids}
