"""``python -m contracting OfficeService OfficeSettings run``: one of the services in a process of its own."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

service, settings = (f"contracting.registered:{name}" for name in sys.argv[1:3])
sys.exit(main(service, settings, arguments=sys.argv[3:]))
