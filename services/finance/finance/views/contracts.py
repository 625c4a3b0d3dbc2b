"""Contracts and their archive as they are shown."""

from __future__ import annotations

from crm_common.custom_fields import reading
from crm_common.projections.employees import employee_ref
from crm_common.protocol.finance.contract_archive import ArchivedContractView
from crm_common.protocol.finance.contract_changes import ContractChangeView, ContractVersionView
from crm_common.protocol.finance.contract_progress import ContractEntryView, ContractMilestoneView
from crm_common.protocol.finance.contracts import ContractLineView, ContractView
from crm_common.reading import bind, by_owner, many, one, same_row
from finance.store.contract_custom import CONTRACT_CUSTOM
from finance.tables.contracts import (
    contract,
    contract_archive,
    contract_change,
    contract_entry,
    contract_line,
    contract_milestone,
    contract_version,
)
from finance.views.through import ThroughContract

OWNER_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id"
CUSTOMER_NAME = "SELECT k.name FROM customer_ref k WHERE k.id = {t}.customer_id"
OF_ITS_CONTRACT = "SELECT {what} FROM contract c WHERE c.id = {{t}}.contract_id"
_SETTLEMENT = "({t}.measured_amount + {t}.changed_amount)"
_PERCENT = "CASE WHEN {{t}}.amount > 0 THEN round({of} * 100 / {{t}}.amount, 2) END"
SCOPE = by_owner("contract", owner=contract.c.owner_id, people=employee_ref)
AS_ITS_CONTRACT = ThroughContract(SCOPE)
"""One for all views: what an actor's scope is need be asked once."""

CONTRACT_LINES = bind(ContractLineView, contract_line, default_order=[contract_line.c.place])
CONTRACTS = bind(
    ContractView,
    contract,
    fields={
        "owner_name": OWNER_NAME,
        "customer_name": CUSTOMER_NAME,
        "measured_percent": _PERCENT.format(of="{t}.measured_amount"),
        "paid_percent": _PERCENT.format(of="{t}.paid_amount"),
        "settlement": _SETTLEMENT,
        "unpaid_amount": f"({_SETTLEMENT} - {{t}}.paid_amount)",
        "unpaid_percent": _PERCENT.format(of=f"({_SETTLEMENT} - {{t}}.paid_amount)"),
    },
    sort={"name": contract.c.name_key},
    children={
        "custom": same_row(),
        "lines": many(contract_line.c.contract_id, part=True),
        "changes": many(contract_change.c.contract_id, part=True),
        "versions": many(contract_version.c.contract_id, part=True),
        "entries": many(contract_entry.c.contract_id, part=True),
        "plan": many(contract_milestone.c.contract_id, part=True),
    },
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
CONTRACT_CHANGES = bind(
    ContractChangeView,
    contract_change,
    children={"contract": one(contract_change.c.contract_id)},
    scope=AS_ITS_CONTRACT,
    default_order=[contract_change.c.created_at.desc()],
)
CONTRACT_VERSIONS = bind(ContractVersionView, contract_version, default_order=[contract_version.c.revision])
CONTRACT_ENTRIES = bind(ContractEntryView, contract_entry, default_order=[contract_entry.c.created_at.desc()])
CONTRACT_MILESTONES = bind(ContractMilestoneView, contract_milestone, default_order=[contract_milestone.c.day])
CONTRACT_BINDINGS = (
    *reading.bindings(CONTRACT_CUSTOM),
    CONTRACTS,
    CONTRACT_LINES,
    ARCHIVE,
    CONTRACT_CHANGES,
    CONTRACT_VERSIONS,
    CONTRACT_ENTRIES,
    CONTRACT_MILESTONES,
)
