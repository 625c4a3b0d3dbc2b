"""`python -m crm_servers`: puts all server programs onto this machine beforehand, so that no test waits for them."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from crm_servers import elasticsearch, minio, postgres, rabbitmq, toxiproxy
from crm_servers.installing import Missing

PROGRAMS = {
    "postgres": postgres.programs,
    "rabbitmq": rabbitmq.installed,
    "elasticsearch": elasticsearch.installed,
    "toxiproxy": toxiproxy.installed,
    "minio": minio.installed,
}


def install(name: str) -> bool:
    started = time.monotonic()
    try:
        place = PROGRAMS[name]()
    except Missing as missing:
        print(missing, flush=True)
        return False
    print(f"{name:14} {time.monotonic() - started:6.1f} s  {place}", flush=True)
    return True


def main() -> int:
    with ThreadPoolExecutor() as pool:
        return 0 if all(pool.map(install, PROGRAMS)) else 1


if __name__ == "__main__":
    sys.exit(main())
