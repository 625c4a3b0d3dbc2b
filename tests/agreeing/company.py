"""Five services and the people of a company; calls pass through the runtime, events through outbox and inbox."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from crm_common import codec, migrations, provision
from crm_common.context import Actor, Context, system_context
from crm_common.errors import CrmError
from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from crm_common.journal import envelopes
from crm_common.objects import open_objects
from crm_common.payloads import _view
from crm_common.protocol.declare import services
from crm_common.protocol.selection import names
from crm_common.protocol.views import shape_of
from crm_common.runtime.host import host_of
from crm_common.store import Store
from customer.service import CustomerService
from documents.service import DocumentsService
from filing.cabinet import settings_of
from filing.samples import png
from finance.service import FinanceService
from founded.house import House
from infra.postgres import SharedPostgres
from ledger.waiting import until
from office.service import OfficeService
from owing import ENVIRONMENT as FINANCE
from selling import ENVIRONMENT, number

_NEIGHBOURS: tuple[tuple[str, Any], ...] = (
    ("customer", CustomerService),
    ("office", OfficeService),
    ("documents", DocumentsService),
    ("finance", FinanceService),
)
_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, true, %s, '', '/', %s) ON CONFLICT (id) DO NOTHING
"""
_DIGEST = "SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {} t"
_TABLES = ("contract", "contract_line", "contract_archive", "contract_change", "contract_version", "contract_entry",
           "contract_milestone", "journal")  # fmt: skip
_LEASE, _NEVER = timedelta(seconds=60), threading.Event()


