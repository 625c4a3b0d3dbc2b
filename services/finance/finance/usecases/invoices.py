"""Commands about invoices (FIN-15)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.errors import CommonRules
from crm_common.protocol.finance.invoices import (
    InvoiceIssued,
    InvoiceRequested,
    InvoiceRules,
    InvoiceVoided,
    IssueInvoice,
    RequestInvoice,
    VoidInvoice,
)
from finance.domain import invoice as domain
from finance.domain.invoice import Invoice
from finance.store import settling as store
from finance.store.settling import INVOICES
from finance.usecases import money_access, periods
from finance.usecases.reach import expect_in_reach

_SECTION = "invoice"


def request_invoice(change: Change, command: RequestInvoice) -> dict[str, Any]:
    """An invoice to be issued; under the lock of what it is for."""
    owed = money_access.receivable(change, command.receivable_id, _SECTION, field="receivable_id")
    invoiced = store.invoiced(change.connection, owed.id)
    made = domain.requested(change.new_id(), owed, invoiced, command, change.context.authenticated().id)
    INVOICES.insert(change.connection, made, change.now)
    change.record(InvoiceRequested(**domain.told(None, made)))
    return {"invoice": made.id}


def issue_invoice(change: Change, command: IssueInvoice) -> dict[str, Any]:
    """The invoice under its number."""
    before = _reached(change, command.id)
    after = domain.issued(before, command, change.context.authenticated().id, today(change))
    periods.expect_open(change, command.issued_on, field="issued_on")
    if store.is_numbered(change.connection, command.number):
        raise InvoiceRules.an_invoice_number_is_used_once(field="number")
    INVOICES.save(change.connection, after, change.now)
    change.record(InvoiceIssued(**domain.told(before, after)))
    return {"invoice": after.id}


def void_invoice(change: Change, command: VoidInvoice) -> dict[str, Any]:
    """The invoice does not count any more."""
    before = _reached(change, command.id)
    after = domain.voided(before, command.version, command.reason)
    if before.issued_on is not None:
        periods.expect_open(change, before.issued_on)
    INVOICES.save(change.connection, after, change.now)
    change.record(InvoiceVoided(**domain.told(before, after), reason=command.reason))
    return {"invoice": after.id}


def _reached(change: Change, invoice_id: UUID) -> Invoice:
    found = INVOICES.locked(change.connection, invoice_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_in_reach(change, _SECTION, found.owner_id)
    return found
