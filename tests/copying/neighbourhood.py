"""Identity and its neighbour side by side, in one process or in processes of their own on a broker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from copying.service import CopyingService, known
from crm_common import codec, migrations, provision
from crm_common.context import Actor, ActorKind, Context, Seal, system_context
from crm_common.protocol.declare import permission_catalogue
from crm_common.protocol.selection import names
from crm_common.provision import Provisioned
from crm_common.runtime.broker_client import BrokerClient
from crm_common.runtime.local import LocalRuntime
from crm_common.settings import load
from crm_common.settings_data import StoredSettings
from crm_common.store import Store
from founded.house import ENVIRONMENT
from identity.service import IdentityService
from identity.settings import IdentitySettings
from infra.postgres import SharedPostgres
from probe.running import Loop
from standing.systems import SECRET, Process, System, on_broker

EMPLOYEE = names("id", "version")
Call = Callable[[str, str, dict[str, Any], Context], bytes]
_TRUTH = """
SELECT e.id, e.name, e.active, e.department_id, d.name, e.department_path, e.line
FROM employee e JOIN department d ON d.id = e.department_id ORDER BY e.id
"""
_COPY = """
SELECT id, name, active, department_id, department_name, department_path, line FROM employee_ref ORDER BY id
"""


@dataclass
class Neighbourhood:
    """Both services running; the databases are looked at from outside."""

    mode: str
    _call: Call
    identity: Store
    neighbour: Store
    system: System | None = None

    def call(self, method: str, service: str = "identity", **payload: Any) -> Any:
        """The decoded answer to a call by the administrator, who may do everything."""
        context = Context(actor=self.admin, correlation_id="e2e", deadline=time.time() + 30)
        return codec.decode_json(self._call(service, method, codec.to_builtins(payload), context))

    @property
    def admin(self) -> Actor:
        """The first administrator."""
        ((found,),) = self.identity.rows("SELECT id FROM employee WHERE login_name = 'admin'")
        keys = frozenset(permission_catalogue())
        scopes = {key.partition(".")[0]: "ALL" for key in keys}
        return Actor(kind=ActorKind.EMPLOYEE, id=UUID(str(found)), name="admin", permissions=keys, scopes=scopes)

    def department(self, name: str, parent: str | None = None) -> str:
        """A new department's id."""
        select = {"department": names("id")}
        return str(self.call("create_department", name=name, parent_id=parent, select=select)["department"]["id"])

    def employee(self, login: str, department: str) -> str:
        """A new employee's id, on a position of his own."""
        select = {"position": names("id")}
        position = self.call("create_position", name=login, department_id=department, select=select)["position"]["id"]
        given = {"name": login, "login_name": login, "position_id": position, "initial_password": "Pass-word-1"}
        return str(self.call("create_employee", **given, select={"employee": EMPLOYEE})["employee"]["id"])

    def edit(self, method: str, record: str, view: str = "employee", **payload: Any) -> None:
        """Change a record at its present version."""
        (found,) = self.call(f"{view}s_by_ids", ids=[record], select=names("version"))
        self.call(method, id=record, version=found["version"], **payload)

    def position_of(self, employee: str) -> str:
        """The position an employee holds."""
        (found,) = self.call("employees_by_ids", ids=[employee], select=names("position_id"))
        return str(found["position_id"])

    def truth(self) -> list[tuple[Any, ...]]:
        """Employees as identity has them."""
        return self.identity.rows(_TRUTH)

    def copy(self) -> list[tuple[Any, ...]]:
        """Employees as the neighbour has them."""
        return self.neighbour.rows(_COPY)


def _database(server: SharedPostgres, service: str) -> Provisioned:
    url = server.create_database(service)
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, service, name=name)
    migrations.run(made.owner_url, service)
    return made


@contextmanager
def in_one_process(server: SharedPostgres) -> Iterator[Neighbourhood]:
    """Both in this process."""
    with ExitStack() as closing:
        closing.enter_context(known())
        stores = {}
        for service in ("identity", "copying"):
            database = _database(server, service)
            closing.callback(server.drop_database, database.url)
            stores[service] = Store(database.url, service=service)
            closing.callback(stores[service].close)
        runtime = LocalRuntime(seal=Seal(SECRET.encode()))
        environment = load(IdentitySettings, "IDENTITY_", ENVIRONMENT)
        for cls, told in ((IdentityService, environment), (CopyingService, None)):
            store = stores[cls.name]
            runtime.add(cls, store=store, settings=StoredSettings(store), environment=told)
        runtime.services["identity"].container.start()
        runtime.peers.call("identity", "found_company", {"name": "e2e"}, system_context("identity", correlation_id="f"))
        runtime.services["identity"].container.stop()
        runtime.start()
        closing.callback(runtime.stop)
        yield Neighbourhood("local", runtime.peers.call, stores["identity"], stores["copying"])


@contextmanager
def on_the_broker(
    server: SharedPostgres, amqp_url: str, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[Neighbourhood]:
    """Each in a process of its own, with a gateway."""
    with ExitStack() as closing:
        system = closing.enter_context(on_broker(server, amqp_url, folder, environment))
        variables = system.processes["identity"].environment
        database = _database(server, "copying")
        closing.callback(server.drop_database, database.url)
        told = {name: text for name, text in variables.items() if not name.startswith(("IDENTITY_", "GATEWAY_"))}
        told |= {
            "COPYING_DATABASE_URL": database.url,
            "COPYING_OWNER_DATABASE_URL": database.owner_url,
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        migrate = Process(["-m", "copying", "migrate"], told, folder / "copying-migrate.log")
        assert migrate.running.wait(60) == 0, migrate.log.read_text()
        process = Process(["-m", "copying", "run"], told, folder / "copying.log")
        closing.callback(process.end)
        system.processes["copying"] = process
        process.wait_for("service.started")
        loop = Loop()
        closing.callback(loop.close)
        client = BrokerClient(variables["CRM_AMQP_URL"], seal=Seal(SECRET.encode()))
        loop.run(client.start())
        closing.callback(lambda: loop.run(client.close()))
        stores = Store(variables["IDENTITY_DATABASE_URL"], service="identity"), Store(database.url, service="copying")
        for store in stores:
            closing.callback(store.close)

        def call(service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
            return loop.run(client.call(service, method, payload, context))

        yield Neighbourhood("broker", call, *stores, system=system)
