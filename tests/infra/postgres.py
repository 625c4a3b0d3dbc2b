"""PostgreSQL for tests: the run's shared server, and servers of a test's own that it may stop and kill."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from psycopg.conninfo import conninfo_to_dict

from crm_servers import addresses
from crm_servers.postgres import create_database, drop_database


@dataclass(frozen=True)
class SharedPostgres:
    """The server of this run. `url` is a superuser's; `how` it came: environment, container or native."""

    address: addresses.Postgres
    how: str

    @property
    def url(self) -> str:
        return self.address.url

    def create_database(self, name: str = "test") -> str:
        """URL of a new, empty database whose name starts with `name`; nobody else has it."""
        unique = f"{name}_{secrets.token_hex(4)}"
        create_database(self.url, unique)
        return with_database(self.url, unique)

    def drop_database(self, url: str) -> None:
        """Removes a database that `create_database` made, also while connections are open to it."""
        drop_database(self.url, str(conninfo_to_dict(url)["dbname"]))

    def tcp_url_of(self, url: str) -> str:
        """The same database over TCP with a password, for a proxy to stand before (host and port can be replaced)."""
        return with_database(self.address.tcp_url, str(conninfo_to_dict(url)["dbname"]))


def with_database(server_url: str, name: str) -> str:
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
