"""Answers queries: finds the view, makes or reuses the statement, binds the values, passes the JSON text through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from crm_common.clock import Clock, SystemClock
from crm_common.context import Context
from crm_common.protocol.declare import GetQuery, ListQuery, OneQuery
from crm_common.reading.bindings import Binding
from crm_common.reading.where import Where


class Readable(Protocol):
    """What the reader needs of a store."""

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> bytes | None:
        """The first column of the first row, raw."""
        ...


class Reader:
    """Reads the views of one service. Thread-safe; make one per process and keep it: it holds the statements.

    ``count_limit`` is the setting ``api.count_limit``, ``zone`` the setting ``sys.timezone`` (for relative filters on dates).
    """

    def __init__(
        self,
        bindings: Iterable[Binding],
        store: Readable,
        *,
        clock: Clock | None = None,
        count_limit: Callable[[], int] = lambda: 100_000,
        zone: Callable[[], str] = lambda: "Asia/Shanghai",
    ) -> None:
        self.bindings = {binding.shape: binding for binding in bindings}
        self.store = store
        self.clock = clock or SystemClock()
        self.count_limit = count_limit
        self.zone = zone

    def page(self, query: ListQuery, context: Context, *, where: Where | None = None) -> bytes:
        """The page a list query asks for, as the JSON text described at `ListQuery`; ``where`` adds the service's condition.

        Forward by ``first``/``after`` (20 records when nothing is said, 100 at most: ``a_page_is_too_large``), backward by
        ``last``/``before``. ``cursors`` and ``total`` are null unless asked for; ``total`` is exact to ``api.count_limit``,
        beyond it null; ``total_at_least`` is then the limit, else the total. Nulls come last in both directions.
        Whatever is wrong with the query is VALIDATION with the field's path (``filter.and.0.name.eq``).
        """
        raise NotImplementedError

    def get(self, query: GetQuery, context: Context) -> bytes:
        """The records of ``query.ids`` as a JSON list aligned with them, null where there is nothing to see."""
        raise NotImplementedError

    def one(self, query: OneQuery, record: UUID | None, context: Context) -> bytes:
        """The record, or ``null``, as JSON text."""
        raise NotImplementedError

    def by_ids(self, view: type, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        """As `get`, for a view class: what commands answer. A viewer without the view's policy gets nulls."""
        raise NotImplementedError
