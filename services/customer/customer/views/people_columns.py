"""The columns of tables of leads and contacts: what templates show and imports read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_common.context import Context
from crm_common.exchange import Choice, Column, Kind
from customer.views.columns import coded

_ROLES = (
    Choice("DECIDER", "decider", "决策人"),
    Choice("INFLUENCER", "influencer", "影响人"),
    Choice("BUYER", "buyer", "采购人"),
    Choice("USER", "user", "使用人"),
    Choice("GATEKEEPER", "gatekeeper", "把关人"),
    Choice("OTHER", "other", "其他"),
)
_PHONE = ("电话", "手机", "联系电话", "手机号码")


def leads(host: Any, _context: Context) -> Sequence[Column]:
    """What can be told of a new lead."""
    dictionaries = coded(host.store)
    return (
        Column(key="name", en="Name", zh="姓名", needed=True, also=("名称", "线索名称", "联系人")),
        Column(key="company", en="Company", zh="公司", also=("公司名称", "企业名称")),
        Column(key="phone", en="Phone", zh="手机号", kind=Kind.PHONE, also=_PHONE, note_zh="手机号和邮箱至少填写一项"),
        Column(key="email", en="E-mail", zh="邮箱"),
        *(dictionaries[key] for key in ("source", "region", "industry", "level")),
        Column(key="campaign", en="Campaign", zh="市场活动"),
        Column(key="remark", en="Remark", zh="备注"),
    )


def contacts(_host: Any, _context: Context) -> Sequence[Column]:
    """What can be told of a new contact, with the customer it belongs to."""
    return (
        Column(key="customer", en="Customer", zh="客户名称", needed=True, also=("客户", "公司名称", "企业名称")),
        Column(
            key="customer_phone", en="Customer's phone", zh="客户手机号", kind=Kind.PHONE,
            note_zh="有同名客户时填写",
        ),
        Column(key="name", en="Name", zh="姓名", needed=True, also=("联系人", "联系人姓名")),
        Column(key="phone", en="Phone", zh="手机号", kind=Kind.PHONE, also=_PHONE),
        Column(key="phone_2", en="Second phone", zh="其他电话", kind=Kind.PHONE, also=("办公电话", "座机")),
        Column(key="title", en="Title", zh="职务", also=("职位",)),
        Column(key="department", en="Department", zh="部门"),
        Column(key="role", en="Role", zh="决策角色", kind=Kind.CHOICE, choices=_ROLES),
        Column(key="email", en="E-mail", zh="邮箱"),
        Column(key="address", en="Address", zh="地址"),
        Column(key="birthday", en="Birthday", zh="生日", kind=Kind.DATE, also=("出生日期",)),
        Column(key="hobbies", en="Hobbies", zh="爱好"),
        Column(key="remark", en="Remark", zh="备注"),
    )  # fmt: skip
