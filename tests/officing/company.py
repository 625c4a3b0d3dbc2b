"""Identity and office in one process: people with real accounts, and what office asks identity about them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from crm_common import codec, migrations, provision
from crm_common.context import Actor, Context, system_context
from crm_common.errors import CrmError
from crm_common.payloads import _view
from crm_common.protocol.office import office
from crm_common.protocol.selection import names
from crm_common.protocol.views import shape_of
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.store import Store
from founded.house import House
from infra.postgres import SharedPostgres
from office.service import OfficeService

_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, true, %s, '市场部', %s, %s) ON CONFLICT (id) DO UPDATE SET line = EXCLUDED.line
"""


class Office:
    """Two services and their people. Nothing runs in the background: tests say when."""

    def __init__(self, house: House, url: str) -> None:
        self.house = house
        self.clock = house.clock
        self.store = Store(url, service="office", size=10)
        self.service = house.runtime.add(OfficeService, store=self.store, settings=house.settings)
        self.service.container.start()
        self.host: ServiceHost = host_of(self.service.container)

    @cached_property
    def place(self) -> dict[str, Any]:
        """The department where people work."""
        return self.house.department(f"市场部 {uuid4().hex[:6]}")

    def close(self) -> None:
        self.service.container.stop()
        self.store.close()

    def person(self, name: str, *permissions: str, line: tuple[Actor, ...] = ()) -> Actor:
        """Somebody with an account and these keys, whom both services know."""
        mark = uuid4().hex[:6]
        roles = [self.house.role(f"{name} {mark}", *permissions, scope="ALL")["id"]] if permissions else []
        position = self.house.position(f"{name} {mark}", self.place)
        made = self.house.employee(f"{name}.{mark}", position, *roles)
        actor = self.house.actor(made["id"])
        place = self.place["id"]
        values = (actor.id, actor.name, place, f"/{place}/", [each.id for each in line])
        with self.store.transaction() as connection:
            connection.exec_driver_sql(_KNOWN, values)
        return actor

    def disable(self, actor: Actor) -> None:
        """The account is closed."""
        version = self.house.get("employees", str(actor.id))["version"]
        self.house.call(self.house.admin, "disable_employee", id=str(actor.id), version=version)

    def call(self, actor: Actor | None, method: str, **payload: Any) -> Any:
        """The decoded answer; every value of every record is selected."""
        context = Context(actor=actor, correlation_id="test", deadline=time.time() + 60, language="zh")
        operation = office.commands.get(method)
        if operation is not None:
            payload = payload | {"select": _everything(operation.returns)}
        return codec.decode_json(self.house.runtime.peers.call("office", method, codec.to_builtins(payload), context))

    def as_system(self, method: str, **payload: Any) -> Any:
        """The decoded answer to a call of the product's own."""
        context = system_context("embedded", correlation_id="test")
        return codec.decode_json(self.house.runtime.peers.call("office", method, codec.to_builtins(payload), context))

    def refused(self, actor: Actor | None, method: str, **payload: Any) -> str:
        """The code of a call that must be refused; fails when it was not, or when an event was written."""
        before = len(self.events())
        try:
            answer = self.call(actor, method, **payload)
        except CrmError as refusal:
            assert len(self.events()) == before
            return refusal.code.value
        raise AssertionError(f"{method} was not refused: {answer}")

    def events(self, subject: str | None = None) -> list[str]:
        """The types of the journal's events in order, of one subject or all."""
        text = "SELECT type FROM journal WHERE %s::text IS NULL OR subject = %s ORDER BY txid, position"
        return [row[0] for row in self.store.rows(text, (subject, subject))]

    def heard(self, actor: Actor) -> list[tuple[str, str]]:
        """Kind and title of somebody's messages, earliest first."""
        found = self.call(actor, "messages", first=100)["nodes"]
        return [(each["kind"], each["title"]) for each in sorted(found, key=lambda each: UUID(each["id"]))]


@contextmanager
def opened(server: SharedPostgres) -> Iterator[Office]:
    """A company just founded; its databases are removed afterwards."""
    house = House(_database(server, "identity"))
    house.as_system("found_company", name="华信科技有限公司")
    made = Office(house, _database(server, "office"))
    try:
        yield made
    finally:
        made.close()
        house.close()
        server.drop_database(made.store.url)
        server.drop_database(house.store.url)


def _everything(returns: dict[str, Any]) -> dict[str, str]:
    return {
        key: names(*(name for name, field in shape_of(view).fields.items() if field.view is None))
        for key, declared in returns.items()
        if (view := _view(declared)) is not None
    }


def _database(server: SharedPostgres, service: str) -> str:
    url = server.create_database(service)
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, service, name=name)
    migrations.run(made.owner_url, service)
    return made.url
