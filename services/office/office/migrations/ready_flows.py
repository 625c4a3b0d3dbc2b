"""The forms a new company begins with (OFC-27), each with a flow that is in use; companies change them as they like.

Plain data in the shape of the protocol's ``FlowField`` and ``FlowPlan``, as what a migration writes must never change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Field = dict[str, Any]
Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready form and its flow."""

    kind: str
    name: str
    name_en: str
    fields: tuple[Field, ...]
    plan: dict[str, Any]


def _field(key: str, kind: str, name: str, name_en: str, options: str = "", *, optional: bool = False) -> Field:
    """``options``: ``KEY 中文 English`` separated by ``|``."""
    parts = [each.split(" ", 2) for each in options.split("|") if each]
    return {
        "key": key, "type": kind, "name": name, "name_en": name_en, "required": not optional, "max_length": None,
        "options": [{"key": one, "name": zh, "name_en": en, "archived": False} for one, zh, en in parts],
    }  # fmt: skip


def _approver(by: str, role_code: str | None = None) -> dict[str, Any]:
    ids = {"employee_id": None, "role_id": None, "department_id": None}
    return {"by": by, "role_code": role_code, "level": 1, **ids}


def _role(code: str) -> dict[str, Any]:
    return _approver("ROLE", code)


def _branch(to: str | None, *conditions: dict[str, Any]) -> dict[str, Any]:
    return {"to": to, "conditions": list(conditions)}


def _node(key: str, name: str, name_en: str, *approvers: dict[str, Any], way: str = "ANY") -> Node:
    return {"key": key, "name": name, "name_en": name_en, "way": way, "approvers": list(approvers)}


SUPERIOR, TOP = _approver("SUPERIOR"), _approver("TOP")
_HEAD = _node("superior", "直接上级", "Superior", SUPERIOR)
_TOP = _node("top", "总经理", "General manager", TOP)
_HR = _node("hr", "人事行政", "Human resources", _role("OFFICE_ADMIN"))
_FINANCE = _node("finance", "财务", "Finance", _role("FINANCE"))
_COUNTERSIGNERS = (_role("CONTRACT_ADMIN"), _role("FINANCE"))
_COUNTERSIGN = _node("countersign", "会签", "Countersign", *_COUNTERSIGNERS, way="ALL")


def _line(*nodes: Node, top_from: tuple[str, str] | None = None) -> dict[str, Any]:
    """The nodes in their order; ``top_from``: from such a value of a field on, the general manager decides last."""
    made = [
        {**each, "next": [_branch(following["key"] if following else None)]}
        for each, following in zip(nodes, (*nodes[1:], None), strict=True)
    ]
    if top_from is not None:
        field, value = top_from
        large = {"field": field, "operator": "GTE", "values": [value], "department_ids": []}
        made[-1]["next"] = [_branch("top", large), _branch(None)]
        made.append({**_TOP, "next": [_branch(None)]})
    return {
        "start": [_branch(nodes[0]["key"])], "nodes": made, "resumes": "START", "asks_again": False, "copies": [],
        "allows": ["TRANSFER", "ADD_SIGN", "DELEGATE", "WITHDRAW", "RETURN"], "admin": _role("ADMIN"),
    }  # fmt: skip


_HALVES = "MORNING 上午 Morning|AFTERNOON 下午 Afternoon"
_LEAVES = (
    "ANNUAL 年假 Annual leave|SICK 病假 Sick leave|PERSONAL 事假 Personal leave|MARRIAGE 婚假 Marriage leave"
    "|MATERNITY 产假 Maternity leave|PATERNITY 陪产假 Paternity leave|BEREAVEMENT 丧假 Bereavement leave"
    "|COMPENSATORY 调休 Time off in lieu|OTHER 其他 Other"
)
_SPENDING = "TRAVEL 差旅 Travel|TRANSPORT 交通 Transport|MEALS 餐饮 Meals|OFFICE 办公 Office|OTHER 其他 Other"
_AMOUNT = _field("amount", "MONEY", "金额", "Amount")
_REASON = _field("reason", "MULTILINE", "事由", "Reason")
_FILES = _field("files", "FILE", "附件", "Attachments", optional=True)
_FROM = _field("from", "DATE", "开始日期", "First day")
_TO = _field("to", "DATE", "结束日期", "Last day")

