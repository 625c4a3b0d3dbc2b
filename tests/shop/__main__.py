"""``python -m shop ShopService ServiceSettings run``: as a service's own module, for shop and customer."""

from __future__ import annotations

import sys

from crm_common.runtime.main import main

service, settings = (f"shop.registered:{name}" for name in sys.argv[1:3])
sys.exit(main(service, settings, arguments=sys.argv[3:]))
