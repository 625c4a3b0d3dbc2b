"""Makes what is measured: a server of its own, identity's database with the company in it, somebody who looks at it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import sql

from bench.company import Company, Rows
from bench.customer_data import Filled, Filling
from bench.surroundings import identity_settings
from crm_common import codec, migrations, provision
from crm_common.context import Seal, system_context
from crm_common.protocol.selection import names
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from crm_servers.postgres import PostgresServer
from identity.service import IdentityService
from identity.store import tree

KEYS = [
    "org.view", "org.edit", "role.view", "customer.view", "customer.create", "customer.edit", "customer.follow",
    "customer.import", "customer.import_bulk", "pool.view", "pool.claim",
]  # fmt: skip
_PEOPLE = """
SELECT e.id, 1, e.name, e.active, e.department_id, d.name, e.department_path, e.line
FROM employee e JOIN department d ON d.id = e.department_id
"""
_REFERENCES = """
COPY employee_ref (id, seq, name, active, department_id, department_name, department_path, line) FROM STDIN
"""
PASSWORD = "Yardstick-2026"
LOGIN = "bench"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What contenders and workloads need to know."""

    admin_url: str
    database_url: str
    owner_url: str
    path: str
    """The path of the department whose head looks: he sees it and all below."""
    company: list[UUID]
    """Every department."""
    departments: list[UUID]
    """Those below the viewer's."""
    employees: list[UUID]
    """Those whom he sees."""
    secret: str
    key_secret: str
    viewer: UUID
    customer: CustomerDatabase


@dataclass(frozen=True, slots=True)
class CustomerDatabase:
    """The customer service's, with what lies in it."""

    admin_url: str
    database_url: str
    owner_url: str
    filled: Filled


def counting_server(folder: Path, lifeline: Path) -> PostgresServer:
    """A server that syncs to disk as in production and can count statements, which it does not do yet."""
    server = PostgresServer(folder, lifeline, durable=True, remove=True).start()
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        admin.execute("ALTER SYSTEM SET pg_stat_statements.track = 'none'")
    server.stop()
    return server.start()


def prepare(server: PostgresServer, *, employees: int, customers: int) -> Prepared:
    """A founded company with ``employees`` more people and ``customers`` of theirs, analysed and settled."""
    database = provision.database(server.url, "identity")
    migrations.run(database.owner_url, "identity")
    with psycopg.connect(server.url_of("crm_identity"), autocommit=True) as admin:
        admin.execute("CREATE EXTENSION pg_stat_statements")
    prepared = Prepared(
        server.url_of("crm_identity"), database.url, database.owner_url, "", [], [], [],
        secrets.token_hex(32), secrets.token_hex(32), UUID(int=0), _customer_database(server),
    )  # fmt: skip
    with _running(prepared) as runtime:
        _call(runtime, "found_company", name="基准科技有限公司")
        prepared = _fill(prepared, runtime, employees)
    return _fill_customers(prepared, customers)


def wait_for_search(url: str, *, seconds: float = 900) -> None:
    """Wait until the product has indexed the data set, which it began when it started: it is no request's work."""
    until = time.monotonic() + seconds
    with psycopg.connect(url, autocommit=True) as admin:
        while admin.execute("SELECT FROM search_state WHERE live > 0 AND building IS NULL").fetchone() is None:
            if time.monotonic() > until:
                raise TimeoutError("the search index is not built")
            time.sleep(0.2)


def _customer_database(server: PostgresServer) -> CustomerDatabase:
    database = provision.database(server.url, "customer")
    migrations.run(database.owner_url, "customer")
    return CustomerDatabase(server.url_of("crm_customer"), database.url, database.owner_url, Filled([], [], []))


def _fill_customers(prepared: Prepared, count: int) -> Prepared:
    kept = prepared.customer
    with psycopg.connect(prepared.owner_url) as identity, psycopg.connect(kept.owner_url, autocommit=True) as owner:
        people = identity.execute(_PEOPLE).fetchall()
        with owner.cursor().copy(_REFERENCES) as copy:
            for row in people:
                copy.write_row(row)
        [pool] = owner.execute("SELECT id FROM pool WHERE is_default").fetchone() or (None,)
        filling = Filling(prepared.key_secret, prepared.viewer, UUID(str(pool)))
        others = [row[0] for row in people if row[0] != prepared.viewer]
        filled = filling.write(owner, sorted(others), set(prepared.employees) - {prepared.viewer}, count)
        owner.execute("VACUUM (ANALYZE)")
    return replace(prepared, customer=replace(kept, filled=filled))


