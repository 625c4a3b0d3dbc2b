"""``python -m importing.broker run``: the depot in a process of its own, as production runs services."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

if __name__ == "__main__":
    sys.exit(main("importing.registered:DepotService", "importing.registered:ServiceSettings"))
