"""Which store a service searches in: Elasticsearch where the environment names one, else its own database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from crm_common.search.port import SearchStore
from crm_common.search.postgres import PostgresSearch

if TYPE_CHECKING:
    from crm_common.runtime.host import ServiceHost


def store_of(host: ServiceHost) -> SearchStore:
    """The store as ``CRM_SEARCH_URL`` says. The name of the service's database is its index's."""
    process = getattr(host.environment, "process", None)
    url = process.search_url if process is not None else None
    if url is None:
        return PostgresSearch(host.store)
    # its client is 12 MB that a process without it does without
    from crm_common.search.elastic import ElasticSearch

    database = str(conninfo_to_dict(host.store.url).get("dbname") or host.service)
    return ElasticSearch(url.reveal(), "search-" + re.sub(r"[^a-z0-9]+", "-", database.lower()))
