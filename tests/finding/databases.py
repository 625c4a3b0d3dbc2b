"""The service's own database, emptied between tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from crm_common import migrations, provision
from crm_common.provision import Provisioned
from infra.postgres import SharedPostgres

SERVICE = "finding"


@contextmanager
def migrated(server: SharedPostgres) -> Iterator[Provisioned]:
    """A migrated database; removed at the end."""
    url = server.create_database(SERVICE)
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, SERVICE, name=name)
    migrations.run(made.owner_url, SERVICE)
    try:
        yield made
    finally:
        server.drop_database(made.url)


def empty(database: Provisioned) -> None:
    """Remove every row of every table, and begin the state of search anew."""
    kept = ("alembic_version", "journal_epoch")
    with psycopg.connect(database.owner_url) as owner:
        names = owner.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
            (list(kept),),
        ).fetchall()
        owner.execute(f"TRUNCATE {', '.join(name for (name,) in names)}")
        owner.execute("INSERT INTO search_state DEFAULT VALUES")
