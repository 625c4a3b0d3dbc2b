"""What of contracts is found by search (SCH-01): by their words, their numbers and their products."""

from __future__ import annotations

from crm_common.protocol.finance.contracts import ContractView
from crm_common.search import Searchable
from finance.tables.contracts import contract
from finance.views.contracts import CUSTOMER_NAME

_PRODUCTS = "SELECT string_agg(l.name, ' ') FROM contract_line l WHERE l.contract_id = {t}.id"
_CUSTOM = "SELECT string_agg(v.text, ' ') FROM custom_value v WHERE v.entity_id = {t}.id"

SEARCHABLES = (
    Searchable(
        view=ContractView,
        table=contract,
        aggregate="contract",
        names=(contract.c.name, contract.c.number),
        texts=(contract.c.counterparty, contract.c.body, contract.c.remark, CUSTOMER_NAME, _PRODUCTS, _CUSTOM),
        where="{t}.deleted_at IS NULL",
        owner=contract.c.owner_id,
        module="contract",
    ),
)
