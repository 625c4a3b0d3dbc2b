"""What sales shows: each view bound to its table."""

from __future__ import annotations

from crm_common.custom_fields import reading
from crm_common.exports import export_binding
from crm_common.imports import import_binding
from crm_common.journal.told import history_binding
from crm_common.protocol.sales.exchange import EXPORTS
from crm_common.protocol.sales.products_exchange import IMPORTS
from sales.store.custom import PRODUCT_CUSTOM
from sales.views import opportunities, orders
from sales.views.competitors import COMPETITORS, LOST_ORDERS
from sales.views.kpi import KPI_BINDINGS
from sales.views.performance import PERFORMANCE_DAYS, PERFORMANCE_MONTHS, PERFORMANCES
from sales.views.prices import PRICE_ENTRIES, PRICE_LISTS
from sales.views.products import PRODUCTS
from sales.views.quotes import QUOTE_LINES, QUOTE_REVISIONS, QUOTES
from sales.views.renewals import BOUGHT_SERVICES, CROSS_SELLING_RULES
from sales.views.sales_logs import SALES_LOGS
from sales.views.targets import TARGETS

BINDINGS = (
    PRODUCTS,
    PRICE_ENTRIES,
    PRICE_LISTS,
    COMPETITORS,
    LOST_ORDERS,
    QUOTES,
    QUOTE_LINES,
    QUOTE_REVISIONS,
    export_binding(EXPORTS),
    import_binding(IMPORTS),
    PERFORMANCES,
    PERFORMANCE_DAYS,
    PERFORMANCE_MONTHS,
    SALES_LOGS,
    *KPI_BINDINGS,
    BOUGHT_SERVICES,
    CROSS_SELLING_RULES,
    TARGETS,
    *opportunities.BINDINGS,
    orders.ORDERS,
    orders.LINES,
    orders.VOUCHERS,
    history_binding(sealed=True),
    *reading.bindings(PRODUCT_CUSTOM),
)
