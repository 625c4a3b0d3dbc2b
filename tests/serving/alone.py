"""A service class on a database of its own, and people who call it: what every new service's tests begin with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from crm_common import codec, migrations, provision
from crm_common.clock import Clock, SystemClock
from crm_common.context import Actor, ActorKind, Context, Seal
from crm_common.errors import CrmError
from crm_common.protocol.declare import services
from crm_common.protocol.selection import names
from crm_common.protocol.views import is_view, shape_of
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from infra.postgres import SharedPostgres


@dataclass(frozen=True, slots=True)
class Alone:
    """A service without neighbours. Calls pass through the runtime: policies, codec, transaction, answer."""

    name: str
    runtime: LocalRuntime
    store: Store

    def call(self, actor: Actor | None, method: str, /, **payload: Any) -> Any:
        """The decoded answer; of records every value is selected."""
        context = Context(actor=actor, correlation_id="test", deadline=time.time() + 30, language="zh")
        operation = services()[self.name].commands.get(method)
        if operation is not None:
            payload = payload | {
                "select": {key: _values(view) for key, view in operation.returns.items() if is_view(view)}
            }
        return codec.decode_json(self.runtime.peers.call(self.name, method, codec.to_builtins(payload), context))

    def refused(self, actor: Actor | None, method: str, /, **payload: Any) -> str:
        """The code of a call that must be refused; fails when it was not, or when an event was written."""
        before = len(self.events())
        try:
            answer = self.call(actor, method, **payload)
        except CrmError as refusal:
            assert len(self.events()) == before
            return refusal.code.value
        raise AssertionError(f"{method} was not refused: {answer}")

    def events(self) -> list[str]:
        """The types of the journal's events in order."""
        return [row[0] for row in self.store.rows("SELECT type FROM journal ORDER BY txid, position")]


@contextmanager
def alone(
    server: SharedPostgres, service_cls: Any, *, environment: Any = None, clock: Clock | None = None
) -> Iterator[Alone]:
    """The service on a migrated database, which is removed afterwards.

    ``environment`` stands for its settings (``SimpleNamespace(key_secret=Secret(…))``), ``clock`` for the machine's.
    """
    name: str = service_cls.name
    url = server.create_database(name)
    database = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, name, name=database)
    migrations.run(made.owner_url, service_cls.__module__.partition(".")[0])
    store = Store(made.url, service=name)
    runtime = LocalRuntime(seal=Seal(b"a secret of the tests that has 32 bytes"), clock=clock or SystemClock())
    assembly = runtime.add(service_cls, store=store, settings=GivenSettings(), environment=environment)
    assembly.container.start()
    try:
        yield Alone(name, runtime, store)
    finally:
        assembly.container.stop()
        store.close()
        server.drop_database(made.url)


def employee(name: str, *permissions: str, **scopes: str) -> Actor:
    """Somebody with these keys; the same name is the same person."""
    return Actor(
        kind=ActorKind.EMPLOYEE,
        id=uuid5(NAMESPACE_DNS, name),
        name=name,
        permissions=frozenset(permissions),
        scopes=scopes,
    )


def _values(view: type) -> str:
    return names(*(name for name, field in shape_of(view).fields.items() if field.view is None))
