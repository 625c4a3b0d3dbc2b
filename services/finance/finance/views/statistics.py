"""Finance statistics (FIN-17): one statement for each question, over everything in the viewer's data scope."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.statistics import (
    MOST_DAYS,
    FinanceFigures,
    FinanceStatistics,
    StatisticsBy,
    StatisticsRules,
)
from crm_common.reading import by_owner
from crm_common.reading.scope import Reach
from crm_common.runtime.host import ServiceHost
from finance.tables.receivables import receipt, receivable
from finance.tables.settling import refund
from finance.tables.spending import expense_claim, payable, payment

_SECTION = "finance"
_WITHIN = "BETWEEN %(from_day)s::date AND %(to_day)s::date"
_OWNED = "(SELECT e.department_id FROM employee_ref e WHERE e.id = t.owner_id)"
_PARTS = (
    ("receipts", receipt.c.owner_id, f"""SELECT t.received_on AS day, {_OWNED} AS department, t.customer_id, t.amount
        FROM receipt t WHERE t.state = 'CONFIRMED' AND t.currency = %(currency)s AND t.received_on {_WITHIN}"""),
    ("refunds", refund.c.owner_id, f"""SELECT t.paid_on, {_OWNED}, t.customer_id, t.amount
        FROM refund t WHERE t.state = 'PAID' AND t.currency = %(currency)s AND t.paid_on {_WITHIN}"""),
    ("payments", payment.c.owner_id, f"""SELECT t.paid_on, p.department_id, NULL::uuid, t.amount
        FROM payment t JOIN payable p ON p.id = t.payable_id
        WHERE t.currency = %(currency)s AND t.paid_on {_WITHIN}"""),
    ("receivable", receivable.c.owner_id, f"""SELECT t.arose_on, {_OWNED}, t.customer_id, t.amount
        FROM receivable t WHERE t.state <> 'VOIDED' AND t.currency = %(currency)s AND t.arose_on {_WITHIN}"""),
    ("payable", payable.c.owner_id, f"""SELECT t.due_on, t.department_id, NULL::uuid, t.amount
        FROM payable t WHERE t.state <> 'VOIDED' AND t.currency = %(currency)s AND t.due_on {_WITHIN}"""),
    ("fees", expense_claim.c.claimant_id, f"""SELECT l.spent_on, t.department_id, l.customer_id, l.amount
        FROM expense_claim t JOIN expense_line l ON l.claim_id = t.id
        WHERE t.state IN ('APPROVED', 'PAID') AND t.currency = %(currency)s AND l.spent_on {_WITHIN}"""),
)  # fmt: skip
FIGURES = tuple(figure for figure, _, _ in _PARTS)
_SCOPES = {figure: by_owner(_SECTION, owner=owner, people=employee_ref) for figure, owner, _ in _PARTS}
_KEYS = {
    StatisticsBy.DAY: ("day::text", "NULL::text"),
    StatisticsBy.MONTH: ("to_char(day, 'YYYY-MM')", "NULL::text"),
    StatisticsBy.DEPARTMENT: (
        "department::text",
        "(SELECT min(e.department_name) FROM employee_ref e WHERE e.department_id::text = key)",
    ),
    StatisticsBy.CUSTOMER: ("customer_id::text", "(SELECT c.name FROM customer_ref c WHERE c.id::text = key)"),
}
_SUMS = ", ".join(f"coalesce(sum(amount) FILTER (WHERE figure = '{figure}'), 0.00) AS {figure}" for figure in FIGURES)
_STATEMENT = f"""
SELECT key, {{name}}, {", ".join(FIGURES)} FROM (
    SELECT {{key}} AS key, {_SUMS} FROM ({{parts}}) moved GROUP BY 1
) summed ORDER BY key NULLS LAST
"""


def statistics(host: ServiceHost, context: Context, query: FinanceStatistics) -> list[FinanceFigures]:
    """See `FinanceStatistics`."""
    if not 0 <= (query.to_day - query.from_day).days < MOST_DAYS:
        raise StatisticsRules.statistics_are_of_three_years_at_most(field="to_day", days=MOST_DAYS)
    key, name = _KEYS[query.by]
    parts = " UNION ALL ".join(_part(context, figure, sql) for figure, _, sql in _PARTS)
    actor = context.authenticated()
    values = {
        "from_day": query.from_day, "to_day": query.to_day, "currency": query.currency,
        "me": actor.id, "department": actor.department_id,
    }  # fmt: skip
    rows = host.store.rows(_STATEMENT.format(key=key, name=name, parts=parts), values)
    return [FinanceFigures(key=row[0], name=row[1], **dict(zip(FIGURES, row[2:], strict=True))) for row in rows]


def _part(context: Context, figure: str, sql: str) -> str:
    scope = _SCOPES[figure]
    kind = scope.kind(context.authenticated())
    seen = "true" if kind is None else scope.condition(kind, Reach.MANY)
    placed = seen.format(t="t", me="%(me)s::uuid", department="%(department)s::uuid")
    columns = "day, department, customer_id, amount"
    return f"SELECT '{figure}' AS figure, part.* FROM ({sql} AND {placed}) AS part ({columns})"