READY = (
    Ready(
        "leave", "请假", "Leave",
        (
            _field("leaveKind", "OPTION", "假别", "Kind of leave", _LEAVES), _FROM,
            _field("fromHalf", "OPTION", "开始时段", "From which half of the day", _HALVES, optional=True), _TO,
            _field("toHalf", "OPTION", "结束时段", "To which half of the day", _HALVES, optional=True), _REASON, _FILES,
        ),
        _line(_HEAD, _HR, _TOP),
    ),
    Ready(
        "leave_return", "销假", "Return from leave",
        (
            _field("leave", "TEXT", "请假单", "The leave"), _field("to", "DATE", "实际结束日期", "Actual last day"),
            _field("toHalf", "OPTION", "结束时段", "To which half of the day", _HALVES, optional=True),
            _field("reason", "MULTILINE", "说明", "Remark", optional=True),
        ),
        _line(_HEAD),
    ),
    Ready(
        "overtime", "加班", "Overtime",
        (
            _field("begins", "DATETIME", "开始时间", "Begins"), _field("ends", "DATETIME", "结束时间", "Ends"),
            _field("compensation", "OPTION", "补偿方式", "Compensation", "PAY 加班费 Pay|TIME_OFF 调休 Time off"),
            _REASON,
        ),
        _line(_HEAD),
    ),
    Ready(
        "business_trip", "出差", "Business trip",
        (
            _field("destination", "TEXT", "目的地", "Destination"), _FROM, _TO,
            _field("amount", "MONEY", "预计费用", "Estimated cost", optional=True), _REASON,
        ),
        _line(_HEAD, top_from=("amount", "10000")),
    ),
    Ready(
        "supplies", "物品领用", "Supplies",
        (
            _field("items", "MULTILINE", "物品明细", "Items"),
            _field("amount", "MONEY", "预计金额", "Estimated amount", optional=True),
            _field("reason", "MULTILINE", "用途", "Purpose", optional=True),
        ),
        _line(_node("one", "上级或行政", "Superior or administration", SUPERIOR, _role("OFFICE_ADMIN"))),
    ),
    Ready(
        "expense", "费用报销", "Expense claim",
        (
            _field("category", "OPTION", "费用类别", "Category", _SPENDING), _AMOUNT,
            _field("day", "DATE", "发生日期", "Day"), _REASON, _FILES,
        ),
        _line(_HEAD, _FINANCE, top_from=("amount", "10000")),
    ),
    Ready(
        "payment", "付款申请", "Payment",
        (
            _field("payee", "TEXT", "收款方", "Payee"), _field("account", "TEXT", "收款账号", "Account", optional=True),
            _AMOUNT, _field("due", "DATE", "付款日期", "Due day", optional=True), _REASON, _FILES,
        ),
        _line(_HEAD, _FINANCE, top_from=("amount", "50000")),
    ),
    Ready(
        "contract", "合同审批", "Contract",
        (
            _field("name", "TEXT", "合同名称", "Name of the contract"),
            _field("counterparty", "TEXT", "对方单位", "Counterparty"), _AMOUNT,
            _field("reason", "MULTILINE", "合同要点", "Main points", optional=True), _FILES,
        ),
        _line(_HEAD, _COUNTERSIGN, top_from=("amount", "100000")),
    ),
    Ready(
        "contract_change", "合同变更", "Change of a contract",
        (
            _field("contract", "TEXT", "合同", "The contract"), _field("title", "TEXT", "变更事项", "What changes"),
            _AMOUNT, _field("to", "DATE", "新的结束日期", "New last day", optional=True), _REASON,
        ),
        _line(_HEAD, _COUNTERSIGN),
    ),
    Ready(
        "order_void", "订单作废", "Voiding of an order",
        (_field("order", "TEXT", "订单编号", "Number of the order"), _AMOUNT, _REASON),
        _line(_HEAD, _FINANCE),
    ),
    Ready(
        "write_off", "坏账核销", "Writing off",
        (
            _field("receivable", "TEXT", "应收款", "What is owed"), _field("customer", "TEXT", "客户", "Customer"),
            _AMOUNT, _REASON,
        ),
        _line(_HEAD, _FINANCE, top_from=("amount", "50000")),
    ),
    Ready(
        "quote_price", "报价低于底价", "Quote below the floor",
        (
            _field("quote", "TEXT", "报价单编号", "Number of the quote"),
            _field("customer", "TEXT", "客户", "Customer"), _AMOUNT,
            _field("lines", "MULTILINE", "低于底价的产品", "Products below the floor"), _REASON,
        ),
        _line(_HEAD, top_from=("amount", "100000")),
    ),
    Ready(
        "refund", "退款", "Refund",
        (_field("receipt", "TEXT", "回款单", "The receipt"), _AMOUNT, _REASON),
        _line(_HEAD, _FINANCE, top_from=("amount", "50000")),
    ),
    Ready(
        "discount", "折扣申请", "Discount",
        (
            _field("customer", "TEXT", "客户", "Customer"), _AMOUNT,
            _field("percent", "NUMBER", "折扣比例（%）", "Discount in percent"), _REASON,
        ),
        _line(_HEAD, top_from=("percent", "20")),
    ),
)  # fmt: skip
