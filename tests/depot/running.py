"""The depot in this process, on a database of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common import codec, migrations, provision
from crm_common.context import Actor, ActorKind, Context, Seal
from crm_common.custom_fields.reading import LiveReader
from crm_common.protocol.selection import names
from crm_common.runtime.local import LocalRuntime
from crm_common.runtime.providers import Views
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from depot.protocol import known
from depot.service import DepotService
from infra.postgres import SharedPostgres

SECRET = "a secret of the tests that has 32 bytes"
FIELD = names("id", "key", "version", "ready", "position", "unique", "archived_at")


def keeper(seconds: float = 30) -> Context:
    """The context of somebody who may define fields."""
    actor = Actor(kind=ActorKind.EMPLOYEE, id=UUID(int=1), name="王小明", permissions=frozenset({"field.edit"}))
    return Context(actor=actor, correlation_id="c-1", deadline=time.time() + seconds)


@dataclass
class Depot:
    """The running service."""

    runtime: LocalRuntime
    store: Store
    database_url: str
    owner: str

    def call(self, method: str, **payload: Any) -> Any:
        """The decoded answer to a call by the keeper."""
        return codec.decode_json(self.runtime.peers.call("depot", method, payload, keeper()))

    def define(self, key: str, kind: str = "TEXT", **settings: Any) -> dict[str, Any]:
        """A new field, as it is then shown."""
        given = {"key": key, "type": kind, "name": settings.pop("name", key), **settings}
        made: dict[str, Any] = self.call("create_crate_field", **given, select={"field": FIELD})["field"]
        return made

    def change(self, field: dict[str, Any], operation: str = "update", **settings: Any) -> dict[str, Any]:
        """The field after an update, archiving or restoring."""
        given = {"id": field["id"], "version": field["version"], **settings, "select": {"field": FIELD}}
        found: dict[str, Any] = self.call(f"{operation}_crate_field", **given)["field"]
        return found

    def put(self, name: str = "crate", **custom: Any) -> str:
        """A new crate's id."""
        made = self.call("create_crate", name=name, custom=custom, select={"crate": names("id")})
        return str(made["crate"]["id"])

    def empty(self) -> None:
        """Remove everything, definitions too, as no company can: keys come back with other types."""
        with self.store.transaction() as connection:
            for table in ("crate", "saved_list", "custom_value", "custom_field"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql("UPDATE custom_revision SET revision = revision + 1, fields = '[]'")
        (views,) = (each for each in self.runtime.services["depot"].container.dependencies if isinstance(each, Views))
        assert isinstance(views.reader, LiveReader)
        views.reader._looked_at = float("-inf")

    def prepare(self) -> dict[str, Any]:
        """Run the job that builds and drops indexes now; the run."""
        run = self.runtime.services["depot"].scheduler.run_now("depot.custom_fields", keeper())
        assert run["outcome"] == "DONE", run
        return run


@contextmanager
def running(server: SharedPostgres) -> Iterator[Depot]:
    """The depot on a new database; its jobs run when asked."""
    url = server.create_database("depot")
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    database = provision.database(server.url, "depot", name=name)
    migrations.run(database.owner_url, "depot")
    store = Store(database.url, service="depot", size=24)
    try:
        with known():
            runtime = LocalRuntime(seal=Seal(SECRET.encode()), threads=24)
            runtime.add(DepotService, store=store, settings=GivenSettings())
            runtime.start()
            try:
                yield Depot(runtime, store, database.url, database.owner_url)
            finally:
                assert runtime.stop()
    finally:
        store.close()
        server.drop_database(database.url)
