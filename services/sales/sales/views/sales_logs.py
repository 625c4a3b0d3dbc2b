"""Journals as they are shown: to their authors, and to their superiors."""

from __future__ import annotations

from crm_common.protocol.sales.sales_log import SalesLogView
from crm_common.reading import bind
from sales.tables.sales_logs import sales_log

_BELOW = "EXISTS (SELECT FROM employee_ref p WHERE p.id = {t}.author_id AND p.line @> ARRAY[{me}])"
SALES_LOGS = bind(
    SalesLogView,
    sales_log,
    fields={"author_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.author_id"},
    where=f"{{t}}.author_id = {{me}} OR {_BELOW}",
    default_order=[sales_log.c.day.desc(), sales_log.c.created_at.desc()],
)