class Company:
    """Sun sells below Mei, Lin beside them; Adam leads the company; Kim keeps contracts, Fu and Fei are of finance."""

    def __init__(self, house: House, urls: dict[str, str], folder: str) -> None:
        self.house = house
        self.clock, self.settings = house.clock, house.settings
        self.stores = {name: Store(urls[name], service=name) for name, _ in _NEIGHBOURS}
        self.store = self.stores["finance"]
        self.services = {}
        documents = settings_of({"CRM_OBJECTS_FOLDER": folder})
        self.objects = open_objects(documents.process)
        environments = {"customer": ENVIRONMENT, "documents": documents, "finance": FINANCE}
        for name, cls in _NEIGHBOURS:
            environment = environments.get(name)
            added = house.runtime.add(cls, store=self.stores[name], settings=self.settings, environment=environment)
            added.container.start()
            self.services[name] = added
        self.people: dict[str, Actor] = {}
        self._staff()
        for added in self.services.values():
            added.start()
        for store in self.stores.values():
            until(partial(_built, store), "the copies of employees and customers")

    def close(self) -> None:
        for added in self.services.values():
            added.stop(20)
        for name, added in self.services.items():
            added.container.stop()
            self.stores[name].close()

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def call(self, name: str | None, method: str, /, service: str = "finance", **payload: Any) -> Any:
        """The decoded answer; every value of every record is selected unless ``select`` says otherwise."""
        actor = None if name is None else self.people[name]
        context = Context(actor=actor, correlation_id="test", deadline=time.time() + 60, language="en")
        return self._call(context, service, method, payload)

    def as_system(self, method: str, /, service: str = "finance", **payload: Any) -> Any:
        return self._call(system_context("sales", correlation_id="test"), service, method, payload)

    def refused(self, name: str | None, method: str, /, **payload: Any) -> tuple[str, str, str | None]:
        """Code, rule and field of a call that must be refused; fails if it went through or changed a single row."""
        before = self.rows()
        try:
            answer = self.call(name, method, **payload)
        except CrmError as refusal:
            assert self.rows() == before, f"{method} was refused, but changed something"
            return refusal.code.value, refusal.rule, refusal.field
        raise AssertionError(f"{method} was not refused: {answer}")

    def rows(self) -> list[Any]:
        """A digest of everything about contracts."""
        return [self.store.rows(_DIGEST.format(table))[0] for table in _TABLES]

    def scan(self, name: str = "sun") -> str:
        """The id of a file that somebody uploaded."""
        content = png()
        told = {"name": "合同.png", "size": len(content), "content_type": "image/png"}
        told |= {"sha256": hashlib.sha256(content).hexdigest()}
        upload = self.call(name, "request_upload", service="documents", **told)["upload_id"]
        self.objects.put(f"uploads/{upload}", io.BytesIO(content))
        made = self.call(name, "confirm_upload", service="documents", upload_id=upload)["document"]
        return str(made["id"])

    def customer(self, owner: str = "sun", **more: Any) -> dict[str, Any]:
        """A new customer in somebody's name."""
        given = {"name": f"客户 {uuid4().hex[:8]}", "phone": number()} | more
        made: dict[str, Any] = self.call(owner, "create_customer", service="customer", **given)["customer"]
        return made

    def draft(self, owner: str = "sun", **more: Any) -> dict[str, Any]:
        """A new draft of somebody's."""
        given = {"name": "设备采购合同", "amount": "100000"} | more
        given.setdefault("customer_id", self.customer(owner)["id"])
        made: dict[str, Any] = self.call(owner, "create_contract", **given)["contract"]
        return made

    def registered(self, owner: str = "sun", **more: Any) -> dict[str, Any]:
        """A new contract that somebody signed offline today."""
        given: dict[str, Any] = {
            "name": "服务合同",
            "amount": "100000",
            "signed_on": self.clock.now().date(),
            "signed_files": [self.scan(owner)],
        }
        given |= more
        given.setdefault("customer_id", self.customer(owner)["id"])
        made: dict[str, Any] = self.call(owner, "register_signed_contract", **given)["contract"]
        return made

    def contract(self, contract: dict[str, Any], name: str = "kim") -> dict[str, Any]:
        """The contract as it stands."""
        [found] = self.call(name, "contracts_by_ids", ids=[contract["id"]])
        return dict(found)

    def take(self, name: str, method: str, contract: dict[str, Any], /, **more: Any) -> dict[str, Any]:
        """A step of somebody's with the contract as it stands."""
        now = self.contract(contract)
        made: dict[str, Any] = self.call(name, method, id=now["id"], version=now["version"], **more)
        return dict(made.get("contract") or made)

    def waiting(self, record: Any) -> dict[str, Any]:
        """The approval that decides on a record, once it has begun."""
        found = "SELECT id, version FROM approval WHERE record_id = %s AND state IN ('PENDING', 'RETURNED')"
        [(key, version)] = until(lambda: self.stores["office"].rows(found, (record["id"],)), "the approval")
        return {"id": str(key), "version": version}

    def decide(self, name: str, record: dict[str, Any], verdict: str = "APPROVE", /, **more: Any) -> dict[str, Any]:
        """Somebody decides on a record's approval."""
        given = self.waiting(record) | {"verdict": verdict} | more
        found: dict[str, Any] = self.call(name, "decide_approval", service="office", **given)["approval"]
        return found

    def reaches(self, contract: dict[str, Any], state: str) -> dict[str, Any]:
        """The contract, once it stands there."""
        until(lambda: self.contract(contract)["state"] == state, f"{state}, not {self.contract(contract)['state']}")
        return self.contract(contract)

    def becomes(self, contract: dict[str, Any], field: str, value: Any) -> None:
        """Wait until a field of the contract has the value."""
        until(lambda: self.contract(contract)[field] == value, f"{field} {value}")

    def order_becomes(self, order: dict[str, Any], **expected: Any) -> None:
        """Wait until fields of a change order have these values."""

        def stands() -> bool:
            [found] = self.call("kim", "contract_changes_by_ids", ids=[order["id"]])
            return bool(expected.items() <= found.items())

        until(stands, f"the order {expected}")

    def events(self, contract: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of a contract's events in order, as whoever hears them reads them."""
        told = f"SELECT {envelopes.COLUMNS} FROM journal WHERE subject = %s ORDER BY seq"
        rows = self.store.rows(told, (f"contract/{contract['id']}",))
        return [(each.type, each.data) for each in envelopes.recorded(rows, "/crm/finance", self.store.rows)]

    def run(self, job: str, as_of: datetime | None = None, *, service: str = "finance") -> dict[str, Any]:
        """Run a job of a service as of a moment; its report."""
        runs, now = Runs(self.stores[service], f"test:{uuid4()}", _LEASE), as_of or self.clock.now()
        row = runs.begin(uuid4(), job, now, now=now, asked_by="test", dry_run=False)
        assert row is not None
        added = self.services[service]
        run = JobRun(host_of(added.container), runs, row, _NEVER)
        [found] = [each for each in added.dispatcher.jobs() if each.name == job]
        found.run(run)
        assert runs.finish(row, "DONE", run.report)
        return run.report

    def _staff(self) -> None:
        root, sales = self.house.root, self.house.department("销售部")
        seats = {
            "adam": (root, "ADMIN"), "mei": (sales, "SALES_MANAGER"), "sun": (sales, "SALES"), "lin": (root, "SALES"),
            "kim": (root, "CONTRACT_ADMIN"), "fu": (root, "FINANCE"), "fei": (root, "FINANCE"),
        }  # fmt: skip
        for name, (department, role) in seats.items():
            position = self.house.position(f"{name} {uuid4().hex[:6]}", department)
            login = f"{name}.{uuid4().hex[:6]}"
            made = self.house.employee(login, position, self.house.preset(role)["id"], name=name)
            self.people[name] = self.house.actor(made["id"])
        self.house.head(root, {"id": str(self["adam"].id)})
        self.house.head(sales, {"id": str(self["mei"].id)})
        for name, actor in self.people.items():
            line = [self["mei"].id, self["adam"].id] if name == "sun" else [self["adam"].id]
            for store in self.stores.values():
                with store.transaction() as connection:
                    connection.exec_driver_sql(_KNOWN, (actor.id, name, actor.department_id, line))

    def _call(self, context: Context, service: str, method: str, payload: dict[str, Any]) -> Any:
        protocol = services()[service]
        operation = protocol.commands.get(method) or protocol.queries.get(method)
        if operation is not None and "select" not in payload:
            payload = payload | _selected(operation)
        return codec.decode_json(self.house.runtime.peers.call(service, method, codec.to_builtins(payload), context))


def _built(store: Store) -> bool:
    return store.rows("SELECT coalesce(bool_and(NOT building), false) FROM projection") == [(True,)]


def _selected(operation: Any) -> dict[str, Any]:
    if isinstance(operation.returns, dict):
        views = {key: view for key, declared in operation.returns.items() if (view := _view(declared))}
        return {"select": {key: _values(view) for key, view in views.items()}}
    return {"select": _values(operation.returns)} if _view(operation.returns) else {}


def _values(view: type) -> str:
    return names(*(name for name, field in shape_of(view).fields.items() if field.view is None))


@contextmanager
def company(server: SharedPostgres) -> Iterator[Company]:
    """The company on databases of its own, which are removed afterwards."""
    made: dict[str, str] = {}
    urls = []
    for service in ("identity", *(name for name, _ in _NEIGHBOURS)):
        url = server.create_database(service)
        name = url.partition("?")[0].rpartition("/")[2]
        server.drop_database(url)
        database = provision.database(server.url, service, name=name)
        migrations.run(database.owner_url, service)
        made[service] = database.url
        urls.append(database.url)
    house = House(made["identity"])
    house.as_system("found_company", name="华信科技有限公司")
    with TemporaryDirectory(prefix="crm") as folder:
        found = Company(house, made, folder)
        try:
            yield found
        finally:
            found.close()
            house.close()
            for url in urls:
                server.drop_database(url)
