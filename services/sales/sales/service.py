"""The sales service: products, opportunities, quotes, orders, targets and performance."""

from __future__ import annotations

from crm_common.custom_fields.offering import offers
from crm_common.exports import exporting
from crm_common.imports import importing
from crm_common.projections.customers import CUSTOMERS
from crm_common.projections.employees import EMPLOYEES
from crm_common.protocol.sales.exchange import EXPORTS
from crm_common.protocol.sales.products_exchange import IMPORTS
from sales.operations.competitors import CompetitorOperations
from sales.operations.exchange import EXPORTERS, IMPORTERS
from sales.operations.forecast import ForecastOperations
from sales.operations.kpi import KpiOperations
from sales.operations.opportunities import OpportunityOperations
from sales.operations.order_money import OrderMoney
from sales.operations.orders import OrderOperations
from sales.operations.performance import PerformanceOperations
from sales.operations.prices import PriceOperations
from sales.operations.product_demo import ProductDemo
from sales.operations.products import ProductOperations
from sales.operations.quotes import QuoteOperations
from sales.operations.rankings import RankingOperations
from sales.operations.renewals import RenewalOperations
from sales.operations.sales_logs import SalesLogOperations
from sales.operations.targets import TargetOperations
from sales.store.custom import PRODUCT_CUSTOM


@exporting(EXPORTS, EXPORTERS)
@importing(IMPORTS, IMPORTERS)
@offers(PRODUCT_CUSTOM)
class SalesService(
    ProductOperations,
    ProductDemo,
    PriceOperations,
    QuoteOperations,
    CompetitorOperations,
    PerformanceOperations,
    KpiOperations,
    RankingOperations,
    RenewalOperations,
    SalesLogOperations,
    TargetOperations,
    OpportunityOperations,
    ForecastOperations,
    OrderOperations,
    OrderMoney,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "sales"
    projections = (EMPLOYEES, CUSTOMERS)
