"""What finance shows: each view bound to its table."""

from __future__ import annotations

from finance.views.contracts import ARCHIVE, CONTRACT_LINES, CONTRACTS
from finance.views.spending import SPENDING

BINDINGS = (
    *SPENDING,
    CONTRACTS,
    CONTRACT_LINES,
    ARCHIVE,
)
