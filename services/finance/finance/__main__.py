"""``python -m finance run | migrate``."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

if __name__ == "__main__":
    sys.exit(main("finance.service:FinanceService", "finance.settings:FinanceSettings"))
