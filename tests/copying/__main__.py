"""``python -m copying run``: as a service's own module."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

sys.exit(main("copying.registered:CopyingService", "copying.registered:Settings"))
