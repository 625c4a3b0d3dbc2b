"""Counts the statements a request sends to its database, so that a query per row shows in metrics and tests."""

from __future__ import annotations

from contextvars import ContextVar


class Counter:
    """How many statements ran since the count began."""

    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0


_current: ContextVar[Counter | None] = ContextVar("crm_statements", default=None)


def count_statement(number: int = 1) -> None:
    """Called by the store for each statement it sends; outside :func:`counted_statements` it does nothing."""
    counter = _current.get()
    if counter is not None:
        counter.total += number


class counted_statements:  # noqa: N801 - used as a function, see `crm_common.telemetry.logs.bind`
    """Count the statements of this thread, greenlet or task inside the block: ``counter.total``.

    Blocks nest: an inner block's statements also count for the outer one.
    """

    __slots__ = ("_counter", "_outer", "_token")

    def __enter__(self) -> Counter:
        self._counter, self._outer = Counter(), _current.get()
        self._token = _current.set(self._counter)
        return self._counter

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
        if self._outer is not None:
            self._outer.total += self._counter.total
