"""The real customer service beside documents: owners of records whom documents asks who sees them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from crm_common import codec, migrations, provision
from crm_common.context import Actor, Context
from crm_common.settings import load
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from customer.service import CustomerService
from customer.settings import CustomerSettings
from filing.cabinet import SECRET, Cabinet, person
from infra.postgres import SharedPostgres

_KEYS = ("customer.view", "customer.create", "customer.edit", "customer.transfer")
_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, true, %s, '', '/', '{}')
"""


@dataclass
class Customers:
    """Li and Wang sell, each his own; the boss sees all of it."""

    cabinet: Cabinet
    store: Store
    li: Actor
    wang: Actor
    boss: Actor

    def call(self, by: Actor, method: str, **payload: Any) -> Any:
        """The decoded answer of customer."""
        context = Context(actor=by, correlation_id="test", deadline=time.time() + 30, language="zh")
        peers = self.cabinet.alone.runtime.peers
        return codec.decode_json(peers.call("customer", method, codec.to_builtins(payload), context))

    def created(self, by: Actor, name: str) -> str:
        """A customer of his."""
        phone = f"138{uuid4().int % 10**8:08}"
        told = {"name": f"{name} {uuid4().hex[:6]}", "phone": phone, "select": {"customer": '[["id","id"]]'}}
        return str(self.call(by, "create_customer", **told)["customer"]["id"])

    def hand_over(self, customer: str, to: Actor) -> None:
        """It is somebody else's from now on."""
        with self.store.transaction() as connection:
            connection.exec_driver_sql("UPDATE customer SET owner_id = %s WHERE id = %s", (to.id, customer))


@contextmanager
def customers(cabinet: Cabinet, server: SharedPostgres) -> Iterator[Customers]:
    """Customer on a database of its own, in the same runtime."""
    url = server.create_database("customer")
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, "customer", name=name)
    migrations.run(made.owner_url, "customer")
    store = Store(made.url, service="customer")
    told = {
        "CUSTOMER_DATABASE_URL": made.url,
        "CUSTOMER_KEY_SECRET": "a key of customers for this test only",
        "CRM_CLUSTER_SECRET": SECRET,
        "CRM_OBJECTS_FOLDER": str(cabinet.settings.process.objects.folder),
    }
    settings = load(CustomerSettings, "CUSTOMER_", told)
    runtime = cabinet.alone.runtime
    assembly = runtime.add(CustomerService, store=store, settings=GivenSettings(), environment=settings)
    assembly.container.start()
    people = [person("li", *_KEYS), person("wang", *_KEYS), person("boss", *_KEYS, customer="ALL")]
    try:
        with store.transaction() as connection:
            for each in people:
                connection.exec_driver_sql(_KNOWN, (each.id, each.name, uuid4()))
        yield Customers(cabinet, store, *people)
    finally:
        assembly.container.stop()
        store.close()
        server.drop_database(made.url)
