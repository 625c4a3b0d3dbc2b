"""The owner: items that are put and removed, each change with its event; and the neighbour's projection of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from crm_common import codec
from crm_common.changes import changing
from crm_common.context import Context, system_context
from crm_common.jobs import Job, JobRun, Scheduler
from crm_common.journal.envelopes import COLUMNS, envelope
from crm_common.projections.declare import Projection, SnapshotSource
from crm_common.projections.feed import hear
from crm_common.projections.keeper import Keeper
from crm_common.projections.snapshot import snapshot
from crm_common.protocol import declare
from crm_common.protocol.declare import Envelope, Event, ServiceProtocol
from crm_common.protocol.platform import Snapshot
from crm_common.provision import Provisioned
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from ledger.host import LedgerHost

items = ServiceProtocol("items", doc="Items, for tests.")
declare._SERVICES.pop("items")


@items.event("item.put", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPut(Event):
    """An item is as told."""

    item_id: UUID
    name: str
    amounts: tuple[int, ...]
    holder: UUID | None


@items.event("item.removed", subject="item_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRemoved(Event):
    """An item is no more."""

    item_id: UUID


ITEMS = Projection(
    name="items",
    owner="items",
    table="item_ref",
    columns=("name", "amounts", "holder"),
    events=(ItemPut,),
    deletes=(ItemRemoved,),
)
SOURCES = {"items": SnapshotSource("item", "SELECT id, name, amounts, holder FROM item")}
_SHAPE = "id uuid PRIMARY KEY, name text NOT NULL, amounts int[] NOT NULL, holder uuid"
_COLUMNS = "id, name, amounts, holder"


def make_tables(database: Provisioned) -> None:
    """The owner's table and the neighbour's, so that a database may serve either."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(f"CREATE TABLE item ({_SHAPE})")
        owner.execute(f"CREATE TABLE item_ref (seq bigint NOT NULL, {_SHAPE})")


@dataclass(frozen=True)
class Owner:
    """The service that owns the items."""

    store: Store

    def put(self, item: UUID, name: str, amounts: tuple[int, ...] = (), holder: UUID | None = None) -> None:
        """Change an item, or make it."""
        with changing(LedgerHost(self.store, service="items"), context()) as change:
            change.connection.exec_driver_sql(
                f"INSERT INTO item ({_COLUMNS}) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO UPDATE"
                " SET (name, amounts, holder) = ROW (EXCLUDED.name, EXCLUDED.amounts, EXCLUDED.holder)",
                (item, name, list(amounts), holder),
            )
            change.record(ItemPut(item_id=item, name=name, amounts=amounts, holder=holder))

    def remove(self, item: UUID) -> None:
        """Remove an item, if it is there."""
        with changing(LedgerHost(self.store, service="items"), context()) as change:
            gone = change.connection.exec_driver_sql("DELETE FROM item WHERE id = %s", (item,)).rowcount
            if gone:
                change.record(ItemRemoved(item_id=item))

    def told(self) -> list[Envelope]:
        """Every event, in the order of the journal."""
        rows = self.store.rows(f"SELECT {COLUMNS} FROM journal ORDER BY position")
        return [envelope(row, "/crm/items") for row in rows]

    def shown(self) -> list[tuple[Any, ...]]:
        """The items as they are."""
        return self.store.rows(f"SELECT {_COLUMNS} FROM item ORDER BY id")

    def call(self, service: str, method: str, payload: dict[str, Any], _context: Context) -> bytes:
        """The owner's side of the seam: the one operation that a projection asks."""
        assert (service, method) == ("items", "snapshot")
        return snapshot(self.store, SOURCES, codec.from_builtins(codec.to_builtins(payload), Snapshot))


@dataclass(frozen=True)
class Watched:
    """The owner as the neighbour calls him; ``after`` is told of each page that was read, before it arrives."""

    owner: Owner
    after: list[Callable[[], None]] = field(default_factory=list)

    def call(self, service: str, method: str, payload: dict[str, Any], asked: Context) -> bytes:
        """As the owner."""
        answer = self.owner.call(service, method, payload, asked)
        if self.after:
            self.after.pop(0)()
        return answer


@dataclass(frozen=True)
class CopierHost(LedgerHost):
    """What the neighbour is made of."""

    client: Any = None


class Copier:
    """The neighbour who keeps the projection."""

    def __init__(self, store: Store, owner: Owner, *, page: int = 3) -> None:
        self.store = store
        self.peers = Watched(owner)
        self.host = CopierHost(store, settings=GivenSettings(), client=self.peers)
        self.keeper = Keeper(self.host, [ITEMS], page=page)
        self.scheduler = Scheduler(self.host, self.keeper.jobs())
        self._hear = hear(ITEMS)

    def hear(self, event: Envelope) -> None:
        """Work on an event as the inbox does, whatever came before it."""
        with changing(self.host, context()) as change:
            self._hear(change, event)

    def build(self) -> Any:
        """Build the projection now, as the job does; the run's report."""
        run = self.scheduler.run_now("ledger.projections", context())
        assert run["outcome"] == "DONE", run
        return run["report"]

    def repair(self) -> dict[str, int]:
        """Compare and correct now."""
        return self.keeper.repair("items", context())

    def kept(self) -> list[tuple[Any, ...]]:
        """The copy, as `Owner.shown` shows the original."""
        return self.store.rows(f"SELECT {_COLUMNS} FROM item_ref ORDER BY id")

    def state(self) -> tuple[int, bool, int]:
        """Generation, whether one is being built, rows on stage."""
        ((generation, building, staged),) = self.store.rows(
            "SELECT generation, building, (SELECT count(*) FROM projection_stage) FROM projection"
        )
        return generation, building, staged


def job_of(copier: Copier, work: Callable[[JobRun], object]) -> Scheduler:
    """A scheduler whose building job does ``work`` instead: what a process looks like that dies on the way."""
    return Scheduler(copier.host, [Job("ledger.projections", "* * * * *", work)])


def context() -> Context:
    """In whose name all this happens."""
    return system_context("items", correlation_id=f"test-{time.monotonic_ns()}", timeout=60)
