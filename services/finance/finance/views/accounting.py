"""Confirmed receipts as accounting systems take them (FIN-22)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from crm_common import codec
from crm_common.context import Context
from crm_common.exchange import CsvTable
from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.accounting import AccountingExport, AccountingFile, AccountingFormat
from crm_common.reading import by_owner
from crm_common.reading.scope import Reach
from crm_common.runtime.host import ServiceHost
from finance.tables.receivables import receipt

_SCOPE = by_owner("finance", owner=receipt.c.owner_id, people=employee_ref)
NAMES = ("receipt_id", "received_on", "customer_id", "customer_name", "order_id", "contract_id", "amount", "currency",
         "method", "payer", "confirmed_at", "external_id")  # fmt: skip
_RECEIPTS = """
SELECT t.id, t.received_on::text, t.customer_id, k.name, t.order_id, t.contract_id, t.amount::text, t.currency,
    t.method, t.payer, to_char(t.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), l.external_id
FROM receipt t LEFT JOIN customer_ref k ON k.id = t.customer_id LEFT JOIN accounting_link l ON l.receipt_id = t.id
WHERE t.state = 'CONFIRMED' AND t.received_on BETWEEN %(from_day)s::date AND %(to_day)s::date
    AND (%(after)s::uuid IS NULL OR t.id > %(after)s::uuid) AND {scope}
ORDER BY t.id LIMIT %(first)s
"""
_TYPES = {AccountingFormat.CSV: "text/csv; charset=utf-8", AccountingFormat.JSON: "application/json"}


def export(host: ServiceHost, context: Context, query: AccountingExport) -> AccountingFile:
    """See `AccountingExport`."""
    actor = context.authenticated()
    kind = _SCOPE.kind(actor)
    seen = "true" if kind is None else _SCOPE.condition(kind, Reach.MANY)
    scope = seen.format(t="t", me="%(me)s::uuid", department="%(department)s::uuid")
    values = {
        "from_day": query.from_day, "to_day": query.to_day, "after": query.after, "first": query.first + 1,
        "me": actor.id, "department": actor.department_id,
    }  # fmt: skip
    found = host.store.rows(_RECEIPTS.format(scope=scope), values)
    rows, is_last = found[: query.first], len(found) <= query.first
    return AccountingFile(
        name=f"receipts_{query.from_day}_{query.to_day}.{query.format.value.lower()}",
        content_type=_TYPES[query.format],
        text=_csv(rows) if query.format is AccountingFormat.CSV else _json(rows),
        count=len(rows),
        next=None if is_last else rows[-1][0],
    )


def _json(rows: Sequence[tuple[Any, ...]]) -> str:
    return codec.encode([dict(zip(NAMES, row, strict=True)) for row in rows]).decode()


def _csv(rows: Sequence[tuple[Any, ...]]) -> str:
    stream = io.BytesIO()
    table = CsvTable(stream, encoding="utf-8")
    table.write(NAMES)
    for row in rows:
        table.write(["" if cell is None else str(cell) for cell in row])
    table.close()
    return stream.getvalue().decode()
