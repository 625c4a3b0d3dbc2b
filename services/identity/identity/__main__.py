"""``python -m identity run | migrate | found [NAME]``."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

if __name__ == "__main__":
    if sys.argv[1:2] == ["found"]:
        from identity import bootstrap

        sys.exit(bootstrap.main(sys.argv[2:]))
    sys.exit(main("identity.service:IdentityService", "identity.settings:IdentitySettings"))
