"""Imports and exports of customers (IOX-01, 02, CUS-19, 54): what tables there are, and what undoing one tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.customers import CustomerEvent
from crm_common.protocol.customer.service import customer
from crm_common.protocol.exporting import offer_exports
from crm_common.protocol.importing import offer_imports


class CustomerTable(StrEnum):
    """The tables that can be imported."""

    CUSTOMER = "CUSTOMER"
    """Customers of one's own, or of named owners in one's data scope."""
    POOL_CUSTOMER = "POOL_CUSTOMER"
    """Customers of the pool; needs pool.import."""
    CONTACT = "CONTACT"
    """Contacts of customers in one's own name, or in that of somebody in one's data scope; needs customer.import."""
    LEAD = "LEAD"
    """Leads, in nobody's name yet; needs lead.import."""


class CustomerList(StrEnum):
    """The lists that can be exported."""

    CUSTOMER = "CUSTOMER"
    """Customers in the viewer's data scope; needs customer.export."""
    POOL_CUSTOMER = "POOL_CUSTOMER"
    """Customers of the pool; needs pool.export."""


class ExchangeOfCustomersRules(Rules):
    """Refusals of rows, and of taking them back."""

    the_owner_is_not_known = Rule(
        Code.VALIDATION,
        en="No active employee in your data scope is named {name}.",
        zh="您的数据范围内没有名为“{name}”的在职员工。",
    )
    several_people_are_named_so = Rule(
        Code.VALIDATION, en="Several employees are named {name}.", zh="有多名员工名为“{name}”。"
    )
    the_row_is_there_twice = Rule(
        Code.DUPLICATE,
        en="Row {row} of the file has the same phone and name.",
        zh="与文件第 {row} 行的手机号和名称重复。",
    )
    the_customer_is_in_other_hands = Rule(
        Code.FORBIDDEN,
        en="The customer exists already and is not yours ({state}).",
        zh="该客户已存在且不在您名下（{state}）。",
    )
    the_customer_was_worked_with = Rule(
        Code.CONFLICT,
        en="The customer was changed or worked with since.",
        zh="该客户在导入后已被修改或跟进。",
    )
    no_customer_is_named_so = Rule(
        Code.VALIDATION,
        en="No customer of yours is named {name}.",
        zh="您的数据范围内没有名为“{name}”的客户。",
    )
    several_customers_are_named_so = Rule(
        Code.VALIDATION,
        en="Several customers are named {name}; give the phone too.",
        zh="有多个客户名为“{name}”，请同时填写客户手机号。",
    )
    the_contact_is_there_already = Rule(
        Code.DUPLICATE, en="The customer has this contact already.", zh="该客户已有此联系人。"
    )
    the_record_was_worked_with = Rule(
        Code.CONFLICT, en="The record was changed or worked with since.", zh="该记录在导入后已被修改或跟进。"
    )


IMPORTS = offer_imports(
    customer,
    "Customer",
    kinds=CustomerTable,
    permissions=("customer.import", "pool.import", "lead.import"),
    bulk="customer.import_bulk",
)
EXPORTS = offer_exports(customer, "Customer", kinds=CustomerList, permissions=("customer.export", "pool.export"))


@customer.event("customer.deleted", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDeleted(CustomerEvent):
    """An import was undone: the customer, whom nobody had touched since, is gone. Nothing else deletes one (CUS-07)."""
