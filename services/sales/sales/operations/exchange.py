"""Which lists of sales leave in a file, and their columns (IOX-02)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crm_common.context import Context
from crm_common.exchange import Choice, Column, Kind
from crm_common.exports import Exporter
from crm_common.imports import Importer
from crm_common.protocol.declare import ListQuery
from crm_common.protocol.policy import Policy, needs
from crm_common.protocol.sales.orders import Orders
from crm_common.protocol.sales.performance import SEE, PerformanceDays, PerformanceMonths, Performances
from crm_common.protocol.sales.products import Products
from crm_common.reading import Reader
from sales.usecases import product_arrivals
from sales.views import order_columns, product_columns

_SOURCES = (
    Choice("ORDER", "order", "订单"),
    Choice("OWN", "added by hand", "手工录入"),
    Choice("REVERSAL", "taken back", "冲回"),
)
_PERSON = Column(key="employee_name", en="Salesperson", zh="销售人员")
_DAY = Column(key="day", en="Day", zh="日期", kind=Kind.DATE)
_MONTH = Column(key="month", en="Month", zh="月份", kind=Kind.DATE)
_AMOUNT = Column(key="amount", en="Performance", zh="业绩金额", kind=Kind.NUMBER)
_CURRENCY = Column(key="currency", en="Currency", zh="币种")
_SUMS = (
    _AMOUNT,
    _CURRENCY,
    Column(key="records", en="Records", zh="笔数", kind=Kind.INTEGER),
    Column(key="received", en="Received", zh="回款金额", kind=Kind.NUMBER),
)
_RECORDS = (
    _DAY,
    _PERSON,
    Column(key="title", en="For", zh="业绩说明"),
    _AMOUNT,
    _CURRENCY,
    Column(key="source", en="Source", zh="来源", kind=Kind.CHOICE, choices=_SOURCES),
    Column(key="locked_at", en="Audited at", zh="审核时间", kind=Kind.DATETIME),
)


def _of(*columns: Column) -> Callable[[Any, Context], Sequence[Column]]:
    return lambda _host, _context: columns


def _asking(policy: Policy) -> Callable[[Reader, ListQuery, Context], bytes]:
    def page(reader: Reader, query: ListQuery, context: Context) -> bytes:
        policy.check(context)
        return reader.page(query, context)

    return page


IMPORTERS = {"PRODUCT": Importer(product_columns.columns, product_arrivals.write_products, product_arrivals.take_back)}
EXPORTERS = {
    "PRODUCT": Exporter(Products, product_columns.columns, page=_asking(needs("product.export"))),
    "ORDER": Exporter(Orders, order_columns.columns, page=_asking(needs("order.export"))),
    "PERFORMANCE": Exporter(Performances, _of(*_RECORDS), page=_asking(SEE)),
    "PERFORMANCE_DAY": Exporter(
        PerformanceDays, _of(_DAY, _PERSON, *_SUMS), page=_asking(SEE), bars=(("day", "employee_name"), "amount")
    ),
    "PERFORMANCE_MONTH": Exporter(
        PerformanceMonths, _of(_MONTH, _PERSON, *_SUMS), page=_asking(SEE), bars=(("month", "employee_name"), "amount")
    ),
}
