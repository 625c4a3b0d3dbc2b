"""Imports and exports of finance (IOX-01, 02): which tables come in and go out, and what rows are refused for."""

from __future__ import annotations

from enum import StrEnum

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.exporting import offer_exports
from crm_common.protocol.finance.service import finance
from crm_common.protocol.importing import offer_imports


class ContractTable(StrEnum):
    """The tables that can be imported."""

    CONTRACT = "CONTRACT"
    """Drafts of contracts in one's own name; their numbers are given by themselves."""


class FinanceList(StrEnum):
    """The lists that can be exported."""

    CONTRACT = "CONTRACT"
    """Contracts in the viewer's data scope; needs contract.export."""
    RECEIVABLE = "RECEIVABLE"
    """Receivables in the viewer's data scope; needs receivable.export."""


class ExchangeOfContractsRules(Rules):
    """Refusals of rows, and of taking them back."""

    no_customer_of_a_contract_is_named_so = Rule(
        Code.VALIDATION,
        en="No customer in your data scope is named {name}.",
        zh="您的数据范围内没有名为“{name}”的客户。",
    )
    several_customers_of_a_contract_are_named_so = Rule(
        Code.VALIDATION, en="Several customers are named {name}.", zh="有多个客户名为“{name}”。"
    )
    the_contract_is_there_already = Rule(
        Code.DUPLICATE,
        en="The customer has a contract of this name already: {number}.",
        zh="该客户已有同名合同：{number}。",
    )
    the_contract_was_worked_with = Rule(
        Code.CONFLICT, en="The contract was changed or submitted since.", zh="该合同在导入后已被修改或提交。"
    )


IMPORTS = offer_imports(
    finance, "Contract", kinds=ContractTable, permissions=("contract.import",), bulk="customer.import_bulk"
)
EXPORTS = offer_exports(finance, "Finance", kinds=FinanceList, permissions=("contract.export", "receivable.export"))
