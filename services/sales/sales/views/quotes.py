"""Quotes as they are shown."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.sales.quotes import QuoteLineView, QuoteRevisionView, QuoteView
from crm_common.reading import bind, by_owner, many
from sales.tables.quotes import quote, quote_line, quote_revision

_ITS_LINES = "{c}.quote_id = {t}.id AND {c}.revision = {t}.revision"
_LINES_OF_THEN = "{c}.quote_id = {t}.quote_id AND {c}.revision = {t}.revision"

QUOTE_LINES = bind(QuoteLineView, quote_line, default_order=[quote_line.c.place])
QUOTE_REVISIONS = bind(
    QuoteRevisionView,
    quote_revision,
    children={"lines": many(_LINES_OF_THEN, part=True)},
    default_order=[quote_revision.c.revision],
)
QUOTES = bind(
    QuoteView,
    quote,
    fields={
        "customer_name": "SELECT c.name FROM customer_ref c WHERE c.id = {t}.customer_id",
        "owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id",
    },
    children={"lines": many(_ITS_LINES, part=True), "revisions": many(quote_revision.c.quote_id, part=True)},
    scope=by_owner("quote", owner=quote.c.owner_id, people=employee_ref),
    default_order=[quote.c.created_at.desc()],
)
