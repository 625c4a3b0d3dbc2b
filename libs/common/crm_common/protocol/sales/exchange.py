"""Exports of sales (IOX-02): which lists leave in a file."""

from __future__ import annotations

from enum import StrEnum

from crm_common.protocol.exporting import offer_exports
from crm_common.protocol.sales.performance import OWN, TEAM
from crm_common.protocol.sales.service import sales


class SalesList(StrEnum):
    """The lists that can be exported."""

    PRODUCT = "PRODUCT"
    """The catalogue; needs product.export."""
    ORDER = "ORDER"
    """Orders in the viewer's data scope; needs order.export."""
    PERFORMANCE = "PERFORMANCE"
    """Records of performance; needs performance.own or performance.view_team, as the list does."""
    PERFORMANCE_DAY = "PERFORMANCE_DAY"
    """Sums by person and day, with a bar chart."""
    PERFORMANCE_MONTH = "PERFORMANCE_MONTH"
    """Sums by person and month, with a bar chart."""


EXPORTS = offer_exports(sales, "Sales", kinds=SalesList, permissions=(OWN, TEAM, "product.export", "order.export"))
