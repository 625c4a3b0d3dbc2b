"""The columns of tables of orders: what exports write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_common.context import Context
from crm_common.exchange import Choice, Column, Kind

_STATES = (
    Choice("DRAFT", "draft", "草稿"),
    Choice("PENDING_REVIEW", "waiting for review", "待审核"),
    Choice("APPROVED", "approved", "已通过"),
    Choice("REJECTED", "rejected", "已驳回"),
    Choice("FULFILLED", "delivered", "已交付"),
    Choice("COMPLETED", "completed", "已完成"),
    Choice("CANCELLED", "cancelled", "已取消"),
    Choice("VOIDED", "voided", "已作废"),
)
_ORDER = (
    Column(key="number", en="Number", zh="订单编号", kind=Kind.CODE),
    Column(key="customer_name", en="Customer", zh="客户名称"),
    Column(key="owner_name", en="Owner", zh="负责人"),
    Column(key="state", en="State", zh="状态", kind=Kind.CHOICE, choices=_STATES),
    Column(key="amount", en="Amount", zh="订单金额", kind=Kind.NUMBER),
    Column(key="currency", en="Currency", zh="币种"),
    Column(key="voucher_amount", en="Paid by vouchers", zh="凭证金额", kind=Kind.NUMBER),
    Column(key="received", en="Received", zh="回款金额", kind=Kind.NUMBER),
    Column(key="due_on", en="Due on", zh="应付日期", kind=Kind.DATE),
    Column(key="submitted_at", en="Submitted at", zh="提交时间", kind=Kind.DATETIME),
    Column(key="reviewed_by_name", en="Reviewed by", zh="审核人"),
    Column(key="reviewed_at", en="Reviewed at", zh="审核时间", kind=Kind.DATETIME),
    Column(key="delivered_on", en="Delivered on", zh="交付日期", kind=Kind.DATE),
    Column(key="remark", en="Remark", zh="备注"),
    Column(key="created_at", en="Created at", zh="创建时间", kind=Kind.DATETIME),
)


def columns(_host: Any, _context: Context) -> Sequence[Column]:
    """What is told of an order."""
    return _ORDER
