"""Identity on a real database: a founded company, copied for every test."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

from crm_common import migrations, provision
from crm_common.protocol import declare
from crm_common.protocol.identity import identity, permissions
from founded.house import House
from infra.postgres import SharedPostgres


@pytest.fixture(scope="session")
def founded_template(postgres_server: SharedPostgres) -> Iterator[str]:
    """The name of a database with a founded company."""
    name = f"identity_template_{secrets.token_hex(4)}"
    database = provision.database(postgres_server.url, "identity", name=name)
    migrations.run(database.owner_url, "identity")
    house = House(database.url)
    house.as_system("found_company", name="华信科技有限公司")
    house.close()
    yield name
    postgres_server.drop_database(database.url)


@pytest.fixture
def no_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identity is the only service of the company: nobody else is asked what is in somebody's name."""
    permissions.keys_in_use(), permissions.modules()  # what is kept of the protocols is kept of all of them
    monkeypatch.setattr(declare, "_SERVICES", {"identity": identity})


@pytest.fixture
def new_house(
    postgres_server: SharedPostgres, founded_template: str, no_neighbours: None
) -> Iterator[Callable[..., House]]:
    """Makes founded companies, each on a database of its own."""
    made: list[tuple[House, str]] = []

    def make(*, size: int = 10) -> House:
        name = f"identity_{secrets.token_hex(4)}"
        with psycopg.connect(postgres_server.url, autocommit=True) as admin:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER crm_identity_owner STRATEGY FILE_COPY")
            admin.execute(copy.format(sql.Identifier(name), sql.Identifier(founded_template)))
        url = provision.database(postgres_server.url, "identity", name=name).url
        made.append((House(url, size=size), url))
        return made[-1][0]

    yield make
    for house, url in made:
        house.close()
        postgres_server.drop_database(url)


@pytest.fixture
def house(new_house: Callable[..., House]) -> House:
    """A founded company with an administrator and nobody else."""
    return new_house()
