"""``python -m probe ProbeService run``: as a service's own module, for each of the classes."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

sys.exit(main(f"probe.registered:{sys.argv[1]}", "probe.settings:Settings", arguments=sys.argv[2:]))
