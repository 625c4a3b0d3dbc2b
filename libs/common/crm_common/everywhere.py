"""What every service answers without a line of its own: jobs, parked messages, projections, health, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from crm_common.changes import ChangeHost
from crm_common.context import Context
from crm_common.errors import CrmError
from crm_common.jobs import Scheduler
from crm_common.journal.inbox import Inbox
from crm_common.journal.replay import find
from crm_common.projections.declare import SnapshotSource
from crm_common.projections.keeper import Keeper
from crm_common.projections.settings import SETTINGS_SOURCE
from crm_common.projections.snapshot import snapshot
from crm_common.protocol import platform
from crm_common.search.answering import Answering
from crm_common.store import Store

Builtin = Callable[[Any, Context], Any]

_BACKLOG = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS waiting),
    coalesce((SELECT extract(epoch FROM clock_timestamp() - min(stored_at))::float FROM outbox), 0),
    (SELECT count(*) FROM (SELECT FROM inbox WHERE state = 'waiting' LIMIT 100000) AS waiting),
    (SELECT count(*) FROM (SELECT FROM inbox WHERE state = 'parked' LIMIT 100000) AS parked)
"""


class Assembled(Protocol):
    """A service put together; ``crm_common.runtime.assembly.Assembly`` is one."""

    @property
    def host(self) -> ChangeHost: ...
    @property
    def container(self) -> Any: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def scheduler(self) -> Scheduler: ...
    @property
    def keeper(self) -> Keeper: ...
    @property
    def answering(self) -> Answering | None: ...


def builtins(service: Assembled) -> dict[str, Builtin]:
    """The answers to ``crm_common.protocol.platform.OPERATIONS``, by method. A service's own method goes first."""
    sources: Mapping[str, SnapshotSource] = {
        "settings": SETTINGS_SOURCE,
        **getattr(service.container.service_cls, "snapshots", {}),
    }
    answering = service.answering
    inbox, scheduler, keeper, store = service.inbox, service.scheduler, service.keeper, service.host.store

    def run_job(asked: platform.RunJob, context: Context) -> Any:
        return {"run": scheduler.run_now(asked.name, context, as_of=asked.as_of, dry_run=asked.dry_run)}

    def repair_projection(asked: platform.RepairProjection, context: Context) -> Any:
        if not asked.rebuild:
            return keeper.repair(asked.name, context)
        keeper.rebuild(asked.name)
        return {"run": scheduler.run_now(f"{service.host.service}.projections", context)}

    return {
        "run_job": run_job,
        "jobs": lambda _asked, _context: {"jobs": scheduler.listing()},
        "parked_messages": lambda asked, _context: {"messages": inbox.parked(asked.first)},
        "parked_message": lambda asked, _context: {"message": inbox.show(asked.id)},
        "redrive_parked": lambda asked, _context: {"redriven": inbox.redrive(asked.ids)},
        "projections": lambda _asked, _context: {"projections": keeper.listing()},
        "repair_projection": repair_projection,
        "health": lambda _asked, _context: health(service.host.service, store, keeper),
        "past_event": lambda asked, _context: {"event": find(store, asked.id)},
        "snapshot": lambda asked, _context: snapshot(store, sources, asked),
        "owned_here": lambda _asked, _context: {"counts": {}},
        "hand_over_here": lambda _asked, _context: {"moved": {}},
        "search": answering.search if answering else lambda _asked, _context: {"hits": [], "counts": []},
        "search_measures": (
            answering.measures if answering else lambda _asked, _context: {"popular": [], "without_result": []}
        ),
    }


def health(service: str, store: Store, keeper: Keeper) -> dict[str, Any]:
    """``{"service", "ok", "checks"}``: does the database answer, what waits in outbox, inbox and projections."""
    checks: dict[str, Any] = {}
    try:
        ((outbox, age, inbox, parked),) = store.rows(_BACKLOG)
        checks["database"] = {"ok": True}
        checks["outbox"] = {"ok": age < 60, "waiting": outbox, "oldest_seconds": round(age, 1)}
        checks["inbox"] = {"ok": parked == 0, "waiting": inbox, "parked": parked}
        building = [each.name for each in keeper.waiting()]
        checks["projections"] = {"ok": not building, "building": building}
    except CrmError as down:
        checks["database"] = {"ok": False, "problem": str(down)}
    return {"service": service, "ok": checks["database"]["ok"], "checks": checks}
