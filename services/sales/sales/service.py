"""The sales service: products, opportunities, quotes, orders, targets and performance."""

from __future__ import annotations

from crm_common.projections.employees import EMPLOYEES
from sales.operations.items import ItemOperations


class SalesService(
    ItemOperations,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "sales"
    projections = (EMPLOYEES,)
