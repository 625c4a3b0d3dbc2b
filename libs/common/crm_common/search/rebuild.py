"""Fills a new generation of the index from the tables while changes go to both, then lets questions go to it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from crm_common import faults
from crm_common.jobs import Job, JobRun
from crm_common.journal.replay import horizon
from crm_common.search import state
from crm_common.search.declare import Searchable
from crm_common.search.documents import FIRST, ids_after, load
from crm_common.search.port import SearchStore
from crm_common.store import Store

PAGE = 500


class Rebuilder:
    """Builds the index of one service: at first, and whenever it is asked for (other fields, another tokenizer).

    A build that dies goes on at its last page. What it writes late loses against what changes wrote meanwhile, by
    version; so several may write at once, and only one notes how far it is (the job's lease).
    """

    def __init__(
        self, store: Store, searchables: Iterable[Searchable], index: SearchStore, *, page: int = PAGE
    ) -> None:
        self._store = store
        self._searchables = sorted(searchables, key=lambda each: each.type)
        self._index = index
        self._page = page

    def job(self) -> Job:
        """The job ``<service>.search_rebuild``: by itself where a build is asked for or was begun; by hand, anew."""
        return Job(
            f"{self._store.service}.search_rebuild",
            "* * * * *",
            self.run,
            "Builds the search index anew beside the old one, where asked for, and switches to it.",
            at_first_sight=True,
            only_if=lambda: state.read(self._store).waiting,
        )

    def run(self, run: JobRun) -> None:
        """Begin, or go on where an earlier run came to; ends with the new generation being asked."""
        known = state.read(self._store)
        if known.building is None:
            # before the tables are read: whatever the journal has from here on goes to the new generation as well
            position = horizon(self._store)
            with run.change() as change:
                generation, reached = state.begin(change.connection, position), None
                if run.dry_run:
                    return
        else:
            generation, reached = known.building, known.reached
        self._index.keep({each for each in (known.live, generation) if each})
        self._index.create(generation)
        run.report["documents"] = self._fill(generation, reached, run)
        # what was written last must be found by the first question after the switch
        self._index.settle()
        self._index.switch(generation)
        with run.change() as change:
            state.finish(change.connection)
        self._index.keep({generation})

    def _fill(self, generation: int, reached: tuple[str, UUID] | None, run: JobRun) -> int:
        written = 0
        for searchable in self._searchables:
            if reached is not None and searchable.type < reached[0]:
                continue
            after = reached[1] if reached is not None and searchable.type == reached[0] else FIRST
            while ids := ids_after(self._store, searchable, after, self._page):
                documents = load(self._store, searchable, ids)
                self._index.put([generation], documents)
                written += len(documents)
                after = ids[-1]
                faults.point(faults.SEARCH_WRITTEN)
                with run.change() as change:
                    state.reach(change.connection, searchable.type, after)
        return written
