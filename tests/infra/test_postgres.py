"""The test PostgreSQL is real: created, used, stopped, killed, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from crm_servers.postgres import PostgresServer
from infra.postgres import SharedPostgres


def test_a_module_gets_an_empty_database_with_the_extensions_the_services_use(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        for extension in ("pg_trgm", "btree_gin", "unaccent"):
            connection.execute(f"CREATE EXTENSION {extension}")
        version = connection.execute("SHOW server_version_num").fetchone()
    assert tables == (0,)
    assert version is not None
    assert int(version[0]) // 10000 >= 18


def test_databases_are_strangers_to_one_another(postgres_server: SharedPostgres) -> None:
    one, other = postgres_server.create_database("same"), postgres_server.create_database("same")
    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
    postgres_server.drop_database(one)
    postgres_server.drop_database(other)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(one)


def test_the_tcp_address_asks_for_its_password(postgres_server: SharedPostgres) -> None:
    url = postgres_server.tcp_url_of(postgres_server.url)
    with psycopg.connect(url) as connection:
        assert connection.info.hostaddr == "127.0.0.1"
    if postgres_server.how == "native":
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url, password="wrong")


def test_what_was_committed_is_there_after_kill_9(own_postgres: Callable[..., PostgresServer]) -> None:
    server = own_postgres()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    server.kill()
    assert not server.running()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    server.stop()
    assert not server.running()
