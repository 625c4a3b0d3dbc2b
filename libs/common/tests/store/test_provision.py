"""A service's database: roles, rights and migrations on a real server."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors as pg

from crm_common import migrations, provision
from crm_common.journal import tables
from crm_common.provision import Provisioned
from crm_common.store import Store
from infra.postgres import SharedPostgres


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Makes an importable package that ships only migrations: ``(name, revision=body of its upgrade, …)``."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, **revisions: str) -> str:
        versions = tmp_path / name / "migrations" / "versions"
        versions.mkdir(parents=True)
        (tmp_path / name / "__init__.py").touch()
        previous = None
        for revision, body in revisions.items():
            told = f"from alembic import op\nrevision = {revision!r}\ndown_revision = {previous!r}\n"
            (versions / f"{revision}.py").write_text(f"{told}\n\ndef upgrade():\n    {body}\n")
            previous = revision
        return name

    return make


@pytest.fixture
def bare(postgres_server: SharedPostgres) -> Provisioned:
    """A provisioned database without a table, as it stands before the first migration."""
    url = postgres_server.create_database("bare")
    name = url.partition("?")[0].rpartition("/")[2]
    postgres_server.drop_database(url)
    return provision.database(postgres_server.url, "ledger", name=name)


def test_tables_as_described_are_tables_as_made(store: Store) -> None:
    made = store.rows("SELECT column_name, is_nullable FROM information_schema.columns WHERE table_name = 'journal'")

    assert {(column.name, "YES" if column.nullable else "NO") for column in tables.journal.columns} == set(made)


def test_provisioning_twice_and_at_once_changes_nothing(postgres_server: SharedPostgres, bare: Provisioned) -> None:
    name = bare.url.partition("?")[0].rpartition("/")[2]
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda _: provision.database(postgres_server.url, "ledger", name=name), range(4)))

    assert again == [bare] * 4


def test_an_administrator_need_not_be_a_superuser(postgres_server: SharedPostgres) -> None:
    with psycopg.connect(postgres_server.url, autocommit=True) as server:
        server.execute("CREATE ROLE modest LOGIN CREATEROLE CREATEDB")
    modest = postgres_server.url.replace("//postgres@", "//modest@").replace("/postgres?", "/postgres?", 1)
    made = provision.database(modest, "modest", name="modest_made", password="p'w")
    again = provision.database(modest, "modest", name="modest_made", password="p'w")
    with psycopg.connect(made.owner_url) as owner:
        owner.execute("CREATE TABLE mine (id integer)")
    postgres_server.drop_database(made.url)

    assert made == again
    assert "crm_modest:p%27w@" in made.url


def test_the_runtime_role_owns_nothing_and_makes_nothing(bare: Provisioned) -> None:
    with psycopg.connect(bare.url) as runtime, pytest.raises(pg.InsufficientPrivilege):
        runtime.execute("CREATE TABLE mine (id integer)")


def test_nobody_but_the_services_own_roles_may_connect(postgres_server: SharedPostgres, bare: Provisioned) -> None:
    provision.database(postgres_server.url, "stranger", name="stranger_" + bare.url.partition("?")[0][-8:])
    stranger = bare.url.replace("//crm_ledger@", "//crm_stranger@")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger)


@pytest.mark.parametrize("table", ["journal", "journal_event", "journal_chain"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = NULL", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_runtime_role_may_only_add_to_the_journal(store: Store, table: str, verb: str) -> None:
    column = store.rows("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", (table,))

    with pytest.raises(pg.InsufficientPrivilege):
        store.rows(verb.format(table, column[0][0]))


def test_no_partition_is_a_way_around_the_journals_rights(store: Store) -> None:
    parts = store.rows("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal'::regclass")
    rights = store.rows(
        "SELECT inhrelid::regclass::text"
        " FROM pg_inherits, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS verb"
        " WHERE inhparent = 'journal'::regclass AND has_table_privilege(inhrelid, verb)"
    )

    assert len(parts) == 5
    assert rights == []


def test_replicas_that_start_at_once_migrate_once(bare: Provisioned, package: Callable[..., str]) -> None:
    ledger = package("brigade", r1="op.execute('CREATE TABLE one ()')", r2="op.execute('CREATE TABLE two ()')")
    with ThreadPoolExecutor(4) as pool:
        reached = list(pool.map(lambda _: migrations.run(bare.owner_url, ledger), range(4)))

    assert reached == ["r2"] * 4
    with psycopg.connect(bare.url) as runtime:
        assert runtime.execute("SELECT count(*) FROM one, two").fetchone() == (0,)


def test_a_fault_leaves_the_database_as_it_was(bare: Provisioned, package: Callable[..., str]) -> None:
    broken = package("faulty", r1="op.execute('CREATE TABLE one ()')", r2="op.execute('CREATE TABLE one ()')")

    with pytest.raises(sa.exc.ProgrammingError, match="already exists"):
        migrations.run(bare.owner_url, broken)

    with psycopg.connect(bare.owner_url) as owner:
        assert owner.execute("SELECT to_regclass('one'), to_regclass('alembic_version')").fetchone() == (None, None)


def test_the_hook_is_called_before_an_upgrade_of_what_exists(bare: Provisioned, package: Callable[..., str]) -> None:
    calls: list[tuple[str, str]] = []
    first = package("steps", r1="op.execute('CREATE TABLE one ()')")
    migrations.run(bare.owner_url, first, before_upgrade=lambda *step: calls.append(step))
    migrations.run(bare.owner_url, first, before_upgrade=lambda *step: calls.append(step))
    more = package("more", r1="op.execute('CREATE TABLE one ()')", r2="op.execute('CREATE TABLE two ()')")
    migrations.run(bare.owner_url, more, before_upgrade=lambda *step: calls.append(step))

    assert calls == [("r1", "r2")]
    engine = sa.create_engine(bare.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert migrations.revision(connection) == migrations.wanted_revision(more) == "r2"


def test_migrations_refuse_to_run_as_somebody_else(bare: Provisioned, package: Callable[..., str]) -> None:
    with pytest.raises(LookupError, match="as the owner of the database"):
        migrations.run(bare.url, package("wrong", r1="pass"))
