"""What finance shows: each view bound to its table."""

from __future__ import annotations

from finance.views.contracts import ARCHIVE, CONTRACT_LINES, CONTRACTS
from finance.views.receivables import PERIODS, PLANS, RECEIPTS, RECEIVABLES
from finance.views.spending import SPENDING

BINDINGS = (
    *SPENDING,
    CONTRACTS,
    CONTRACT_LINES,
    ARCHIVE,
    RECEIVABLES,
    RECEIPTS,
    PLANS,
    PERIODS,
)
