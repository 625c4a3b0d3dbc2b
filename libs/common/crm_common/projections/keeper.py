"""Builds projections from their owners' snapshots, beside what is shown, and repairs them in place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from crm_common import codec
from crm_common.changes import Change, ChangeHost, changing
from crm_common.context import Context, system_context
from crm_common.jobs import Job, JobRun
from crm_common.projections.declare import Projection
from crm_common.projections.rows import START, Rows
from crm_common.protocol.platform import PlatformRules

PAGE = 1000
_CORRECTED = {"missing": "missing", "buried": "missing", "behind": "wrong", "wrong": "wrong", "ahead": "wrong",
              "surplus": "surplus"}  # fmt: skip


class _Peers(Protocol):
    def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes: ...


class KeeperHost(ChangeHost, Protocol):
    """What keeping projections needs of a service; ``crm_common.runtime.host.ServiceHost`` is one."""

    @property
    def client(self) -> _Peers: ...


@dataclass(frozen=True, slots=True)
class _Page:
    rows: list[dict[str, Any]]
    after: UUID
    next: UUID | None
    position: str

    @property
    def by_id(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.rows}


Transaction = Callable[[], AbstractContextManager[Change]]


class Keeper:
    """Keeps the projections of one service. ``page`` is how many records it asks for at a time."""

    def __init__(self, host: KeeperHost, projections: Iterable[Projection], *, page: int = PAGE) -> None:
        self._host = host
        self.projections = {each.name: each for each in projections}
        self._page = page

    def jobs(self) -> list[Job]:
        """Building what was never built or is asked for, as soon as the service runs; comparing every night."""
        if not self.projections:
            return []
        service = self._host.service
        return [
            Job(
                f"{service}.projections",
                "* * * * *",
                self.build_all,
                "Builds projections anew, where asked for.",
                at_first_sight=True,
                only_if=lambda: bool(self.waiting()),
            ),
            Job(f"{service}.projection_repair", "30 3 * * *", self.repair_all, "Corrects projections by their owners."),
        ]

    def waiting(self) -> list[Projection]:
        """The projections that were never built or are to be built anew."""
        known = dict(self._host.store.rows("SELECT name, building FROM projection"))
        return [each for each in self.projections.values() if known.get(each.name, True)]

    def build_all(self, run: JobRun) -> None:
        """Build what waits for it; goes on at the page where it was interrupted."""
        for projection in self.waiting():
            run.report[projection.name] = self._build(projection, run)

    def _build(self, projection: Projection, run: JobRun) -> int:
        with run.change() as change:
            rows = Rows(projection, change.connection)
            rows.alone()
            after = rows.reached()
            if after is None:
                rows.begin()
                after = START
        staged = 0
        while after is not None:
            page = self._ask(projection, after, run.context)
            with run.change() as change:
                self._add(Rows(projection, change.connection), page)
            staged += len(page.rows)
            after = page.next
        return staged

    def _add(self, rows: Rows, page: _Page) -> None:
        rows.alone()
        rows.stage(page.rows, by_owner=True)
        if page.after == START:
            rows.note("position", page.position)
        if page.next is None:
            rows.swap()
        else:
            rows.note("reached", page.next)

    def rebuild(self, name: str) -> None:
        """Ask for a new generation; the job ``<service>.projections`` builds it."""
        self._projection(name)
        with self._host.store.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO projection (name) VALUES (%s) ON CONFLICT (name)"
                " DO UPDATE SET building = true, reached = NULL",
                (name,),
            )

    def repair_all(self, run: JobRun) -> None:
        """Compare every projection with its owner and correct it."""
        for projection in self.projections.values():
            run.report[projection.name] = self._repair(projection, run.change, lambda: run.context)

    def repair(self, name: str, context: Context) -> dict[str, int]:
        """Compare one projection now; how many rows were missing, wrong and surplus. All are correct afterwards."""
        projection = self._projection(name)
        # the owner shows his records to services only; whether the caller may ask for this was decided before
        asking = system_context(
            self._host.service, correlation_id=context.correlation_id, timeout=max(0.0, context.remaining())
        )
        return self._repair(projection, lambda: changing(self._host, asking), lambda: asking)

    def _repair(self, projection: Projection, change: Transaction, context: Callable[[], Context]) -> dict[str, int]:
        corrected = Counter(missing=0, wrong=0, surplus=0)
        after: UUID | None = START
        while after is not None:
            page = self._ask(projection, after, context())
            with change() as open_change:
                corrected.update(self._correct(projection, open_change, page))
                suspects = self._suspects(projection, open_change, page)
            if suspects:
                # what looks newer here than there may have come after the page was read: the owner is asked once more
                again = self._ask(projection, after, context())
                with change() as open_change:
                    corrected.update(self._judge(projection, open_change, again, suspects))
            after = page.next
        with change() as open_change:
            Rows(projection, open_change.connection).note("compared_at", open_change.now)
        return dict(corrected)

    def _correct(self, projection: Projection, change: Change, page: _Page) -> Iterable[str]:
        rows = Rows(projection, change.connection)
        rows.alone()
        source = page.by_id
        for record, what, seen in rows.compare(page.rows, page.after, page.next):
            if what in ("missing", "behind", "wrong") and rows.force(source[str(record)], seen):
                yield _CORRECTED[what]

    def _suspects(self, projection: Projection, change: Change, page: _Page) -> list[tuple[UUID, str, int]]:
        found = Rows(projection, change.connection).compare(page.rows, page.after, page.next)
        return [(record, what, seen) for record, what, seen in found if what in ("buried", "ahead", "surplus")]

    def _judge(
        self, projection: Projection, change: Change, page: _Page, suspects: list[tuple[UUID, str, int]]
    ) -> Iterable[str]:
        rows = Rows(projection, change.connection)
        rows.alone()
        source = page.by_id
        still = set(rows.compare(page.rows, page.after, page.next))
        for record, what, seen in suspects:
            if (record, what, seen) not in still:
                continue
            if what == "surplus":
                done = rows.drop(record, seen)
            else:
                done = rows.force(source[str(record)], None if what == "buried" else seen)
            if done:
                yield _CORRECTED[what]

    def _ask(self, projection: Projection, after: UUID, context: Context) -> _Page:
        payload = {"resource": projection.name, "after": str(after), "limit": self._page}
        answer = codec.decode_json(self._host.client.call(projection.owner, "snapshot", payload, context))
        return _Page(answer["rows"], after, answer["next"] and UUID(answer["next"]), answer["position"])

    def listing(self) -> list[dict[str, Any]]:
        """The projections with what is known of them: owner, generation, building, rows, built_at, compared_at."""
        known = {
            name: (generation, building, built_at, compared_at)
            for name, generation, building, built_at, compared_at in self._host.store.rows(
                "SELECT name, generation, building, built_at, compared_at FROM projection"
            )
        }
        listed = []
        for each in self.projections.values():
            generation, building, built_at, compared_at = known.get(each.name, (0, True, None, None))
            ((rows,),) = self._host.store.rows(f"SELECT count(*) FROM {each.table}")
            listed.append(
                {"name": each.name, "owner": each.owner, "generation": generation, "building": building, "rows": rows,
                 "built_at": built_at, "compared_at": compared_at}
            )  # fmt: skip
        return listed

    def _projection(self, name: str) -> Projection:
        if name not in self.projections:
            raise PlatformRules.there_is_no_such_projection(field="name", name=name)
        return self.projections[name]
