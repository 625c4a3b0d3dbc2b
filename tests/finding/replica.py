"""A process that keeps the index of the service: its changes, and the building of it; to be killed at any moment.

Arguments: the database, Elasticsearch and the name of the index (``-`` for both: PostgreSQL), the lease in seconds.
"""

from __future__ import annotations

import sys
import threading

from crm_common.jobs import Scheduler
from crm_common.search.elastic import ElasticSearch
from crm_common.search.indexing import Indexer
from crm_common.search.port import SearchStore
from crm_common.search.postgres import PostgresSearch
from crm_common.search.rebuild import Rebuilder
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from finding.protocol import known
from finding.service import SEARCHABLES
from ledger.host import LedgerHost


def main(url: str, elastic: str, name: str, lease: str) -> None:
    """Work until killed."""
    store = Store(url, service="finding")
    index: SearchStore = PostgresSearch(store) if elastic == "-" else ElasticSearch(elastic, name)
    host = LedgerHost(store, settings=GivenSettings(), service="finding")
    rebuilder = Rebuilder(store, SEARCHABLES, index, page=10)
    scheduler = Scheduler(host, [rebuilder.job()], lease=float(lease), pulse=0.05)
    stop = threading.Event()
    indexer = Indexer(store, SEARCHABLES, index, batch=20, sweep=0.05)
    threading.Thread(target=indexer.run, args=(stop,), daemon=True).start()
    scheduler.loop(stop)


if __name__ == "__main__":
    with known():
        main(*sys.argv[1:])
