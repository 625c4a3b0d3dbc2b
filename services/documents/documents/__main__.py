"""``python -m documents run | migrate``."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

if __name__ == "__main__":
    sys.exit(main("documents.service:DocumentsService", "documents.settings:DocumentsSettings"))
