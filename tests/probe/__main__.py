"""``python -m probe ProbeService run``: as a service's own module, for either class."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

sys.exit(main(f"probe.service:{sys.argv[1]}", "probe.settings:Settings", arguments=sys.argv[2:]))
