"""A founded company whose customers change hands; its clock and its settings are the test's."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from crm_common import codec, migrations, provision
from crm_common.changes import changing
from crm_common.context import Actor, ActorKind, Context, system_context
from crm_common.errors import CrmError
from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from crm_common.payloads import _view
from crm_common.protocol.customer import customer
from crm_common.protocol.selection import names
from crm_common.protocol.views import shape_of
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.store import Store
from customer.adapters.phones import phones
from customer.service import CustomerService
from customer.usecases import reclaim
from founded.house import NOW, House
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT, events_of

SELLER = ("customer.view", "customer.create", "customer.transfer", "customer.release", "pool.view", "pool.claim")
MANAGER = (*SELLER, "customer.view_team", "customer.transfer_team", "pool.assign")
POOL_ADMIN = ("pool.view", "pool.create", "pool.assign", "pool.discard", "pool.restore", "pool.rule")
DEFAULT_POOL = UUID("5f0e3f5e-0d8f-5c6a-9b5e-6d1a4a0c9001")

_LEASE, _NEVER = timedelta(seconds=60), threading.Event()
_ROW = """
INSERT INTO customer (id, kind, name, name_fold, name_key, name_terms, phone_cipher, phone_mask, phone_index, holding,
    owner_id, owned_since, anchor_at, pool_id, pool_entered_at, pool_reason, times_in_pool, level, region, created_at,
    updated_at, version)
SELECT id, 'COMPANY', 'K ' || id, id::text, id::text, '{}', cipher, mask, index,
    %(holding)s, %(owner)s::uuid, %(owned)s::timestamptz, %(owned)s::timestamptz, %(pool)s::uuid,
    %(entered)s::timestamptz, CASE WHEN %(holding)s = 'POOL' THEN 'CREATED' END, %(times)s, %(level)s, %(region)s,
    %(now)s, %(now)s, 1
FROM unnest(%(ids)s::uuid[], %(ciphers)s::bytea[], %(masks)s::text[], %(indexes)s::bytea[])
    AS given (id, cipher, mask, index)
