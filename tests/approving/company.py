"""A founded company beside identity and office: people ask one another, approvals are real, time is the test's."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from crm_common import codec, migrations, provision
from crm_common.context import Actor, ActorKind, Context, system_context
from crm_common.errors import CrmError
from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from crm_common.payloads import _view
from crm_common.protocol.office import office
from crm_common.protocol.selection import names
from crm_common.protocol.views import shape_of
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.store import Store
from founded.house import House
from infra.postgres import SharedPostgres
from office.service import OfficeService

LEAVE = {"leaveKind": "ANNUAL", "from": "2026-12-01", "to": "2026-12-03", "reason": "回家"}
_DIGEST = "SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {} t"
_TABLES = ("approval", "approval_task", "approval_step", "approval_snapshot", "approval_flow", "approval_flow_version",
           "approval_delegation", "message", "journal")  # fmt: skip
_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, true, %s, '', '/', '{}')
"""


class Company:
    """Two services and the people of a company. Calls pass through the runtime, policies and codec included."""

    def __init__(self, house: House, url: str, *, size: int = 10) -> None:
        self.house = house
        self.clock = house.clock
        self.settings = house.settings
        self.store = Store(url, service="office", size=size)
        self.service = house.runtime.add(OfficeService, store=self.store, settings=self.settings)
        self.service.container.start()
        self.host: ServiceHost = host_of(self.service.container)
        self.people: dict[str, Actor] = {}

    def close(self) -> None:
        self.service.container.stop()
        self.store.close()

    def staff(self) -> None:
        """The firm of `hired`, known here too."""
        self.people = hired(self.house)
        for name, actor in self.people.items():
            self._known(name, actor)

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def call(self, name: str | None, method: str, /, **payload: Any) -> Any:
        """The decoded answer; every value of every record is selected unless ``select`` says otherwise."""
        actor = None if name is None else self.people[name]
        context = Context(actor=actor, correlation_id="test", deadline=time.time() + 60, language="en")
        return self._call(context, method, payload)

    def as_system(self, method: str, **payload: Any) -> Any:
        return self._call(system_context("sales", correlation_id="test"), method, payload)

    def refused(self, name: str, method: str, /, **payload: Any) -> tuple[str, str]:
        """Code and rule of a call that must be refused; fails if it went through or changed a single row."""
        before = self.rows()
        try:
            answer = self.call(name, method, **payload)
        except CrmError as refusal:
            assert self.rows() == before, f"{method} was refused, but changed something"
            return refusal.code.value, refusal.rule
        raise AssertionError(f"{method} was not refused: {answer}")

    def rows(self) -> list[tuple[Any, ...]]:
        """A digest of everything about approvals."""
        return [self.store.rows(_DIGEST.format(table))[0] for table in _TABLES]

    def start(self, name: str, kind: str = "leave", /, **form: Any) -> dict[str, Any]:
        """Something that somebody asks for."""
        given = LEAVE if kind == "leave" and not form else form
        made: dict[str, Any] = self.call(name, "start_approval", kind=kind, form=given)["approval"]
        return made

    def decide(self, name: str, approval: dict[str, Any], verdict: str = "APPROVE", **more: Any) -> dict[str, Any]:
        """Somebody decides on the approval as it stands now."""
        given = {"id": approval["id"], "version": self.version(approval), "verdict": verdict} | more
        found: dict[str, Any] = self.call(name, "decide_approval", **given)["approval"]
        return found

    def version(self, approval: dict[str, Any]) -> int:
        """The approval's present version."""
        [(found,)] = self.store.rows("SELECT version FROM approval WHERE id = %s", (approval["id"],))
        return int(found)

    def asked(self, approval: dict[str, Any]) -> list[str]:
        """Who is asked right now, by name."""
        rows = self.store.rows(
            "SELECT approver_id FROM approval_task WHERE approval_id = %s AND state = 'OPEN'", (approval["id"],)
        )
        known = {actor.id: name for name, actor in self.people.items()}
        return sorted(known.get(row[0], "?") for row in rows)

    def box(self, name: str, box: str) -> list[str]:
        """The ids of somebody's approvals in a box."""
        return [each["id"] for each in self.call(name, "my_approvals", box=box, first=100)["nodes"]]

    def events(self, approval: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of an approval's events in order."""
        told = "SELECT type, data FROM journal WHERE subject = %s ORDER BY seq"
        rows = self.store.rows(told, (f"approval/{approval['id']}",))
        return [(row[0], row[1]) for row in rows]

    def disable(self, name: str) -> None:
        """Disable somebody's account, and let office hear of it."""
        employee = str(self.people[name].id)
        version = self.house.get("employees", employee)["version"]
        self.house.call(self.house.admin, "disable_employee", id=employee, version=version)

    def run(self, job: str = "office.approval_reroute") -> dict[str, Any]:
        """Run a job of the service now; its report."""
        runs = Runs(self.store, f"test:{uuid4()}", timedelta(seconds=60))
        now = self.clock.now()
        row = runs.begin(uuid4(), job, now, now=now, asked_by="test", dry_run=False)
        assert row is not None
        run = JobRun(self.host, runs, row, threading.Event())
        [found] = [each for each in self.service.dispatcher.jobs() if each.name == job]
        found.run(run)
        assert runs.finish(row, "DONE", run.report)
        return run.report

    def hire(self, name: str) -> None:
        """Somebody new."""
        self.people[name] = hire(self.house, name, self.house.root)
        self._known(name, self.people[name])

    def _known(self, name: str, actor: Actor) -> None:
        with self.store.transaction() as connection:
            connection.exec_driver_sql(_KNOWN, (actor.id, name, actor.department_id))

    def _call(self, context: Context, method: str, payload: dict[str, Any]) -> Any:
        operation = office.commands.get(method) or office.queries.get(method)
        if operation is not None and "select" not in payload:
            payload = payload | _selected(operation)
        return codec.decode_json(self.house.runtime.peers.call("office", method, codec.to_builtins(payload), context))


def _selected(operation: Any) -> dict[str, Any]:
    if isinstance(operation.returns, dict):
        views = {key: view for key, declared in operation.returns.items() if (view := _view(declared))}
        return {"select": {key: _values(view) for key, view in views.items()}}
    return {"select": _values(operation.returns)} if _view(operation.returns) else {}


def _values(view: type) -> str:
    return names(*(name for name, field in shape_of(view).fields.items() if field.view is None))


def hired(house: House) -> dict[str, Actor]:
    """Sun sells below Mei; Adam leads the company; Odo is of the office, Fu of finance, Kim of contracts."""
    root, sales = house.root, house.department("销售部")
    people = {
        "adam": hire(house, "adam", root, house.preset("ADMIN")["id"], permissions=("flow.edit",)),
        "mei": hire(house, "mei", sales),
        "sun": hire(house, "sun", sales),
        "odo": hire(house, "odo", root, house.preset("OFFICE_ADMIN")["id"]),
        "fu": hire(house, "fu", root, house.preset("FINANCE")["id"]),
        "kim": hire(house, "kim", root, house.preset("CONTRACT_ADMIN")["id"]),
    }
    house.head(root, {"id": str(people["adam"].id)})
    house.head(sales, {"id": str(people["mei"].id)})
    return people


def hire(house: House, name: str, department: Any, *roles: str, permissions: tuple[str, ...] = ()) -> Actor:
    """An employee with a position of his own."""
    position = house.position(f"{name} {uuid4().hex[:6]}", department)
    made = house.employee(f"{name}.{uuid4().hex[:6]}", position, *roles, name=name)
    return Actor(
        kind=ActorKind.EMPLOYEE, id=UUID(made["id"]), name=name, department_id=UUID(department["id"]),
        permissions=frozenset(permissions),
    )  # fmt: skip


@contextmanager
def company(server: SharedPostgres, *, size: int = 10) -> Iterator[Company]:
    """The company on databases of its own, which are removed afterwards."""
    made, urls = [], []
    for service in ("identity", "office"):
        url = server.create_database(service)
        name = url.partition("?")[0].rpartition("/")[2]
        server.drop_database(url)
        database = provision.database(server.url, service, name=name)
        migrations.run(database.owner_url, service)
        made.append(database.url)
        urls.append(database.url)
    house = House(made[0])
    house.as_system("found_company", name="华信科技有限公司")
    found = Company(house, made[1], size=size)
    found.staff()
    try:
        yield found
    finally:
        found.close()
        house.close()
        for url in urls:
            server.drop_database(url)
