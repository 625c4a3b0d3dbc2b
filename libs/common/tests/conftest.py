"""Databases as services have them: provisioned with their roles, migrated by their own package."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from crm_common import migrations, provision
from crm_common.provision import Provisioned
from crm_common.store import Store
from infra.postgres import SharedPostgres

SERVICE = "ledger"


WritePackage = Callable[..., None]


@pytest.fixture(scope="session")
def write_package() -> WritePackage:
    """Writes a service package that ships only migrations: ``(folder, name, revision=body of its upgrade, …)``."""
    return _write_package


def _write_package(folder: Path, name: str, **revisions: str) -> None:
    versions = folder / name / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / name / "__init__.py").touch()
    previous = None
    for revision, body in revisions.items():
        head = f"from alembic import op\nfrom crm_common import migrations\nrevision = {revision!r}\n"
        upgrade = "\n".join(f"    {line}" for line in dedent(body).strip().splitlines())
        text = f"{head}down_revision = {previous!r}\n\n\ndef upgrade():\n{upgrade}\n"
        (versions / f"{revision}.py").write_text(text)
        previous = revision


@pytest.fixture(scope="session")
def ledger_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of an importable package whose one revision makes the common tables and ``entry(id, amount)``."""
    folder = tmp_path_factory.mktemp("packages")
    tables = """
        migrations.baseline(op)
        op.execute("CREATE TABLE entry (id uuid PRIMARY KEY, amount integer NOT NULL, name text UNIQUE)")
        op.execute("CREATE TABLE effect (event_id uuid, note text)")
    """
    _write_package(folder, SERVICE, r0001=tables)
    sys.path.insert(0, str(folder))
    yield SERVICE
    sys.path.remove(str(folder))


@pytest.fixture
def service_database(postgres_server: SharedPostgres, ledger_package: str) -> Iterator[Callable[[], Provisioned]]:
    """Makes migrated databases of the service ``ledger``; they are removed after the test."""
    made: list[Provisioned] = []

    def make() -> Provisioned:
        # a database of the fixture's own name; only its roles are shared by everybody on this server
        url = postgres_server.create_database("ledger")
        name = url.partition("?")[0].rpartition("/")[2]
        postgres_server.drop_database(url)
        made.append(provision.database(postgres_server.url, SERVICE, name=name))
        migrations.run(made[-1].owner_url, ledger_package)
        return made[-1]

    yield make
    for database in made:
        postgres_server.drop_database(database.url)


@pytest.fixture
def database(service_database: Callable[[], Provisioned]) -> Provisioned:
    """One migrated database."""
    return service_database()


@pytest.fixture
def store(database: Provisioned) -> Iterator[Store]:
    """The store of the runtime role on `database`."""
    store = Store(database.url, service=SERVICE, size=25)
    yield store
    store.close()
