"""What finance shows: each view bound to its table."""

from __future__ import annotations

from crm_common.exports import export_binding
from crm_common.imports import import_binding
from crm_common.protocol.finance.exchange import EXPORTS, IMPORTS
from finance.views.contracts import CONTRACT_BINDINGS
from finance.views.performance_audits import PERFORMANCE_AUDITS
from finance.views.receivables import PERIODS, PLANS, RECEIPTS, RECEIVABLES
from finance.views.settling import SETTLING
from finance.views.spending import SPENDING

BINDINGS = (
    *SPENDING,
    *SETTLING,
    PERFORMANCE_AUDITS,
    *CONTRACT_BINDINGS,
    RECEIVABLES,
    RECEIPTS,
    PLANS,
    PERIODS,
    export_binding(EXPORTS),
    import_binding(IMPORTS),
)
