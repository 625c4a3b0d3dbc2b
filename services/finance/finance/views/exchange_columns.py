"""The columns of tables of contracts and receivables: what templates show, imports read and exports write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_common.context import Context
from crm_common.custom_fields.sheets import custom_columns
from crm_common.exchange import Choice, Column, Kind
from crm_common.protocol.finance.contracts import CONTRACT_FIELDS

_CONTRACT_STATES = (
    Choice("DRAFT", "draft", "拟订"),
    Choice("IN_APPROVAL", "in approval", "审批中"),
    Choice("APPROVED", "approved", "已批准"),
    Choice("SIGNED", "signed", "已签订"),
    Choice("EXECUTING", "being carried out", "履行中"),
    Choice("SETTLED", "settled", "已决算"),
    Choice("EVALUATED", "evaluated", "已评价"),
    Choice("TERMINATED", "terminated", "已终止"),
    Choice("VOID", "void", "已作废"),
)
_RECEIVABLE_STATES = (
    Choice("OPEN", "open", "未收"),
    Choice("PARTIAL", "paid in part", "部分收款"),
    Choice("OVERDUE", "overdue", "已逾期"),
    Choice("SETTLED", "settled", "已收清"),
    Choice("WRITTEN_OFF", "written off", "已核销"),
    Choice("VOIDED", "voided", "已作废"),
)
_CUSTOMER = Column(key="customer_name", en="Customer", zh="客户名称")
_OWNER = Column(key="owner_name", en="Owner", zh="负责人")
_CURRENCY = Column(key="currency", en="Currency", zh="币种")
_CREATED = Column(key="created_at", en="Created at", zh="创建时间", kind=Kind.DATETIME)
_TOLD = (
    Column(key="our_party", en="Our party", zh="我方", also=("甲方", "我方单位")),
    Column(key="counterparty", en="Counterparty", zh="对方", also=("乙方", "对方单位")),
    Column(key="amount", en="Amount", zh="合同金额", kind=Kind.NUMBER, needed=True, also=("金额",)),
    _CURRENCY,
    Column(key="starts_on", en="Starts on", zh="开始日期", kind=Kind.DATE, also=("生效日期",)),
    Column(key="ends_on", en="Ends on", zh="结束日期", kind=Kind.DATE, also=("到期日期",)),
    Column(key="payment_terms", en="Payment terms", zh="付款条款", also=("付款方式",)),
    Column(key="remark", en="Remark", zh="备注"),
)
_NAME = Column(key="name", en="Name", zh="合同名称", needed=True, also=("名称", "合同"))
_RECEIVABLE = (
    Column(key="title", en="For", zh="应收说明"),
    _CUSTOMER,
    _OWNER,
    Column(key="state", en="State", zh="状态", kind=Kind.CHOICE, choices=_RECEIVABLE_STATES),
    Column(key="amount", en="Amount", zh="应收金额", kind=Kind.NUMBER),
    Column(key="received", en="Received", zh="已收金额", kind=Kind.NUMBER),
    Column(key="refunded", en="Refunded", zh="已退金额", kind=Kind.NUMBER),
    Column(key="open_amount", en="Open", zh="未收金额", kind=Kind.NUMBER),
    _CURRENCY,
    Column(key="arose_on", en="Owed since", zh="产生日期", kind=Kind.DATE),
    Column(key="due_on", en="Due on", zh="到期日期", kind=Kind.DATE),
    Column(key="remark", en="Remark", zh="备注"),
    _CREATED,
)


def importable(host: Any, _context: Context) -> Sequence[Column]:
    """What can be told of a new contract, custom fields included; its number is given by itself."""
    customer = Column(key="customer", en="Customer", zh="客户名称", needed=True, also=("客户",))
    return (_NAME, customer, *_TOLD, *custom_columns(host.store, CONTRACT_FIELDS.record))


def contracts(host: Any, _context: Context) -> Sequence[Column]:
    """What the list of contracts shows, custom fields included."""
    return (
        Column(key="number", en="Number", zh="合同编号", kind=Kind.CODE),
        _NAME,
        Column(key="state", en="State", zh="状态", kind=Kind.CHOICE, choices=_CONTRACT_STATES),
        _CUSTOMER,
        _OWNER,
        *_TOLD,
        Column(key="signed_on", en="Signed on", zh="签订日期", kind=Kind.DATE),
        Column(key="archive_number", en="Archive number", zh="档案编号", kind=Kind.CODE),
        Column(key="measured_amount", en="Measured", zh="计量金额", kind=Kind.NUMBER),
        Column(key="paid_amount", en="Paid", zh="已付金额", kind=Kind.NUMBER),
        Column(key="unpaid_amount", en="Unpaid", zh="未付金额", kind=Kind.NUMBER),
        _CREATED,
        *custom_columns(host.store, CONTRACT_FIELDS.record),
    )


def receivables(_host: Any, _context: Context) -> Sequence[Column]:
    """What the list of receivables shows."""
    return _RECEIVABLE
