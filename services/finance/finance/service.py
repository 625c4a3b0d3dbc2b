"""The finance service: contracts, receivables, receipts, payables, budgets, claims and funds."""

from __future__ import annotations

from crm_common.custom_fields.offering import offers
from crm_common.exports import exporting
from crm_common.imports import importing
from crm_common.projections.customers import CUSTOMERS
from crm_common.projections.employees import EMPLOYEES
from crm_common.protocol.finance.exchange import EXPORTS, IMPORTS
from finance.operations.accounting import AccountingOperations
from finance.operations.contract_execution import ContractExecutionOperations
from finance.operations.contract_hands import ContractHands
from finance.operations.contracts import ContractOperations
from finance.operations.customer_news import CustomerNews
from finance.operations.exchange import EXPORTERS, IMPORTERS
from finance.operations.expenses import ExpenseOperations
from finance.operations.funds import FundOperations
from finance.operations.payables import PayableOperations
from finance.operations.performance_audits import PerformanceAuditOperations
from finance.operations.receipts import ReceiptOperations
from finance.operations.receivables import ReceivableOperations
from finance.operations.settling import SettlingOperations
from finance.operations.statistics import StatisticsOperations
from finance.operations.verifying import VerifyingOperations
from finance.store.contract_custom import CONTRACT_CUSTOM


@exporting(EXPORTS, EXPORTERS)
@importing(IMPORTS, IMPORTERS)
@offers(CONTRACT_CUSTOM)
class FinanceService(
    ContractOperations,
    ContractExecutionOperations,
    ContractHands,
    CustomerNews,
    ExpenseOperations,
    PayableOperations,
    FundOperations,
    SettlingOperations,
    PerformanceAuditOperations,
    StatisticsOperations,
    AccountingOperations,
    ReceivableOperations,
    ReceiptOperations,
    VerifyingOperations,
):
    """One class, declared once, run on the broker or in one process; its methods are in ``operations/``."""

    name = "finance"
    projections = (EMPLOYEES, CUSTOMERS)
