"""The columns of tables of products: what templates show, imports read and exports write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_common.context import Context
from crm_common.custom_fields.sheets import custom_columns
from crm_common.exchange import Choice, Column, Kind
from crm_common.protocol.sales.products import PRODUCT_FIELDS, ProductRisk

_KINDS = (
    Choice("GOODS", "goods", "商品"),
    Choice("SERVICE", "service", "服务"),
    Choice("INVESTMENT", "investment", "投资产品"),
)
_RISKS = tuple(Choice(each.value, each.value, each.value) for each in ProductRisk)
_KNOWN = (
    Column(key="code", en="Code", zh="产品编码", kind=Kind.CODE, needed=True, also=("编码", "编号", "产品编号")),
    Column(key="name", en="Name", zh="产品名称", needed=True, also=("名称", "产品")),
    Column(key="kind", en="Kind", zh="产品类型", kind=Kind.CHOICE, choices=_KINDS, also=("类型",)),
    Column(key="category", en="Category", zh="分类", also=("产品分类", "类别")),
    Column(key="unit", en="Unit", zh="单位", needed=True, also=("计量单位",)),
    Column(
        key="list_price", en="List price", zh="标准价", kind=Kind.NUMBER, needed=True, also=("价格", "单价", "目录价")
    ),
    Column(key="currency", en="Currency", zh="币种"),
    Column(key="cost", en="Cost", zh="成本", kind=Kind.NUMBER, also=("成本价",)),
    Column(key="on_sale", en="On sale", zh="在售", kind=Kind.BOOLEAN, also=("是否上架",)),
    Column(key="term_months", en="Term in months", zh="期限（月）", kind=Kind.INTEGER, also=("期限",)),
    Column(key="risk", en="Risk", zh="风险等级", kind=Kind.CHOICE, choices=_RISKS),
    Column(key="description", en="Description", zh="说明", also=("产品说明", "描述")),
)


def columns(host: Any, _context: Context) -> Sequence[Column]:
    """What is told of a product, custom fields included."""
    return (*_KNOWN, *custom_columns(host.store, PRODUCT_FIELDS.record))
