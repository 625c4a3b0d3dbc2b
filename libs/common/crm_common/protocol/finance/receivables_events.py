"""What is told of receivables and receipts: sales completes orders by it, customers are held, people are reminded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from crm_common.money import HOME_CURRENCY
from crm_common.protocol.declare import Changes, Event, Personal
from crm_common.protocol.finance.service import finance

_WORDS = ("title", "remark", "payer", "reason", "closed_reason", "write_off_reason")
"""What somebody wrote in his own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableEvent(Event):
    """What every event of a receivable tells, after the change; who subscribes to it hears them all, in their order."""

    contract: ClassVar[bool] = True
    personal = Personal(of="customer_id", fields=("title",), changes=_WORDS)
    receivable_id: UUID
    order_id: UUID | None
    contract_id: UUID | None
    customer_id: UUID
    owner_id: UUID
    title: str
    amount: Decimal
    open_amount: Decimal
    currency: str = HOME_CURRENCY
    due_on: date
    changes: Changes = field(default_factory=dict)


@finance.event("receivable.created", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableCreated(ReceivableEvent):
    """Somebody owes money: an order was approved, an instalment or other income was entered."""


@finance.event("receivable.updated", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableUpdated(ReceivableEvent):
    """It was paid in part, came to less, got another due day or waits to be written off."""


@finance.event("receivable.overdue", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableOverdue(ReceivableEvent):
    """Its due day has passed."""


@finance.event("receivable.due", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableDue(ReceivableEvent):
    """It is time to think of collecting it: some days ahead, on the due day, and each week after it (FIN-06)."""

    days_overdue: int
    """Below zero: so many days are left."""


@finance.event("receivable.settled", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableSettled(ReceivableEvent):
    """It is paid in full."""


@finance.event("receivable.reopened", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableReopened(ReceivableEvent):
    """It had been paid in full, and no longer is: a receipt was reversed, money paid back."""


@finance.event("receivable.written_off", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableWrittenOff(ReceivableEvent):
    """Nobody expects the money any more."""


@finance.event("receivable.voided", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableVoided(ReceivableEvent):
    """What it was for no longer holds."""


@finance.event("receivable.moved", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableMoved(ReceivableEvent):
    """Its customer went into another one, or came out of it again (CUS-45)."""

    from_customer_id: UUID


@finance.event("receivable.refused", subject="order_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableRefused(Event):
    """An approved order cannot be taken into the books: sales takes the approval back."""

    order_id: UUID
    customer_id: UUID
    owner_id: UUID
    reason: str
    """The rule that refused it: ``a_closed_period_is_not_changed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEvent(Event):
    """What every event of a receipt tells, after the change."""

    personal = Personal(of="customer_id", changes=_WORDS)
    receipt_id: UUID
    receivable_id: UUID | None
    order_id: UUID | None
    customer_id: UUID
    owner_id: UUID
    amount: Decimal
    currency: str = HOME_CURRENCY
    received_on: date
    open_amount: Decimal
    """What the receivable still lacks; zero without one."""
    changes: Changes = field(default_factory=dict)


@finance.event("receipt.created", subject="receipt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCreated(ReceiptEvent):
    """A payment was entered; finance has not confirmed it."""

    created_by: UUID


@finance.event("receipt.updated", subject="receipt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptUpdated(ReceiptEvent):
    """A payment that nobody has confirmed was entered differently."""


@finance.event("receipt.confirmed", subject="receipt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptConfirmed(ReceiptEvent):
    """Finance has seen the money."""

    confirmed_by: UUID
    allocated: Decimal
    """How much of it pays the receivable; the rest is an advance payment."""


@finance.event("receipt.rejected", subject="receipt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRejected(ReceiptEvent):
    """Finance has not found the money."""

    personal = Personal(of="customer_id", fields=("reason",), changes=_WORDS)
    reason: str
    created_by: UUID


@finance.event("receipt.reversed", subject="receipt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptReversed(ReceiptEvent):
    """A confirmation was taken back."""

    personal = Personal(of="customer_id", fields=("reason",), changes=_WORDS)
    reason: str
    created_by: UUID


@finance.event("receipt.moved", subject="receipt_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptMoved(ReceiptEvent):
    """Its customer went into another one, or came out of it again (CUS-45)."""


@finance.event("credit.exceeded", subject="receivable_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CreditExceeded(Event):
    """With this receivable a customer owes more than its credit limit (FIN-20)."""

    receivable_id: UUID
    customer_id: UUID
    owner_id: UUID
    credit_limit: Decimal
    open_amount: Decimal
    """What it owes in all, in the limit's currency."""
    currency: str
