"""``python -m depot run``: as a service's own module."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

sys.exit(main("depot.registered:DepotService", "depot.registered:Settings"))
