"""`python -m crm_full`: DATA_DIR (default data/full) and PORT (default 8000) from the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crm_full.folder import FolderInUse
from crm_full.launcher import CommandFailed, launch
from crm_servers.installing import Missing
from crm_servers.process import ServerFailed

ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    data = Path(os.environ.get("DATA_DIR") or ROOT / "data" / "full")
    try:
        return launch(ROOT, data, int(os.environ.get("PORT") or 8000))
    except Missing as missing:
        print(f"{missing}\nOr start the servers in containers: see deploy/compose.yaml.", file=sys.stderr)
    except (FolderInUse, CommandFailed, ServerFailed) as reason:
        print(reason, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
