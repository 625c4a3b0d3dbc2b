"""Receipts (features §3.6): entered, confirmed by somebody else, rejected, reversed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.finance.receipts import ReceiptRules, ReceiptState, UpdateReceipt
from crm_common.protocol.finance.spending import PaymentMethod, SpendingRules, expect_amount
from crm_common.protocol.sales.orders_events import PaidVoucher
from finance.domain.receivable import NOTHING, Receivable

PENDING, CONFIRMED = ReceiptState.PENDING, ReceiptState.CONFIRMED
REJECTED, REVERSED = ReceiptState.REJECTED, ReceiptState.REVERSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A payment of a customer. ``allocated``: how much of it pays the receivable, from its confirmation on."""

    id: UUID
    receivable_id: UUID | None = None
    order_id: UUID | None = None
    contract_id: UUID | None = None
    customer_id: UUID
    owner_id: UUID
    state: ReceiptState = PENDING
    amount: Decimal
    allocated: Decimal = NOTHING
    currency: str
    received_on: date
    method: PaymentMethod = PaymentMethod.BANK
    is_advance: bool = False
    payer: str | None = None
    remark: str | None = None
    voucher_id: UUID | None = None
    voucher_sha256: str | None = None
    created_by: UUID
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    version: int = 1


def entered(receipt: Receipt, pays: Receivable | None, today: date) -> Receipt:
    """A payment somebody enters: of what is open at most, unless it is an advance payment too."""
    expect_amount(receipt.amount, "amount")
    if receipt.received_on > today:
        raise SpendingRules.what_happens_is_not_in_the_future(field="received_on")
    if pays is not None:
        _expect_fitting(receipt, pays)
    elif not receipt.is_advance:
        raise ReceiptRules.a_receipt_pays_something_or_is_an_advance(field="receivable_id")
    return receipt


def of_voucher(identifier: UUID, voucher: PaidVoucher, pays: Receivable, by: UUID, *, left: Decimal) -> Receipt:
    """The receipt that an order's voucher announces. It pays ``left`` at most; what is more is an advance payment."""
    same = voucher.currency == pays.currency
    return Receipt(
        id=identifier, receivable_id=pays.id if same else None, order_id=pays.order_id, contract_id=pays.contract_id,
        customer_id=pays.customer_id, owner_id=pays.owner_id, amount=voucher.amount, currency=voucher.currency,
        received_on=voucher.paid_on, is_advance=not same or voucher.amount > left, voucher_id=voucher.document_id,
        voucher_sha256=voucher.sha256, created_by=by,
    )  # fmt: skip


def edited(before: Receipt, command: UpdateReceipt, pays: Receivable | None, today: date) -> Receipt:
    """A pending receipt, entered differently."""
    _expect(before, PENDING, ReceiptRules.a_confirmed_receipt_is_not_edited)
    expect_version(before.version, command.version)
    names = ("amount", "received_on", "method", "is_advance", "payer", "remark")
    after = replace(before, **{name: chosen(getattr(command, name), getattr(before, name)) for name in names})
    if after == before:
        return before
    return replace(entered(after, pays, today), version=before.version + 1)


def confirmed(before: Receipt, version: int, pays: Receivable | None, by: UUID, now: datetime) -> Receipt:
    """It after somebody who did not enter it saw the money."""
    _expect_decidable(before, version, by)
    if pays is not None:
        _expect_fitting(before, pays)
    allocated = NOTHING if pays is None else min(before.amount, pays.open_amount)
    return _decided(before, CONFIRMED, by, now, allocated=allocated)


def rejected(before: Receipt, version: int, reason: str, by: UUID, now: datetime) -> Receipt:
    """It after somebody who did not enter it found no money."""
    _expect_decidable(before, version, by)
    return _decided(before, REJECTED, by, now, reason=reason.strip())


def reversed_(before: Receipt, version: int, reason: str, by: UUID, now: datetime) -> Receipt:
    """It after its confirmation was taken back; it pays nothing any more."""
    _expect(before, CONFIRMED, ReceiptRules.only_a_confirmed_receipt_is_reversed)
    expect_version(before.version, version)
    return _decided(before, REVERSED, by, now, reason=reason.strip(), allocated=NOTHING)


def dropped(before: Receipt, reason: str, now: datetime) -> Receipt:
    """A pending receipt of what was voided: nobody needs to look for its money any more."""
    return replace(before, state=REJECTED, decided_at=now, reason=reason, version=before.version + 1)


def told(before: Receipt | None, after: Receipt, pays: Receivable | None) -> dict[str, Any]:
    """What every event of a receipt says."""
    names = ("receivable_id", "order_id", "customer_id", "owner_id", "amount", "currency", "received_on")
    said = {"receipt_id": after.id} | {name: getattr(after, name) for name in names}
    return said | {"open_amount": pays.open_amount if pays else NOTHING, "changes": difference(before, after)}


def expect_own(receipt: Receipt, me: UUID) -> None:
    """Refuse to enter differently what somebody else entered."""
    if receipt.created_by != me:
        raise ReceiptRules.only_who_entered_a_receipt_edits_it(field="id")


def _expect_fitting(receipt: Receipt, pays: Receivable) -> None:
    if receipt.currency != pays.currency:
        raise ReceiptRules.a_receipt_is_in_its_receivables_currency(field="currency", currency=pays.currency)
    if receipt.amount > pays.open_amount and not receipt.is_advance:
        raise ReceiptRules.a_receipt_is_at_most_what_is_open(field="amount", open=str(pays.open_amount))


def _expect_decidable(receipt: Receipt, version: int, by: UUID) -> None:
    _expect(receipt, PENDING, ReceiptRules.only_a_pending_receipt_is_decided)
    if by == receipt.created_by:
        raise ReceiptRules.who_enters_a_receipt_does_not_confirm_it(field="id")
    expect_version(receipt.version, version)


def _decided(before: Receipt, state: ReceiptState, by: UUID, now: datetime, **more: Any) -> Receipt:
    return replace(before, state=state, decided_by=by, decided_at=now, version=before.version + 1, **more)


def _expect(receipt: Receipt, state: ReceiptState, rule: Any) -> None:
    if receipt.state is not state:
        raise rule(field="id", state=receipt.state.value)
