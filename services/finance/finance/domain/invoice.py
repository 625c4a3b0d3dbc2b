"""Invoices (FIN-15): for what they are, through which states they go. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import difference, expect_version
from crm_common.protocol.finance.invoices import (
    InvoiceKind,
    InvoiceRules,
    InvoiceState,
    IssueInvoice,
    RequestInvoice,
)
from crm_common.protocol.finance.spending import SpendingRules, expect_amount
from finance.domain.receivable import SETTLED as PAID
from finance.domain.receivable import UNPAID, Receivable


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as it stands."""

    id: UUID
    receivable_id: UUID
    order_id: UUID | None
    contract_id: UUID | None
    customer_id: UUID
    owner_id: UUID
    kind: InvoiceKind
    title: str
    tax_number: str | None
    amount: Decimal
    currency: str
    state: InvoiceState = InvoiceState.REQUESTED
    number: str | None = None
    issued_on: date | None = None
    remark: str
    void_reason: str | None = None
    requested_by: UUID
    issued_by: UUID | None = None
    version: int = 1


def requested(identifier: UUID, owed: Receivable, invoiced: Decimal, command: RequestInvoice, by: UUID) -> Invoice:
    """An invoice to be issued; ``invoiced`` is what others are for."""
    if owed.state not in (*UNPAID, PAID):
        raise InvoiceRules.only_what_is_owed_is_invoiced(field="receivable_id", state=owed.state.value)
    expect_amount(command.amount, "amount")
    if command.amount > owed.amount - invoiced:
        left = max(Decimal(0), owed.amount - invoiced)
        raise InvoiceRules.no_more_is_invoiced_than_owed(field="amount", left=str(left))
    if command.kind is InvoiceKind.VAT_SPECIAL and command.tax_number is None:
        raise InvoiceRules.a_special_invoice_names_the_tax_number(field="tax_number")
    names = ("order_id", "contract_id", "customer_id", "owner_id", "currency")
    values: dict[str, Any] = {name: getattr(owed, name) for name in names}
    given = {name: getattr(command, name) for name in ("kind", "title", "tax_number", "amount", "remark")}
    return Invoice(id=identifier, receivable_id=owed.id, requested_by=by, **values, **given)


def issued(before: Invoice, command: IssueInvoice, by: UUID, today: date) -> Invoice:
    """The invoice under its number."""
    _expect(before, InvoiceState.REQUESTED)
    expect_version(before.version, command.version)
    if command.issued_on > today:
        raise SpendingRules.what_happens_is_not_in_the_future(field="issued_on")
    return _next(
        before, state=InvoiceState.ISSUED, number=command.number, issued_on=command.issued_on, issued_by=by
    )  # fmt: skip


def voided(before: Invoice, version: int, reason: str) -> Invoice:
    """The invoice, which does not count any more."""
    _expect(before, InvoiceState.REQUESTED, InvoiceState.ISSUED)
    expect_version(before.version, version)
    return _next(before, state=InvoiceState.VOIDED, void_reason=reason)


def told(before: Invoice | None, after: Invoice) -> dict[str, Any]:
    """What every event of an invoice tells."""
    names = ("receivable_id", "order_id", "customer_id", "owner_id", "amount", "currency", "number")
    said = {"invoice_id": after.id} | {name: getattr(after, name) for name in names}
    return said | {"changes": difference(before, after)}


def _expect(invoice: Invoice, *states: InvoiceState) -> None:
    if invoice.state not in states:
        raise InvoiceRules.an_invoice_is_not_in_this_state(field="id", state=invoice.state.value)


def _next(before: Invoice, **changes: Any) -> Invoice:
    return replace(before, version=before.version + 1, **changes)