def _fill(prepared: Prepared, runtime: LocalRuntime, employees: int) -> Prepared:
    with psycopg.connect(prepared.owner_url, autocommit=True) as owner:
        [root] = owner.execute("SELECT id FROM department").fetchone() or (None,)
        company = Company(UUID(str(root)), employees=employees)
        _copy(owner, company.rows())
        with owner.cursor() as cursor:
            heads = [(head, department) for department, head in company.heads.items()]
            cursor.executemany("UPDATE department SET head_id = %s WHERE id = %s", heads)
    _settle(prepared.owner_url)
    branch = company.departments[0].id
    _viewer(runtime, prepared, company, branch)
    with psycopg.connect(prepared.owner_url, autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
        [path] = owner.execute("SELECT path FROM department WHERE id = %s", (branch,)).fetchone() or ("",)
        below = [
            row[0] for row in owner.execute("SELECT id FROM department WHERE path >= %s AND path < %s", _range(path))
        ]
        seen = "SELECT id FROM employee WHERE department_path >= %s AND department_path < %s ORDER BY id"
        people = [row[0] for row in owner.execute(seen, _range(path))]
        [viewer] = owner.execute("SELECT id FROM employee WHERE login_name = %s", (LOGIN,)).fetchone() or (None,)
    whole = [each.id for each in company.departments]
    return replace(
        prepared, path=path, company=whole, departments=sorted(below), employees=people,
        viewer=UUID(str(viewer)),
    )  # fmt: skip


def _range(path: str) -> tuple[str, str]:
    return path, path.rstrip("/") + "0"


def _copy(owner: psycopg.Connection, tables: Iterable[Rows]) -> None:
    for each in tables:
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(each.table), sql.SQL(", ").join(map(sql.Identifier, each.columns))
        )
        with owner.cursor().copy(into) as copy:
            for row in each.rows:
                copy.write_row(row)


def _settle(owner_url: str) -> None:
    """Paths and lines as identity itself keeps them."""
    engine = sa.create_engine(sa.make_url(owner_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        root = connection.execute(sa.text("SELECT id FROM department WHERE parent_id IS NULL")).scalar_one()
        tree.settle(connection, [root])
    engine.dispose()


def _viewer(runtime: LocalRuntime, prepared: Prepared, company: Company, branch: UUID) -> None:
    role = _call(
        runtime, "create_role", name="基准", permissions=KEYS, scope="SELF",
        scopes=[{"module": each, "scope": "DEPT_TREE"} for each in ("org", "customer", "pool")],
        select={"role": names("id")},
    )["role"]  # fmt: skip
    position = next(each.id for each in company.positions if each.department_id == branch)
    _call(
        runtime, "create_employee", name="基准", login_name=LOGIN, position_id=str(position),
        initial_password=PASSWORD, role_ids=[role["id"]],
    )  # fmt: skip
    with psycopg.connect(prepared.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE employee SET must_change_password = false WHERE login_name = %s", (LOGIN,))


@contextmanager
def _running(prepared: Prepared) -> Iterator[LocalRuntime]:
    store = Store(prepared.database_url, service="identity", size=4)
    runtime = LocalRuntime(seal=Seal(prepared.secret.encode()))
    service = runtime.add(
        IdentityService, store=store, settings=GivenSettings(),
        environment=identity_settings(prepared.database_url, prepared.secret, prepared.key_secret),
    )  # fmt: skip
    service.container.start()
    try:
        yield runtime
    finally:
        runtime.stop()
        store.close()


def _call(runtime: LocalRuntime, method: str, **payload: object) -> dict[str, dict[str, str]]:
    context = system_context("bench", correlation_id=method)
    answer: dict[str, dict[str, str]] = codec.decode_json(runtime.peers.call("identity", method, payload, context))
    return answer