"""


class Firm:
    """Two services and the people of a company. Calls pass through the runtime, policies and codec included."""

    def __init__(self, house: House, url: str, *, size: int = 10) -> None:
        self.house = house
        self.url = url
        self.store = Store(url, service="customer", size=size)
        self.clock = house.clock
        self.settings = house.settings
        self.service = house.runtime.add(
            CustomerService, store=self.store, settings=self.settings, environment=ENVIRONMENT
        )
        self.service.container.start()
        self.host: ServiceHost = host_of(self.service.container)

    def close(self) -> None:
        self.service.container.stop()
        self.store.close()

    def call(self, actor: Actor | None, method: str, **payload: Any) -> Any:
        """The decoded answer; every value of every record is selected unless ``select`` says otherwise."""
        context = Context(actor=actor, correlation_id="test", deadline=time.time() + 60, language="en")
        return self._call(context, method, payload)

    def as_system(self, method: str, **payload: Any) -> Any:
        return self._call(system_context("sales", correlation_id="test"), method, payload)

    def codes(self, actor: Actor, method: str, ids: Sequence[UUID], **payload: Any) -> list[str | None]:
        """What became of each customer of a call: None, or the code of the refusal."""
        answer = self.call(actor, method, ids=ids, **payload)
        assert [each["customer_id"] for each in answer["results"]] == [str(each) for each in ids]
        return [each["code"] for each in answer["results"]]

    def refused(self, actor: Actor | None, method: str, **payload: Any) -> str:
        """The code of a call that must be refused as a whole; fails if it went through or changed a single row."""
        before = self.rows()
        try:
            answer = self.call(actor, method, **payload)
        except CrmError as refusal:
            assert self.rows() == before, f"{method} was refused, but changed something"
            return refusal.code.value
        raise AssertionError(f"{method} was not refused: {answer}")

    def rows(self) -> list[tuple[Any, ...]]:
        """A digest of what customers, ledger and journal hold."""
        digest = "SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {} t"
        return [self.store.rows(digest.format(table))[0] for table in ("customer", "claim_ledger", "journal", "hold")]

    def pooled(self, count: int = 1, **given: Any) -> list[UUID]:
        """New customers in the pool."""
        values = {"holding": "POOL", "pool": DEFAULT_POOL, "entered": self.clock.now(), "times": 1}
        return self._insert(count, values | given)

    def owned(self, by: Actor | UUID, count: int = 1, **given: Any) -> list[UUID]:
        """New customers in somebody's name, since now."""
        owner = by if isinstance(by, UUID) else by.id
        return self._insert(count, {"holding": "OWNED", "owner": owner, "owned": self.clock.now()} | given)

    def row(self, customer_id: UUID, *columns: str) -> Any:
        """Columns of a customer's row; of one column its value."""
        [found] = self.store.rows(f"SELECT {', '.join(columns)} FROM customer WHERE id = %s", (customer_id,))
        return found[0] if len(columns) == 1 else found

    def events(self, customer_id: UUID) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of a customer's events in order."""
        return events_of(self.store, f"customer/{customer_id}")

    def person(self, name: str, *permissions: str, line: tuple[UUID, ...] = (), **scopes: str) -> Actor:
        """Somebody of whom only this service knows: who claims, releases, sees."""
        return self._known(uuid4(), f"{name} {uuid4().hex[:6]}", uuid4(), permissions, line, scopes)

    def employee(
        self, name: str, department: dict[str, Any], *permissions: str, line: tuple[UUID, ...] = (), **scopes: str
    ) -> Actor:
        """Somebody whom identity knows too: who receives customers."""
        position = self.house.position(f"{name} {uuid4().hex[:6]}", department)
        made = self.house.employee(f"{name}.{uuid4().hex[:6]}", position)
        return self._known(UUID(made["id"]), made["name"], UUID(department["id"]), permissions, line, scopes)

    def disable(self, actor: Actor) -> None:
        """Disable the account."""
        version = self.house.get("employees", str(actor.id))["version"]
        self.house.call(self.house.admin, "disable_employee", id=str(actor.id), version=version)

    def run(self, as_of: datetime, *, dry_run: bool = False) -> dict[str, Any]:
        """Run the reclaim job as of a moment; its report."""
        runs = Runs(self.store, f"test:{uuid4()}", _LEASE)
        row = runs.begin(uuid4(), "customer.reclaim", as_of, now=as_of, asked_by="test", dry_run=dry_run)
        assert row is not None
        run = JobRun(self.host, runs, row, _NEVER)
        reclaim.reclaim_due(run)
        assert runs.finish(row, "DONE", run.report)
        return run.report

    def change(self) -> Any:
        """A transaction of the customer service."""
        return changing(self.host, system_context("customer", correlation_id="test"))

    def _insert(self, count: int, given: dict[str, Any]) -> list[UUID]:
        ids = [uuid4() for _ in range(count)]
        sealed = [phones(self.host).sealed(f"138{each.int % 10**8:08}", "customer", each) for each in ids]
        absent = dict.fromkeys(("owner", "owned", "pool", "entered", "level", "region"))
        numbers = {
            "ciphers": [each.cipher for each in sealed],
            "masks": [each.mask for each in sealed],
            "indexes": [each.index for each in sealed],
        }
        values = absent | numbers | {"ids": ids, "now": self.clock.now(), "times": 0} | given
        with self.store.transaction() as connection:
            connection.exec_driver_sql(_ROW, values)
        return ids

    def _known(
        self,
        person_id: UUID,
        name: str,
        department: UUID,
        permissions: tuple[str, ...],
        line: tuple[UUID, ...],
        scopes: dict[str, str],
    ) -> Actor:
        with self.store.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO employee_ref"
                " (id, seq, name, active, department_id, department_name, department_path, line)"
                " VALUES (%s, 1, %s, true, %s, 'Sales', %s, %s)",
                (person_id, name, department, f"/{department}/", list(line)),
            )
        return Actor(
            kind=ActorKind.EMPLOYEE,
            id=person_id,
            name=name,
            department_id=department,
            permissions=frozenset(permissions),
            scopes=scopes,
        )

    def _call(self, context: Context, method: str, payload: dict[str, Any]) -> Any:
        operation = customer.commands.get(method)
        if operation is not None and "select" not in payload:
            payload = payload | {
                "select": {
                    key: names(*(name for name, field in shape_of(view).fields.items() if field.view is None))
                    for key, declared in operation.returns.items()
                    if (view := _view(declared)) is not None
                }
            }
        plain = codec.to_builtins(payload)
        return codec.decode_json(self.house.runtime.peers.call("customer", method, plain, context))


@contextmanager
def firm(server: SharedPostgres, *, size: int = 10) -> Iterator[Firm]:
    """A company just founded, with no customers; its databases are removed afterwards."""
    house = House(_database(server, "identity"))
    house.as_system("found_company", name="华信科技有限公司")
    made = Firm(house, _database(server, "customer"), size=size)
    try:
        yield made
    finally:
        made.close()
        house.close()
        server.drop_database(made.store.url)
        server.drop_database(house.store.url)


def at(days: float = 0, **parts: float) -> datetime:
    """So long after the test's now."""
    return NOW + timedelta(days=days, **parts)


def moment(text: str) -> datetime:
    """A time of an answer."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _database(server: SharedPostgres, service: str) -> str:
    url = server.create_database(service)
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, service, name=name)
    migrations.run(made.owner_url, service)
    return made.url
