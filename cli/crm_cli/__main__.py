"""``python -m crm_cli``: as the command ``crm``."""

from __future__ import annotations

import sys

from crm_cli.app import main

sys.exit(main())
