"""Receipts: entered by sellers, decided about by finance (FIN-03, 04). The receivable's lock comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.protocol.finance import receivables_events as told
from crm_common.protocol.finance.receipts import (
    ConfirmReceipt,
    CreateReceipt,
    ReceiptRules,
    RejectReceipt,
    ReverseReceipt,
    UpdateReceipt,
)
from crm_common.protocol.finance.refunds import RefundRules
from finance.adapters.customers import KnownCustomer
from finance.domain import receipt as domain
from finance.domain import receivable as receivables
from finance.domain.receipt import Receipt
from finance.domain.receivable import Receivable
from finance.store import settling
from finance.store.receivables import RECEIPTS
from finance.usecases import money_access, periods
from finance.usecases.receivables import keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of others before a receipt is entered: who pays without owing, and the voucher's checksum."""

    receipt_id: UUID
    customer: KnownCustomer | None
    voucher_sha256: str | None


def create_receipt(asked: Asked, change: Change, command: CreateReceipt) -> dict[str, Any]:
    """A payment that waits for finance."""
    pays, me = _paid_by(change, command), change.context.authenticated().id
    made = Receipt(
        id=asked.receipt_id, **_whose(asked.customer, pays, me), amount=command.amount, currency=command.currency,
        received_on=command.received_on, method=command.method, is_advance=command.is_advance, payer=command.payer,
        remark=command.remark, voucher_id=command.voucher_id, voucher_sha256=asked.voucher_sha256, created_by=me,
    )  # fmt: skip
    made = domain.entered(made, pays, today(change))
    periods.expect_open(change, made.received_on, field="received_on")
    RECEIPTS.insert(change.connection, made, change.now)
    change.record(told.ReceiptCreated(**domain.told(None, made, pays), created_by=me))
    return {"receipt": made.id}


def update_receipt(change: Change, command: UpdateReceipt) -> dict[str, Any]:
    """A payment that waits, entered differently by who entered it."""
    before, pays = money_access.receipt(change, command.id)
    domain.expect_own(before, change.context.authenticated().id)
    after = domain.edited(before, command, pays, today(change))
    periods.expect_open(change, before.received_on, after.received_on, field="received_on")
    if after != before:
        RECEIPTS.save(change.connection, after, change.now)
        change.record(told.ReceiptUpdated(**domain.told(before, after, pays)))
    return {"receipt": after.id}


def confirm_receipt(change: Change, command: ConfirmReceipt) -> dict[str, Any]:
    """The money is there: so much less is owed."""
    before, pays = money_access.receipt(change, command.id)
    me = change.context.authenticated().id
    after = domain.confirmed(before, command.version, pays, me, change.now)
    periods.expect_open(change, before.received_on)
    RECEIPTS.save(change.connection, after, change.now)
    owed = None if pays is None else receivables.paid(pays, after.allocated, change.now) if after.allocated else pays
    said: dict[str, Any] = {"confirmed_by": me, "allocated": after.allocated}
    change.record(told.ReceiptConfirmed(**domain.told(before, after, owed), **said))
    _keep(change, pays, owed)
    return {"receipt": after.id}


def reject_receipt(change: Change, command: RejectReceipt) -> dict[str, Any]:
    """There is no such money."""
    before, pays = money_access.receipt(change, command.id)
    me = change.context.authenticated().id
    after = domain.rejected(before, command.version, command.reason, me, change.now)
    periods.expect_open(change, before.received_on)
    RECEIPTS.save(change.connection, after, change.now)
    said: dict[str, Any] = {"reason": command.reason, "created_by": after.created_by}
    change.record(told.ReceiptRejected(**domain.told(before, after, pays), **said))
    return {"receipt": after.id}


def reverse_receipt(change: Change, command: ReverseReceipt) -> dict[str, Any]:
    """The money is not there after all: what it paid is owed again."""
    before, pays = money_access.receipt(change, command.id)
    me = change.context.authenticated().id
    if settling.refunded(change.connection, before.id)[0]:
        raise RefundRules.a_refunded_receipt_is_not_reversed(field="id")
    after = domain.reversed_(before, command.version, command.reason, me, change.now)
    periods.expect_open(change, before.received_on)
    RECEIPTS.save(change.connection, after, change.now)
    owed = pays if pays is None or not before.allocated else receivables.unpaid(pays, before.allocated, change.now)
    said: dict[str, Any] = {"reason": command.reason, "created_by": after.created_by}
    change.record(told.ReceiptReversed(**domain.told(before, after, owed), **said))
    _keep(change, pays, owed)
    return {"receipt": after.id}


def _whose(customer: KnownCustomer | None, pays: Receivable | None, me: UUID) -> dict[str, Any]:
    if pays is not None:
        names = ("order_id", "contract_id", "customer_id", "owner_id")
        return {"receivable_id": pays.id} | {name: getattr(pays, name) for name in names}
    if customer is None:
        raise ReceiptRules.a_receipt_pays_something_or_is_an_advance(field="receivable_id")
    return {"customer_id": customer.id, "owner_id": customer.owner_id or me}


def _paid_by(change: Change, command: CreateReceipt) -> Receivable | None:
    if command.receivable_id is not None:
        return money_access.receivable(change, command.receivable_id, "receipt", field="receivable_id")
    if command.order_id is not None:
        return money_access.receivable_of_order(change, command.order_id, "receipt", field="order_id")
    return None


def _keep(change: Change, before: Receivable | None, after: Receivable | None) -> None:
    if before is not None and after is not None:
        keep(change, before, after)
