"""The columns of tables of customers: what templates show, imports read and exports write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_common.context import Context
from crm_common.custom_fields.sheets import custom_columns
from crm_common.exchange import Choice, Column, Kind
from crm_common.protocol.customer.customers import CUSTOMER_FIELDS
from crm_common.store import Store

_KIND = (Choice("COMPANY", "company", "企业"), Choice("PERSON", "person", "个人"))
_SEX = (Choice("MALE", "male", "男"), Choice("FEMALE", "female", "女"))
_DICTIONARIES = (
    ("region", "Region", "地区"),
    ("industry", "Industry", "行业"),
    ("nature", "Nature", "性质"),
    ("source", "Source", "来源"),
    ("level", "Level", "级别"),
)
_TEXTS = (
    ("address", "Address", "地址"),
    ("email", "E-mail", "邮箱"),
    ("fax", "Fax", "传真"),
    ("website", "Website", "网址"),
    ("profession", "Profession", "职业"),
    ("remark", "Remark", "备注"),
)
_ENTRIES = (
    "SELECT dictionary, code, label, coalesce(label_en, code) FROM dictionary_entry WHERE NOT archived ORDER BY rank"
)


def importable(host: Any, _context: Context) -> Sequence[Column]:
    """What can be told of a new customer, custom fields included."""
    return (
        *_known(host.store),
        Column(key="owner", en="Owner", zh="负责人", also=("所属人", "业务员", "销售"), note_zh="姓名；留空为本人"),
        *custom_columns(host.store, CUSTOMER_FIELDS.record),
    )


def pooled(host: Any, _context: Context) -> Sequence[Column]:
    """The same without an owner."""
    return (*_known(host.store), *custom_columns(host.store, CUSTOMER_FIELDS.record))


def exportable(host: Any, _context: Context) -> Sequence[Column]:
    """What the lists show."""
    moments = (
        ("created_at", "Created", "创建时间"),
        ("last_follow_up_at", "Last follow-up", "最近跟进"),
        ("next_contact_at", "Next contact", "下次联系"),
    )
    return (
        *_known(host.store),
        Column(key="owner_name", en="Owner", zh="负责人"),
        *(Column(key=key, en=en, zh=zh, kind=Kind.DATETIME) for key, en, zh in moments),
        *custom_columns(host.store, CUSTOMER_FIELDS.record),
    )


def coded(store: Store) -> dict[str, Column]:
    """The columns whose cells are entries of dictionaries, by their keys."""
    entries: dict[str, list[Choice]] = {}
    for dictionary, code, label, label_en in store.rows(_ENTRIES):
        entries.setdefault(dictionary.lower(), []).append(Choice(code, label_en, label))
    return {
        key: Column(key=key, en=en, zh=zh, kind=Kind.CHOICE, choices=tuple(entries.get(key, ())))
        for key, en, zh in _DICTIONARIES
    }


def _known(store: Store) -> tuple[Column, ...]:
    return (
        Column(key="name", en="Name", zh="客户名称", needed=True, also=("名称", "姓名", "公司名称", "企业名称")),
        Column(
            key="phone",
            en="Phone",
            zh="手机号",
            kind=Kind.PHONE,
            needed=True,
            also=("电话", "手机", "联系电话", "手机号码"),
        ),
        Column(key="kind", en="Kind", zh="客户类型", kind=Kind.CHOICE, choices=_KIND, also=("类型",)),
        *coded(store).values(),
        *(Column(key=key, en=en, zh=zh) for key, en, zh in _TEXTS),
        Column(key="sex", en="Sex", zh="性别", kind=Kind.CHOICE, choices=_SEX),
        Column(key="birth_date", en="Day of birth", zh="出生日期", kind=Kind.DATE, also=("生日",)),
    )
