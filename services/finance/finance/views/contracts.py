"""Contracts and their archive as they are shown."""

from __future__ import annotations

from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.contract_archive import ArchivedContractView
from crm_common.protocol.finance.contracts import ContractLineView, ContractView
from crm_common.reading import bind, by_owner, many, one
from finance.tables.contracts import contract, contract_archive, contract_line
from finance.views.through import ThroughContract

OWNER_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id"
CUSTOMER_NAME = "SELECT k.name FROM customer_ref k WHERE k.id = {t}.customer_id"
OF_ITS_CONTRACT = "SELECT {what} FROM contract c WHERE c.id = {{t}}.contract_id"
SCOPE = by_owner("contract", owner=contract.c.owner_id, people=employee_ref)
AS_ITS_CONTRACT = ThroughContract(SCOPE)
"""One for all views: what an actor's scope is need be asked once."""

CONTRACT_LINES = bind(ContractLineView, contract_line, default_order=[contract_line.c.place])
CONTRACTS = bind(
    ContractView,
    contract,
    fields={"owner_name": OWNER_NAME, "customer_name": CUSTOMER_NAME},
    sort={"name": contract.c.name_key},
    children={"lines": many(contract_line.c.contract_id, part=True)},
    scope=SCOPE,
    where="{t}.deleted_at IS NULL",
    default_order=[contract.c.created_at.desc()],
)
ARCHIVE = bind(
    ArchivedContractView,
    contract_archive,
    fields={"customer_name": CUSTOMER_NAME, "owner_id": OF_ITS_CONTRACT.format(what="c.owner_id")},
    children={"contract": one(contract_archive.c.contract_id)},
    scope=AS_ITS_CONTRACT,
    default_order=[contract_archive.c.archived_at.desc()],
)
