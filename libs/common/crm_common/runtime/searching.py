"""The provider ``Search``: what a service class declares to be found, with all that keeps and asks its index."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from nameko.extensions import DependencyProvider

from crm_common.jobs import Job
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.runtime.providers import Views
from crm_common.search.answering import Answering
from crm_common.search.declare import Searchable
from crm_common.search.indexing import Indexer
from crm_common.search.measures import Measures
from crm_common.search.port import SearchStore
from crm_common.search.rebuild import Rebuilder
from crm_common.search.settings import store_of

Loop = Callable[[threading.Event], None]


class Searching:
    """Search of one service in this process."""

    def __init__(self, host: ServiceHost, searchables: tuple[Searchable, ...], views: Views) -> None:
        self.index: SearchStore = store_of(host)
        self._measures = Measures(host.store, host.clock)
        self._indexer = Indexer(host.store, searchables, self.index)
        self._rebuilder = Rebuilder(host.store, searchables, self.index)
        self.answering = Answering(host, searchables, self.index, reader=views.reader, measures=self._measures)

    def jobs(self) -> list[Job]:
        """Building the index, forgetting what was asked."""
        return [self._rebuilder.job(), self._measures.job()]

    def loops(self) -> dict[str, Loop]:
        """What runs as long as the service does."""
        return {"search": self._indexer.run, "search-measures": self._measures.run}


class Search(DependencyProvider):
    """``search = Search(searchables)`` beside ``views``: the service answers ``search`` and keeps its index.

    In a method, ``self.search`` is the :class:`SearchStore`.
    """

    container: Any = None

    def __init__(self, searchables: Iterable[Searchable] = ()) -> None:
        self.searchables = tuple(searchables)
        self._searching: Searching | None = None

    # no property: Nameko looks at every attribute while it binds, before the views are there
    def searching(self) -> Searching:
        """What was put together for the service; made when it is first asked for, as the views are bound by then."""
        if self._searching is None:
            views = [each for each in self.container.dependencies if isinstance(each, Views)]
            if len(views) != 1:
                raise TypeError(f"{self.container.service_name} searches by the bindings of one Views")
            self._searching = Searching(host_of(self.container), self.searchables, views[0])
        return self._searching

    def stop(self) -> None:
        if self._searching is not None:
            self._searching.index.close()

    def get_dependency(self, _worker_ctx: Any) -> SearchStore:
        return self.searching().index

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> SearchStore: ...


def searching_of(container: Any) -> Searching | None:
    """Search of the service whose (bound) container this is; None where it declares none."""
    found = [each for each in container.dependencies if isinstance(each, Search)]
    return found[0].searching() if found else None
